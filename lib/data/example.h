#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace finetune::data {

/// Strings and a label as read from a file. What the label means is the task's business: it stays
/// text here.
struct Example {
  std::string text{};
  std::string text_pair{};            ///< empty unless the data set has pairs
  std::vector<std::string> labels{};  ///< one for single-label and regression, any number for
                                      ///< multi-label, none unlabelled
  std::string target{};               ///< the text to write, for TargetKind::kText
  int64_t line = 0;                   ///< 1-based, in the source file
};

}  // namespace finetune::data
