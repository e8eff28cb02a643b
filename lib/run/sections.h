#pragma once

#include "run/evaluation_sections.h"
#include "run/input_sections.h"
#include "run/training_sections.h"

/// The sections of a config file. Meanings, ranges and units stand in describe(), the defaults in
/// the headers; docs/config.md is made from both. Paths are absolute once read ("-" is standard
/// input).
