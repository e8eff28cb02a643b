#include "run/generation_defaults.h"

#include <catch2/catch.hpp>

#include "base/error.h"
#include "run/tiny_run.h"

using namespace finetune;
using namespace finetune::run;
using Catch::Matchers::Contains;

namespace {

struct Folder {
  test::TemporaryFolder folder;

  GenerationDefaults read(const std::string& generation, const std::string& config = "{}") const {
    test::write_file(folder.path() / "config.json", config);
    if (!generation.empty()) test::write_file(folder.path() / "generation_config.json", generation);
    return read_generation_defaults(folder.path());
  }
  std::string error(const std::string& generation) const {
    return test::error_of<CheckpointError>([&] { read(generation); });
  }
};

}  // namespace

TEST_CASE("a generation_config.json as Marian and BART have it is read") {
  const Folder marian;
  const GenerationDefaults defaults = marian.read(R"({
      "_from_model_config": true, "bad_words_ids": [[58100], [3, 4]], "bos_token_id": 0,
      "decoder_start_token_id": 58100, "eos_token_id": 0, "forced_eos_token_id": 0,
      "max_length": 512, "num_beams": 4, "pad_token_id": 58100, "early_stopping": true,
      "length_penalty": 2.0, "min_length": 56, "no_repeat_ngram_size": 3, "forced_bos_token_id": 2,
      "suppress_tokens": [7], "transformers_version": "4.57.6"})",
                                                  R"({"num_beams": 9})");
  CHECK(defaults.section.num_beams == 4);
  CHECK(defaults.section.max_length == 512);
  CHECK_FALSE(defaults.section.max_new_tokens.has_value());
  CHECK(defaults.section.min_length == 56);
  CHECK(defaults.section.length_penalty == 2.0);
  CHECK(defaults.section.early_stopping->is_on);
  CHECK(defaults.section.no_repeat_ngram_size == 3);
  CHECK(defaults.section.forced_bos_token_id == 2);
  CHECK(defaults.section.forced_eos_token_id == 0);
  CHECK(defaults.eos_token_ids == std::vector<int32_t>{0});
  CHECK(defaults.decoder_start_token_id == 58100);
  CHECK(defaults.has_all_ids);
  CHECK(defaults.suppress_tokens == std::vector<int32_t>{7});
  CHECK(defaults.bad_words_ids == std::vector<std::vector<int32_t>>{{58100}, {3, 4}});
}

TEST_CASE("without the file the keys of an old config.json count") {
  const Folder old;
  const GenerationDefaults defaults = old.read(
      "", R"({"model_type": "bart", "num_beams": 6, "max_length": 62, "early_stopping": true,
              "eos_token_id": 2, "do_sample": null})");
  CHECK(defaults.section.num_beams == 6);
  CHECK(defaults.section.max_length == 62);
  CHECK_FALSE(defaults.has_all_ids);
  CHECK(defaults.eos_token_ids.empty());  // the model itself reads this one
}

TEST_CASE("settings of sampling count where the file asks for sampling, and new tokens win") {
  const Folder quiet;
  CHECK_FALSE(quiet.read(R"({"temperature": 0.0, "top_p": 0.9})").section.top_p.has_value());
  const GenerationDefaults drawn = quiet.read(
      R"({"do_sample": true, "temperature": 0.6, "top_p": 0.9, "max_length": 20,
          "max_new_tokens": 40, "eos_token_id": [3, 4], "early_stopping": "never"})");
  CHECK(drawn.section.temperature == 0.6);
  CHECK(drawn.section.top_p == 0.9);
  CHECK(drawn.section.max_new_tokens == 40);
  CHECK_FALSE(drawn.section.max_length.has_value());
  CHECK(drawn.section.early_stopping->word == "never");
  CHECK(drawn.eos_token_ids == std::vector<int32_t>{3, 4});
}

TEST_CASE("of a file's own ids bos stands in for the decoder's start, and no end is said") {
  const Folder folder;
  CHECK(folder.read(R"({"bos_token_id": 7, "eos_token_id": 2})").decoder_start_token_id == 7);
  CHECK_FALSE(folder.read(R"({"eos_token_id": 2})").decoder_start_token_id);
  CHECK_THAT(test::logged([&] { folder.read(R"({"bos_token_id": 7})"); }),
             Contains("without an eos_token_id"));
  CHECK_THAT(folder.error(R"({"decoder_start_token_id": [1, 2]})"),
             Contains("decoder_start_token_id"));
  CHECK_THAT(folder.error(R"({"eos_token_id": 2, "bad_words_ids": [[]]})"),
             Contains("bad_words_ids"));
}

TEST_CASE("what we cannot do is named, unless the file switches it off") {
  const Folder folder;
  const std::string warnings = test::logged([&] {
    folder.read(R"({"num_beam_groups": 2, "diversity_penalty": 0.0, "typical_p": 1.0,
                    "penalty_alpha": 0.6, "begin_suppress_tokens": [], "sequence_bias": null})");
  });
  CHECK_THAT(warnings, Contains("num_beam_groups is not supported") && Contains("penalty_alpha"));
  CHECK_THAT(warnings, !Contains("diversity_penalty") && !Contains("typical_p") &&
                           !Contains("begin_suppress_tokens") && !Contains("sequence_bias"));
}

TEST_CASE("values out of range are errors that name file and key") {
  const Folder folder;
  CHECK_THAT(folder.error(R"({"num_beams": 0})"),
             Contains("generation_config.json") && Contains("num_beams"));
  CHECK_THAT(folder.error(R"({"num_beams": "4"})"), Contains("num_beams"));
  CHECK_THAT(folder.error(R"({"min_length": 9, "max_length": 8})"), Contains("above max_length"));
  CHECK_THAT(folder.error(R"({"eos_token_id": "a"})"), Contains("eos_token_id"));
  CHECK_THAT(folder.error(R"({"suppress_tokens": [-1]})"), Contains("suppress_tokens"));
  CHECK_THAT(folder.error(R"({"bad_words_ids": [3]})"), Contains("bad_words_ids"));
  CHECK_THAT(folder.error("[]"), Contains("JSON object"));
}
