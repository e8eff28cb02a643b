#include "tasks/translation_type.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "config/fields.h"

using namespace finetune;
using namespace finetune::tasks;
using nlohmann::json;

namespace {

const TranslationType kTranslation(TranslationType::Kind::kTranslation);

}  // namespace

TEST_CASE("targets of an encoder-decoder lose its start and get its end") {
  data::EncodingOptions encoding;
  kTranslation.adapt(encoding, {50, 60, 7, 8});
  CHECK(encoding.target.decoder_start == 7);
  CHECK(encoding.target.end_of_text == 8);
  CHECK(encoding.target.shared_length == 0);
  CHECK(encoding.suffix.empty());
  CHECK(encoding.target_prefix.empty());
}

TEST_CASE("a language model reads text, separator and target in one sequence") {
  data::EncodingOptions encoding;
  kTranslation.adapt(encoding, {50, 50, std::nullopt, 8});
  CHECK(encoding.suffix == " =");  // the space after it belongs to the first word of the target
  CHECK(encoding.target_prefix == " ");
  CHECK(encoding.target.shared_length == 50);
  CHECK_FALSE(encoding.target.decoder_start);
}

TEST_CASE("translations are judged by BLEU, chrF, TER and equality, summaries by ROUGE") {
  using Names = std::vector<std::string>;
  CHECK(kTranslation.metric_names({}) == Names{"loss", "perplexity", "token_accuracy", "bleu",
                                               "chrf", "chrf++", "ter", "exact_match"});
  const TranslationType summarization(TranslationType::Kind::kSummarization);
  CHECK(summarization.name() == "summarization");
  CHECK(summarization.metric_names({}).back() == "rougeLsum");
  CHECK(summarization.card().pipeline_tag == "summarization");
}

TEST_CASE("what was trained is known by architecture or by the settings of an export") {
  CHECK(kTranslation.has_trained({{"architectures", {"MarianMTModel"}}}));
  CHECK(kTranslation.has_trained({{"architectures", {"BartForConditionalGeneration"}}}));
  CHECK_FALSE(kTranslation.has_trained({{"architectures", {"GPT2LMHeadModel"}}}));
  json config = {{"model_type", "gpt2"}, {"architectures", {"GPT2LMHeadModel"}}};
  kTranslation.amend(config, {});
  CHECK(kTranslation.has_trained(config));
  const TranslationType summarization(TranslationType::Kind::kSummarization);
  CHECK_FALSE(summarization.has_trained(config));
}

TEST_CASE("prefix and separator come back from an export") {
  const json config = json::parse(R"({"task_specific_params": {"translation":
      {"prefix": "to German: ", "separator": " => "}}})");
  TranslationType type(TranslationType::Kind::kTranslation);
  type.adopt(config, "config.json");
  data::EncodingOptions encoding;
  type.adapt(encoding, {50, 50, std::nullopt, 8});
  CHECK(encoding.prefix == "to German: ");
  CHECK(encoding.suffix == " =>");
}
