#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace finetune::apps {

struct ScoreArguments {
  std::filesystem::path hypotheses;               ///< a text a line
  std::vector<std::filesystem::path> references;  ///< one file a reference, aligned with it
  std::filesystem::path compared;                 ///< a second system's texts, or empty
  std::string metrics = "bleu,chrf,ter";          ///< names, separated by commas
  std::string tokenizer = "13a";
  std::string smoothing = "exp";
  double smooth_value = -1.0;  ///< below 0: the smoothing's default
  bool lowercase = false;
  bool effective_order = false;
  bool ter_normalized = false;
  bool ter_no_punct = false;
  bool ter_asian_support = false;
  bool ter_case_sensitive = false;
  bool stems = false;
  int64_t num_samples = 1000;  ///< bootstrap; 0: no intervals and no tests
  int64_t num_trials = 10000;  ///< approximate randomisation; 0: none
  uint64_t seed = 12345;
  bool prints_sentences = false;
  bool prints_json = false;
};

/// finetune score HYPOTHESES REFERENCE...
int run_score(const ScoreArguments& arguments);

}  // namespace finetune::apps
