// Every family's tiny random model against transformers: values, gradients, names, files.

#include "models/parity/parity.h"

#include <torch/nn/module.h>

#include <catch2/catch.hpp>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "kernels/matrix_product.h"
#include "models/models_test_support.h"
#include "models/parameters.h"
#include "support/test_support.h"
#include "tensors/named_tensors.h"

namespace finetune::test {

/// One name for each case of fixtures/make_fixtures.py.
const std::vector<std::string>& fixtures() {
  static const std::vector<std::string> names = {"bert",
                                                 "roberta",
                                                 "xlm_roberta",
                                                 "distilbert",
                                                 "electra",
                                                 "electra_same_width",
                                                 "gpt2",
                                                 "gpt2_other_switches",
                                                 "gpt2_classifier",
                                                 "bart",
                                                 "bart_untied",
                                                 "mbart",
                                                 "marian",
                                                 "marian_two_tables",
                                                 "t5",
                                                 "mt5",
                                                 "bert_to_bert",
                                                 "bert_share",
                                                 "electra_to_roberta",
                                                 "roberta_to_electra",
                                                 "distilbert_to_gpt2"};
  return names;
}

namespace {

using models::NameRow;
using nlohmann::json;

// fp32 against fp32 of another order of summation, two layers deep, logits near 1.
constexpr double kForwardTolerance = 1e-5;

tensors::NamedTensors expected_tensors(const std::string& name) {
  return tensors::read_safetensors(fixture_folder(name) / "expected.safetensors");
}

std::set<std::string> saved_names(const std::string& name) {
  std::set<std::string> names;
  for (const auto& [tensor, view] :
       tensors::read_safetensors(fixture_folder(name) / "model.safetensors")) {
    names.insert(tensor);
  }
  return names;
}

std::map<std::string, models::NamedParameter> parameters_of(models::Model& model) {
  std::map<std::string, models::NamedParameter> parameters;
  for (auto& parameter : models::named_parameters(model.module())) {
    parameters.emplace(parameter.name, parameter);
  }
  return parameters;
}

/// The table without buffers.
std::vector<NameRow> trained_rows(models::Model& model) {
  std::vector<NameRow> rows = model.names().rows;
  std::erase_if(rows, [](const NameRow& row) { return row.is_buffer; });
  return rows;
}

TEST_CASE("logits and loss of a random model equal those of transformers") {
  const std::string name = GENERATE(from_range(fixtures()));
  INFO(name);
  const json expected = fixture_expected(name);
  const auto subject = load_fixture(name);
  const c10::NoGradGuard no_grad;
  CHECK(largest_difference(subject->logits(expected["batch"], {}),
                           to_tensor(expected_tensors(name).at("logits"))) < kForwardTolerance);
  CHECK(subject->loss(expected["batch"], {}).item<double>() ==
        Approx(expected["loss"].get<double>()).epsilon(0).margin(kForwardTolerance));
}

TEST_CASE("every gradient of a random model equals that of transformers") {
  const std::string name = GENERATE(from_range(fixtures()));
  INFO(name);
  const auto subject = load_fixture(name);
  subject->loss(fixture_expected(name)["batch"], {true, 1, 1}).backward();  // all dropouts are 0
  const tensors::NamedTensors expected = expected_tensors(name);
  double largest = 0.0;  // scale of the gradients: biases of keys have a gradient of zero
  for (const auto& [tensor, view] : expected) {
    if (tensor == "logits") continue;
    largest = std::max(largest, to_tensor(view).abs().max().item<double>());
  }
  const auto parameters = parameters_of(subject->model());
  for (const NameRow& row : trained_rows(subject->model())) {
    INFO(row.theirs);
    const at::Tensor gradient = parameters.at(row.ours).value.grad();
    const auto theirs = expected.find("gradient/" + row.theirs);
    if (theirs == expected.end()) {  // a parameter that nothing reads
      CHECK((!gradient.defined() || gradient.abs().max().item<double>() == 0.0));
      continue;
    }
    const at::Tensor values = to_tensor(theirs->second);
    // Relative to the tensor's own largest entry; rounding of the whole pass below that.
    const double scale = values.abs().max().item<double>();
    CHECK(largest_difference(models::block_of(gradient, row), values) <=
          1e-4 * scale + 1e-7 * largest);
  }
}

TEST_CASE("the table's names are exactly the tensors that transformers saves") {
  const std::string name = GENERATE(from_range(fixtures()));
  INFO(name);
  std::set<std::string> theirs;
  for (const NameRow& row : load_fixture(name)->model().names().rows) {
    CHECK(theirs.insert(row.theirs).second);
  }
  CHECK(theirs == saved_names(name));
}

TEST_CASE("every parameter of a model is covered by its table, block by block") {
  const std::string name = GENERATE(from_range(fixtures()));
  INFO(name);
  const auto subject = load_fixture(name);
  std::map<std::string, std::set<int64_t>> blocks;
  std::map<std::string, int64_t> counts;
  for (const NameRow& row : trained_rows(subject->model())) {
    CHECK(blocks[row.ours].insert(row.slice_index).second);
    counts[row.ours] = row.slice_count;
  }
  const auto parameters = parameters_of(subject->model());
  CHECK(parameters.size() == blocks.size());
  for (const auto& [ours, parameter] : parameters) {
    INFO(ours);
    CHECK(static_cast<int64_t>(blocks[ours].size()) == counts[ours]);
  }
}

TEST_CASE("weight decay applies to the tensors that Hugging Face's Trainer decays") {
  const std::string name = GENERATE(from_range(fixtures()));
  INFO(name);
  const auto subject = load_fixture(name);
  const auto parameters = parameters_of(subject->model());
  std::set<std::string> decayed;
  for (const NameRow& row : trained_rows(subject->model())) {
    if (parameters.at(row.ours).is_decayed) decayed.insert(row.theirs);
  }
  CHECK(decayed == fixture_expected(name)["decayed"].get<std::set<std::string>>());
}

TEST_CASE("exporting what transformers saved gives its tensors byte for byte, again and again") {
  const std::string name = GENERATE(from_range(fixtures()));
  INFO(name);
  const TemporaryFolder temporary;
  const auto subject = load_fixture(name);
  write_subject(*subject, temporary.path() / "first");
  CHECK(read_file(temporary.path() / "first/model.safetensors") ==
        read_file(fixture_folder(name) / "model.safetensors"));
  const auto again = load_subject(fixture_expected(name)["kind"], temporary.path() / "first");
  write_subject(*again, temporary.path() / "second");
  for (const char* file : {"config.json", "model.safetensors"}) {
    CHECK(read_file(temporary.path() / "first" / file) ==
          read_file(temporary.path() / "second" / file));
  }
}

TEST_CASE("neighbours in a batch do not change a sequence's logits") {
  const std::string name = GENERATE(from_range(fixtures()));
  INFO(name);
  const c10::NoGradGuard no_grad;
  const auto subject = load_fixture(name);
  const json batch = fixture_expected(name)["batch"];
  const at::Tensor together = subject->logits(batch, {});
  int64_t row = 0;
  for (const json& sequence : batch) {
    const at::Tensor alone = subject->logits(json::array({sequence}), {});
    const at::Tensor beside = together.narrow(0, row, alone.size(0));
    if (kernels::has_own_products()) {
      CHECK(largest_difference(alone, beside) == 0.0);
    } else {  // ATen's product may sum in another order for another number of rows, nothing more
      CHECK(largest_difference(alone, beside) < 2e-6);
    }
    row += alone.size(0);
  }
  CHECK(row == together.size(0));
}

}  // namespace
}  // namespace finetune::test
