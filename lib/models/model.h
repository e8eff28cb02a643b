#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "nn/pass.h"
#include "tensors/named_tensors.h"

namespace torch::nn {
class Module;
}

namespace finetune::models {

/// One row of a family's name table: our parameter (or a block of its rows) <-> one Hugging Face
/// tensor.
struct NameRow {
  std::string ours;
  std::string theirs;
  int64_t slice_index =
      0;  ///< which of `slice_count` equal blocks of rows of ours (q, k, v of a fused weight)
  int64_t slice_count = 1;
  bool is_transposed = false;  ///< theirs is ours transposed (GPT-2's Conv1D)
  bool is_head =
      false;  ///< the task's own part: may be missing from a checkpoint, and is then initialised
};

struct NamedParameter {
  std::string name;  ///< ours
  at::Tensor value;
  bool is_decayed = true;  ///< weight decay applies (semantics: not biases, not norms)
};

/// What a task asks of a sequence classifier.
struct HeadOptions {
  int64_t num_labels = 2;
  std::optional<double> dropout;  ///< overrides hidden and attention dropout of config.json
  std::optional<double> classifier_dropout;  ///< overrides classifier_dropout of config.json
};

/// A pretrained encoder with a head that scores whole sequences.
class SequenceClassifier {
 public:
  virtual ~SequenceClassifier() = default;

  virtual at::Tensor logits(const nn::TokenBatch& batch, const nn::Pass& pass) = 0;  ///< -> [B, C]

  virtual torch::nn::Module& module() = 0;
  virtual std::vector<NameRow> names() const = 0;
  virtual nlohmann::json config()
      const = 0;  ///< config.json for an export: the source's keys, the arithmetic as built
  virtual int64_t vocab_size() const = 0;
  virtual int64_t max_length() const = 0;  ///< positions available to one sequence
  virtual int64_t num_segments() const = 0;
};

/// Parameters of a module in registration order, with what weight decay needs.
std::vector<NamedParameter> named_parameters(torch::nn::Module& module);

/// Builds a classifier from a Hugging Face config.json, with every parameter initialised from
/// `seed` (semantics S13) on random streams keyed by parameter name. Throws ConfigError: unknown
/// model_type, a value that changes the arithmetic and is not supported, sizes that do not fit
/// together or would not fit in memory.
std::unique_ptr<SequenceClassifier> build_sequence_classifier(const nlohmann::json& config,
                                                              const HeadOptions& head,
                                                              uint64_t seed);

struct LoadReport {
  std::vector<std::string> initialized;  ///< head tensors absent from the checkpoint, now random
  std::vector<std::string> ignored;  ///< tensors of the checkpoint that the model has no use for
};

struct LoadOptions {
  bool allow_new_head = true;    ///< a run's own checkpoint must hold its head: false there
  bool allow_nonfinite = false;  ///< accept NaN and infinity
};

/// Copies tensors into the model by its name table. Throws CheckpointError with complete lists of
/// missing and misshaped tensors, and of those holding NaN or infinity.
LoadReport load_weights(SequenceClassifier& model, const tensors::NamedTensors& weights,
                        const LoadOptions& options);

/// The model's tensors under Hugging Face names, fp32, contiguous copies kept alive by their
/// owners.
tensors::NamedTensors export_weights(SequenceClassifier& model);

}  // namespace finetune::models
