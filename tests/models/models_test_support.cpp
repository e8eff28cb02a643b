#include "models/models_test_support.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/tensor.h>

#include <nlohmann/json.hpp>

#include "models/load.h"
#include "support/test_support.h"
#include "tensors/convert.h"

namespace finetune::test {

using nlohmann::json;

nn::TokenBatch make_batch(const std::vector<Sequence>& sequences) {
  std::vector<int64_t> ids;
  std::vector<int64_t> positions;
  std::vector<int64_t> segments;
  nn::TokenBatch batch;
  batch.sequences.offsets = {0};
  for (const Sequence& sequence : sequences) {
    for (size_t i = 0; i < sequence.ids.size(); ++i) {
      ids.push_back(sequence.ids[i]);
      positions.push_back(static_cast<int64_t>(i));
      segments.push_back(sequence.segments.empty() ? 0 : sequence.segments[i]);
    }
    batch.sequences.offsets.push_back(static_cast<int64_t>(ids.size()));
  }
  batch.token_ids = at::tensor(ids);
  batch.positions = at::tensor(positions);
  batch.segments = at::tensor(segments);
  return batch;
}

nn::TokenBatch read_batch(const json& sequences) {
  std::vector<Sequence> read;
  for (const json& sequence : sequences) {
    read.push_back({sequence.at("ids"), sequence.at("segments")});
  }
  return make_batch(read);
}

at::Tensor read_labels(const json& sequences) {
  std::vector<int64_t> labels;
  for (const json& sequence : sequences) labels.push_back(sequence.at("label"));
  return at::tensor(labels);
}

at::Tensor read_matrix(const json& rows) {
  std::vector<float> values;
  for (const json& row : rows) {
    for (const json& value : row) values.push_back(value.get<float>());
  }
  return at::tensor(values).view({static_cast<int64_t>(rows.size()), -1});
}

std::filesystem::path tiny_bert() { return fixture("models/fixtures/tiny_bert"); }

json tiny_config() { return json::parse(read_file(tiny_bert() / "config.json")); }

json tiny_expected() { return json::parse(read_file(tiny_bert() / "expected.json")); }

std::unique_ptr<models::SequenceClassifier> load_tiny_bert(double dropout) {
  models::HeadOptions head;
  head.num_labels = 3;
  head.dropout = dropout;
  head.classifier_dropout = dropout;
  models::LoadOptions options;
  options.allow_new_head = false;
  return models::load_sequence_classifier(tiny_bert(), head, /*seed=*/1, options).model;
}

double largest_difference(const at::Tensor& a, const at::Tensor& b) {
  return (a - b).abs().max().item<double>();
}

at::Tensor to_tensor(const tensors::TensorView& view) {
  at::Tensor values = at::empty(view.shape);
  tensors::copy_as_f32(view, {values.data_ptr<float>(), static_cast<size_t>(values.numel())});
  return values;
}

}  // namespace finetune::test
