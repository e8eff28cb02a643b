#pragma once

#include <string>

#include "report/history.h"

namespace finetune::report {

/// The curves of a run as a section of report.html: loss (training and validation), the metric with
/// the best evaluation marked, learning rate, gradient norm, throughput. Empty for an empty
/// history.
std::string curves_section(const History& history, const std::string& metric);

}  // namespace finetune::report
