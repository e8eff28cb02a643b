#include "train/toy_run.h"

#include <nlohmann/json.hpp>

#include "base/hash.h"
#include "base/random.h"
#include "tensors/safetensors_writer.h"
#include "train/checkpoint_files.h"

namespace finetune::test {

namespace {

constexpr int64_t kVocabulary = 50;

nlohmann::json toy_config() {
  return {{"model_type", "bert"},          {"vocab_size", kVocabulary}, {"hidden_size", 16},
          {"num_hidden_layers", 1},        {"num_attention_heads", 2},  {"intermediate_size", 24},
          {"max_position_embeddings", 16}, {"type_vocab_size", 2},      {"initializer_range", 0.2}};
}

}  // namespace

std::shared_ptr<const data::EncodedTable> toy_dataset(int64_t num_rows, uint64_t seed) {
  const base::RandomStream random(seed, base::StreamPurpose::kDataSplit);
  data::EncodedColumns columns;
  columns.offsets = {0};
  uint64_t counter = 0;
  for (int64_t row = 0; row < num_rows; ++row) {
    const auto length = 2 + static_cast<int64_t>(random.below(counter++, 11));
    for (int64_t i = 0; i < length; ++i) {
      columns.token_ids.push_back(static_cast<int32_t>(random.below(counter++, kVocabulary)));
    }
    const auto first = columns.token_ids[columns.token_ids.size() - static_cast<size_t>(length)];
    columns.offsets.push_back(static_cast<int64_t>(columns.token_ids.size()));
    columns.second_begins.push_back(static_cast<int32_t>(length));
    columns.tokens_cut.push_back(0);
    columns.class_ids.push_back(first % 2);
    columns.lines.push_back(row + 1);
    columns.text_hashes.push_back(static_cast<uint64_t>(row));
  }
  columns.notes = {{"even", "odd"}, {}, num_rows};
  return data::EncodedTable::in_memory(std::move(columns));
}

void Record::on_step(const train::StepEvent& event) {
  losses.push_back(event.loss);
  learning_rates.push_back(event.learning_rate);
  if (after_step) after_step(event.position.updates);
}

void Record::on_evaluation(const train::EvaluationEvent& event) {
  evaluated_steps.push_back(event.position.updates);
}

void Record::on_checkpoint(const train::CheckpointEvent& event) {
  saved_steps.push_back(event.position.updates);
}

void Record::on_skip(const train::SkipEvent& event) {
  skips.push_back(event);
  if (after_skip) after_skip();
}

train::TrainerOptions toy_options() {
  train::TrainerOptions options;
  options.sampler.batch_size = 8;
  options.learning_rate = 5e-3;
  options.num_train_epochs = 2.0;
  options.evaluate_every = {train::Interval::Unit::kEpochs, 1.0};
  options.checkpoint_every = {train::Interval::Unit::kEpochs, 1.0};
  options.log_every = {train::Interval::Unit::kSteps, 1.0};
  return options;
}

ToyRun::ToyRun(const std::filesystem::path& folder, const train::TrainerOptions& options,
               double dropout, base::Fs* fs, BatchMaker make_batch)
    : train_(toy_dataset(40, 1)), validation_(toy_dataset(16, 2)) {
  model = models::build_sequence_classifier(toy_config(), {2, dropout, dropout}, 5);
  const auto found = train::find_newest_checkpoint(folder);
  models::LoadOptions load;
  load.allow_new_head = false;
  if (found) models::load_weights(*model, tensors::read_weights(found->folder), load);
  std::vector<optim::FlatEntry> entries;
  for (auto& parameter : models::named_parameters(model->module())) {
    entries.push_back({parameter.name, parameter.value, parameter.is_decayed});
  }
  parameters_ = std::make_unique<optim::FlatParameters>(std::move(entries));
  optim::AdamWOptions adamw;
  adamw.weight_decay = 0.01;
  adamw.epsilon = 1e-3;  // else a gradient that is only rounding noise moves its parameter by a
                         // whole learning rate
  optimizer_ = std::make_unique<optim::AdamW>(*parameters_, adamw);
  task_ = std::make_unique<tasks::ClassificationTask>(*model, tasks::Problem::kSingleLabel, 2);
  store_ = std::make_unique<train::CheckpointStore>(fs != nullptr ? *fs : base::posix_fs(), folder,
                                                    train::CheckpointOptions{2, true});
  const auto write_model = [this](base::Fs& files, const std::filesystem::path& target,
                                  const train::TrainState&) {
    tensors::write_safetensors(files, target / "model.safetensors", models::export_weights(*model));
  };
  train::TrainerParts parts{*task_,  *parameters_,      *optimizer_,
                            *train_, validation_.get(), *store_,
                            record,  write_model,       [this] { return stop_requested; }};
  if (make_batch) {
    parts.make_batch = [this, make_batch](std::span<const int64_t> rows, int64_t epoch) {
      return make_batch(*train_, rows, epoch);
    };
  }
  trainer_ = std::make_unique<train::Trainer>(std::move(parts), options);
  if (found) trainer_->restore(train::read_train_state(found->folder, *optimizer_));
}

train::Outcome ToyRun::run() { return trainer_->run(); }

std::string ToyRun::fingerprint() {
  std::string text;
  const auto add = [&text](const tensors::NamedTensors& tensors) {
    for (const auto& [name, tensor] : tensors)
      text += name + " " + base::hex(base::hash64(tensor.bytes)) + "\n";
  };
  add(models::export_weights(*model));
  add(optimizer_->state());
  return text;
}

}  // namespace finetune::test
