#pragma once

#include "config/document.h"
#include "run/sections.h"

namespace finetune::run {

/// Reports limits of a section "generation" that exclude each other.
void check_generation(const GenerationSection& generation, config::Document& document);

}  // namespace finetune::run
