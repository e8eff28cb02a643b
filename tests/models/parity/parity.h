#pragma once

#include <ATen/core/Tensor.h>

#include <filesystem>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "models/model.h"
#include "nn/pass.h"

namespace finetune::test {

/// A model under comparison with transformers, seen alike for every kind. A batch is a list of
/// sequences as fixtures/make_fixtures.py describes them.
class Subject {
 public:
  virtual ~Subject() = default;

  virtual models::Model& model() = 0;
  /// -> [rows, classes], with the batch's classes in rows as transformers' logits.
  virtual at::Tensor logits(const nlohmann::json& batch, const nn::Pass& pass) = 0;
  /// What the rows are to predict, -1: nothing. -> int64 [rows]
  virtual at::Tensor labels(const nlohmann::json& batch) const = 0;

  /// Mean cross-entropy over the rows that predict something.
  at::Tensor loss(const nlohmann::json& batch, const nn::Pass& pass);
};

/// The names of all fixtures, without "tiny_".
const std::vector<std::string>& fixtures();
std::filesystem::path fixture_folder(const std::string& name);
nlohmann::json fixture_expected(const std::string& name);

/// The model of a folder that transformers wrote, without dropout. `kind` as in make_fixtures.py.
/// Everything must be in the files.
std::unique_ptr<Subject> load_subject(const std::string& kind, const std::filesystem::path& folder);
std::unique_ptr<Subject> load_fixture(const std::string& name);

/// Writes the model as a folder that transformers reads.
void write_subject(Subject& subject, const std::filesystem::path& folder);

}  // namespace finetune::test
