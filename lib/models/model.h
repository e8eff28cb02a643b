#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "models/name_table.h"
#include "nn/pass.h"
#include "tensors/named_tensors.h"

namespace torch::nn {
class Module;
}

namespace finetune::models {

struct NamedParameter {
  std::string name;  ///< ours
  at::Tensor value;
  bool is_decayed = true;  ///< weight decay applies: not to biases and norms
};

/// What a task asks of a sequence classifier.
struct HeadOptions {
  int64_t num_labels = 2;
  std::optional<double> dropout;  ///< overrides hidden and attention dropout of config.json
  std::optional<double> classifier_dropout;  ///< overrides classifier_dropout of config.json
};

/// What every model offers, whatever it is for: parameters, their names in files, its config.json.
class Model {
 public:
  virtual ~Model() = default;

  virtual torch::nn::Module& module() = 0;
  virtual NameTable names() const = 0;
  /// config.json for an export: the source's keys and the arithmetic as built.
  virtual nlohmann::json config() const = 0;
  virtual int64_t vocab_size() const = 0;  ///< of the text that the model reads
  virtual int64_t max_length() const = 0;  ///< positions available to one sequence that it reads
};

/// A pretrained encoder with a head that scores whole sequences. In the config of an export the
/// labels are those of the source where their number fits, else LABEL_0, LABEL_1, ...; their real
/// names and the problem_type are the task's to write.
class SequenceClassifier : public Model {
 public:
  /// -> [B, C]. Throws InternalError for an id, position or segment outside its table.
  virtual at::Tensor logits(const nn::TokenBatch& batch, const nn::Pass& pass) = 0;

  virtual int64_t num_segments() const = 0;
};

/// Parameters of a module in registration order, with what weight decay needs.
std::vector<NamedParameter> named_parameters(torch::nn::Module& module);

/// Elements of all parameters but those that are looked up in, not multiplied with: tables of
/// words, positions, segments and relative positions. Hugging Face estimates the work of training
/// by it.
int64_t num_parameters_outside_tables(torch::nn::Module& module);

/// Builds a classifier from a Hugging Face config.json, with every parameter initialised from
/// `seed`, as Hugging Face does, on random streams keyed by tensor name, so that no layer's values
/// depend on another's. Throws CheckpointError, with all that is wrong, before anything is
/// allocated: unknown model_type, a value that changes the arithmetic and is not supported, sizes
/// that do not fit together or would not fit in memory. Throws ConfigError for head options out of
/// range.
std::unique_ptr<SequenceClassifier> build_sequence_classifier(const nlohmann::json& config,
                                                              const HeadOptions& head,
                                                              uint64_t seed);

struct LoadReport {
  std::vector<std::string> initialized;  ///< head tensors absent from the checkpoint (or made for
                                         ///< another number of labels), now random
  std::vector<std::string> ignored;  ///< tensors of the checkpoint that the model has no use for
};

struct LoadOptions {
  bool allow_new_head = true;    ///< a run's own checkpoint must hold its head: false there
  bool allow_nonfinite = false;  ///< accept NaN and infinity
  /// Leave out tensors that the model does not know, or whose element type is not supported.
  bool allow_unused = false;
  /// Tensors whose Hugging Face names begin so may be missing, whatever they are.
  std::vector<std::string> fresh_prefixes;
};

/// Copies tensors into the model by its name table, converting to fp32. Head tensors that the
/// checkpoint lacks keep the values they have. Throws CheckpointError with complete lists of
/// missing, unexpected, ambiguous and misshaped tensors and of those holding NaN or infinity; the
/// model is then of no further use.
LoadReport load_weights(Model& model, const tensors::NamedTensors& weights,
                        const LoadOptions& options);

/// The model's tensors under Hugging Face names, fp32, contiguous copies kept alive by their
/// owners.
tensors::NamedTensors export_weights(Model& model);

}  // namespace finetune::models
