#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "run/inference.h"

namespace finetune::apps {

/// Any model answers to predict; translate wants one that turns texts into texts, generate one that
/// writes texts.
enum class PredictForm { kPredict, kTranslate, kGenerate };

struct PredictArguments {
  PredictForm form = PredictForm::kPredict;
  std::filesystem::path model;  ///< a run, a checkpoint or a Hugging Face folder
  std::string data;             ///< a data file; empty: lines of stdin
  run::ColumnOptions columns;
  models::LoadOptions load;
  bool prints_text = false;            ///< --format text: the label or the written text only
  bool has_pairs = false;              ///< lines hold two texts, separated by a tab
  bool scores_targets = false;         ///< --score: instead of writing, of translate
  std::string target;                  ///< beside `data`, as for evaluate; of --score
  std::optional<int64_t> num_best;     ///< --n-best
  std::vector<std::string> overrides;  ///< as run::read_generation_overrides takes them
};

/// Answers in the order of the input, in constant memory: to lines of stdin as they arrive. Throws
/// DataError naming the first row or line that is no text, or no pair of texts where there should
/// be one.
int run_predict(const PredictArguments& arguments);

}  // namespace finetune::apps
