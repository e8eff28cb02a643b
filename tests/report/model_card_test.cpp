#include "report/model_card.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <nlohmann/json.hpp>

#include "support/test_support.h"

using namespace finetune::report;
using finetune::test::shell_quote;

namespace {

ModelCard example() {
  ModelCard card;
  card.model_name = "minilm \"sst2\": <b>x</b>\n---\nlicense: mit";
  card.base_model = "sentence-transformers/all-MiniLM-L6-v2";
  card.license = "apache-2.0";
  card.languages = {"en", "no"};  // a bare "no" would be a boolean in YAML
  card.pipeline_tag = "text-classification";
  card.task_name = "Text classification";
  card.dataset_name = "sst2";
  card.labels = {"negative", "a|b"};
  card.results = {{"test", {{"accuracy", 0.875}, {"f1", std::nullopt}, {"loss", std::nan("")}}}};
  card.settings = {{"seed", "42"}};
  card.version = "0.1.0";
  return card;
}

/// The card as huggingface_hub reads it; null without Python.
nlohmann::json load(const std::string& text) {
  const auto python = finetune::test::python();
  if (!python) return {};
  const finetune::test::TemporaryFolder folder;
  const auto file = folder.path() / "README.md";
  finetune::test::write_file(file, text);
  const auto script = finetune::test::fixture("report/fixtures/load_model_card.py");
  const auto result =
      finetune::test::run_shell(shell_quote(python->string()) + " " + shell_quote(script.string()) +
                                " " + shell_quote(file.string()));
  INFO(result.err);
  REQUIRE(result.exit_code == 0);
  return nlohmann::json::parse(result.out);
}

}  // namespace

TEST_CASE("huggingface_hub reads the card's front matter and results") {
  const auto seen = load(render_model_card(example()));
  if (seen.is_null()) return;
  const auto& data = seen.at("data");
  CHECK(data.at("library_name") == "transformers");
  CHECK(data.at("license") == "apache-2.0");
  CHECK(data.at("language") == nlohmann::json::array({"en", "no"}));
  CHECK(data.at("base_model") == "sentence-transformers/all-MiniLM-L6-v2");
  CHECK(data.at("tags") == nlohmann::json::array({"generated_from_trainer"}));
  CHECK(data.at("pipeline_tag") == "text-classification");
  REQUIRE(seen.at("results").size() == 1);  // undefined metrics are left out
  CHECK(seen.at("results")[0] == nlohmann::json({{"metric", "accuracy"},
                                                 {"value", 0.875},
                                                 {"task", "text-classification"},
                                                 {"dataset", "sst2"},
                                                 {"split", "test"}}));
}

TEST_CASE("the text repeats results and labels, with names that cannot act") {
  const std::string text = render_model_card(example());
  CHECK(text.find("| test | accuracy | 0.875 |") != std::string::npos);
  CHECK(text.find("- 1: a\\|b") != std::string::npos);
  CHECK(text.find("| seed | 42 |") != std::string::npos);
  CHECK(text.find("\nlicense: mit") == std::string::npos);
  CHECK(text.find("\n# minilm \"sst2\": \\<b\\>x\\</b\\>␊") != std::string::npos);
}

TEST_CASE("a card that knows nothing is still valid") {
  ModelCard card;
  card.model_name = "model";
  card.version = "0.1.0";
  const std::string text = render_model_card(card);
  CHECK(text.find("model-index") == std::string::npos);
  const auto seen = load(text);
  if (!seen.is_null()) CHECK(seen.at("results").empty());
}
