#pragma once

#include <string>
#include <vector>

#include "report/report_page.h"

namespace finetune::report {

/// Sections of report.html that are tables; each is empty when there is nothing to show.

/// Metrics with intervals and signatures, scores by class and by length, confusion matrix,
/// calibration.
std::string split_section(const SplitResult& split);
std::string data_section(const Table& summary);
std::string wrong_answers_section(const std::vector<WrongAnswer>& answers);

/// The configuration; what differs from the defaults first and in bold.
std::string settings_section(const std::vector<Setting>& settings);

}  // namespace finetune::report
