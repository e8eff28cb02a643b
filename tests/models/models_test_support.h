#pragma once

#include <ATen/core/Tensor.h>

#include <filesystem>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "models/model.h"
#include "nn/pass.h"
#include "support/error_of.h"

namespace finetune::test {

struct Sequence {
  std::vector<int64_t> ids;
  std::vector<int64_t> segments;
};

/// The sequences laid end to end, positions counted from 0 in each.
nn::TokenBatch make_batch(const std::vector<Sequence>& sequences);

/// A list of {"ids": [...], "segments": [...]}, and the "label" of each -> int64 [B].
nn::TokenBatch read_batch(const nlohmann::json& sequences);
at::Tensor read_labels(const nlohmann::json& sequences);

/// A list of lists of numbers -> [rows, columns].
at::Tensor read_matrix(const nlohmann::json& rows);

/// fixtures/tiny_bert: the folder, its config.json and its expected.json.
std::filesystem::path tiny_bert();
nlohmann::json tiny_config();
nlohmann::json tiny_expected();

/// The classifier in fixtures/tiny_bert with the dropouts given.
std::unique_ptr<models::SequenceClassifier> load_tiny_bert(double dropout = 0.0);

/// Largest absolute difference of two tensors of one shape.
double largest_difference(const at::Tensor& a, const at::Tensor& b);

/// The tensor as its own [shape] of fp32; for expected values in safetensors files.
at::Tensor to_tensor(const tensors::TensorView& view);

}  // namespace finetune::test
