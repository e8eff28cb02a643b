// Equality with transformers is in slow_folder_test.cpp; here is what a bad folder gives.
#include <catch2/catch.hpp>

#include "base/error.h"
#include "sentencepiece_cases.h"
#include "support/test_support.h"

namespace finetune::text {
namespace {

std::string error_of(const std::string& model, const std::string& config) {
  const test::TemporaryFolder folder;
  test::write_file(folder.path() / "spiece.model", model);
  test::write_file(folder.path() / "tokenizer_config.json", config);
  try {
    load_tokenizer(folder.path());
  } catch (const CheckpointError& error) {
    return error.report();
  }
  return "no error";
}

}  // namespace

TEST_CASE("a bad folder with a SentencePiece model is refused with its file") {
  const std::string t5 = R"({"tokenizer_class": "T5Tokenizer"})";
  CHECK(error_of(small_model(), t5) == "no error");
  CHECK_THAT(error_of("", t5), Catch::Contains("spiece.model") && Catch::Contains("no pieces"));
  CHECK_THAT(error_of(small_model() + std::string("\x12\x02\x18\x03", 4), t5),
             Catch::Contains("neither a Unigram nor a BPE"));
  CHECK_THAT(error_of(small_model(), R"({"tokenizer_class": "T5Tokenizer", "extra_ids": 2,
                                         "additional_special_tokens": ["<extra_id_0>"]})"),
             Catch::Contains("extra_ids"));
  CHECK_THAT(error_of(small_model(), R"({"tokenizer_class": "LlamaTokenizer"})"),
             Catch::Contains("LlamaTokenizer"));
  CHECK_THAT(error_of(small_model(), R"({"tokenizer_class": "CanineTokenizer"})"),
             Catch::Contains("CanineTokenizer"));
}

}  // namespace finetune::text
