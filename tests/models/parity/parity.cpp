#include "models/parity/parity.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/tensor.h>

#include <nlohmann/json.hpp>
#include <stdexcept>

#include "base/files.h"
#include "kernels/ops.h"
#include "models/load.h"
#include "models/models_test_support.h"
#include "support/test_support.h"
#include "tensors/safetensors_writer.h"

namespace finetune::test {
namespace {

using nlohmann::json;

constexpr int64_t kNothing = -1;

models::LoadOptions complete() {
  models::LoadOptions options;
  options.allow_new_head = false;
  return options;
}

/// The ids under `key` laid end to end.
nn::TokenBatch batch_of(const json& sequences, const char* key) {
  std::vector<Sequence> read;
  for (const json& sequence : sequences) read.push_back({sequence.at(key), {}});
  return make_batch(read);
}

class ClassifierSubject final : public Subject {
 public:
  explicit ClassifierSubject(const std::filesystem::path& folder) {
    models::HeadOptions head;
    head.num_labels = 3;
    head.dropout = 0.0;
    head.classifier_dropout = 0.0;
    model_ = models::load_sequence_classifier(folder, head, 1, complete()).model;
  }
  models::Model& model() override { return *model_; }
  at::Tensor logits(const json& batch, const nn::Pass& pass) override {
    return model_->logits(read_batch(batch), pass);
  }
  at::Tensor labels(const json& batch) const override { return read_labels(batch); }

 private:
  std::unique_ptr<models::SequenceClassifier> model_;
};

models::GeneratorOptions without_dropout() {
  models::GeneratorOptions options;
  options.dropout = 0.0;
  return options;
}

class LanguageModelSubject final : public Subject {
 public:
  explicit LanguageModelSubject(const std::filesystem::path& folder)
      : model_(models::load_language_model(folder, without_dropout(), 1, complete()).model) {}
  models::Model& model() override { return *model_; }
  at::Tensor logits(const json& batch, const nn::Pass& pass) override {
    return models::logits(model_->head(), model_->hidden(batch_of(batch, "ids"), pass, {}));
  }
  at::Tensor labels(const json& batch) const override {
    std::vector<int64_t> labels;
    for (const json& sequence : batch) {
      const std::vector<int64_t> ids = sequence.at("ids");
      labels.insert(labels.end(), ids.begin() + 1, ids.end());
      labels.push_back(kNothing);
    }
    return at::tensor(labels);
  }

 private:
  std::unique_ptr<models::LanguageModel> model_;
};

class Seq2SeqSubject final : public Subject {
 public:
  explicit Seq2SeqSubject(const std::filesystem::path& folder)
      : model_(models::load_seq2seq_model(folder, without_dropout(), 1, complete()).model) {}
  models::Model& model() override { return *model_; }
  at::Tensor logits(const json& batch, const nn::Pass& pass) override {
    std::vector<Sequence> targets;
    for (const json& sequence : batch) {
      const std::vector<int64_t> labels = sequence.at("labels");
      targets.push_back(
          {models::decoder_inputs(labels, model_->special_ids().decoder_start.value()), {}});
    }
    const models::EncodedSource source = model_->encode(batch_of(batch, "ids"), pass);
    return models::logits(model_->head(), model_->decode(make_batch(targets), source, pass, {}));
  }
  at::Tensor labels(const json& batch) const override {
    return batch_of(batch, "labels").token_ids;
  }

 private:
  std::unique_ptr<models::Seq2SeqModel> model_;
};

}  // namespace

at::Tensor Subject::loss(const json& batch, const nn::Pass& pass) {
  const at::Tensor targets = labels(batch);
  return kernels::cross_entropy_sum(logits(batch, pass), targets) / (targets >= 0).sum();
}

std::filesystem::path fixture_folder(const std::string& name) {
  return fixture("models/fixtures/tiny_" + name);
}

json fixture_expected(const std::string& name) {
  return json::parse(read_file(fixture_folder(name) / "expected.json"));
}

std::unique_ptr<Subject> load_subject(const std::string& kind,
                                      const std::filesystem::path& folder) {
  if (kind == "classifier") return std::make_unique<ClassifierSubject>(folder);
  if (kind == "language_model") return std::make_unique<LanguageModelSubject>(folder);
  if (kind == "seq2seq") return std::make_unique<Seq2SeqSubject>(folder);
  throw std::invalid_argument("no such kind of model: " + kind);
}

std::unique_ptr<Subject> load_fixture(const std::string& name) {
  return load_subject(fixture_expected(name)["kind"], fixture_folder(name));
}

void write_subject(Subject& subject, const std::filesystem::path& folder) {
  write_file(folder / "config.json", subject.model().config().dump());
  tensors::write_safetensors(base::posix_fs(), folder / "model.safetensors",
                             models::export_weights(subject.model()));
}

}  // namespace finetune::test
