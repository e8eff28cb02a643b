// Equality with transformers is in slow_folder_test.cpp; here is what a bad file gives.
#include <catch2/catch.hpp>

#include "base/error.h"
#include "support/test_support.h"
#include "text/tokenizer.h"

namespace finetune::text {
namespace {

constexpr const char* kVocabulary = R"({"<|endoftext|>": 0, "a": 1, "b": 2, "ab": 3})";

std::string error_of(const std::string& vocabulary, const std::string& merges) {
  const test::TemporaryFolder folder;
  test::write_file(folder.path() / "vocab.json", vocabulary);
  test::write_file(folder.path() / "merges.txt", merges);
  test::write_file(folder.path() / "tokenizer_config.json",
                   R"({"tokenizer_class": "GPT2Tokenizer"})");
  try {
    const auto tokenizer = load_tokenizer(folder.path());
    Encoding out;
    tokenizer->encode("ab", {}, out);
    return out.ids == std::vector<int32_t>{3} ? "merged" : "not merged";
  } catch (const CheckpointError& error) {
    return error.report();
  }
}

}  // namespace

TEST_CASE("merges are read as transformers reads them") {
  CHECK(error_of(kVocabulary, "#version: 0.2\na b\n") == "merged");
  CHECK(error_of(kVocabulary, "whatever\r\na b\r\n") == "merged");
  CHECK(error_of(kVocabulary, "#version\na b\na b\n") == "merged");
  CHECK(error_of(kVocabulary, "a b\n") == "not merged");  // the first line never counts
  CHECK(error_of(kVocabulary, "#version: 0.2\na b") == "not merged");  // nor a line without an end
}

TEST_CASE("a bad merges.txt or vocab.json is refused with file and line") {
  CHECK_THAT(error_of(kVocabulary, "#v\na b a\n"),
             Catch::Contains("line 2") && Catch::Contains("merges.txt"));
  CHECK_THAT(error_of(kVocabulary, "#v\na b\n\n"), Catch::Contains("line 3"));
  CHECK_THAT(error_of(kVocabulary, "#v\na \xFF\n"), Catch::Contains("not UTF-8"));
  CHECK_THAT(error_of(kVocabulary, "#v\na c\n"), Catch::Contains("c"));
  CHECK_THAT(error_of("\xEF\xBB\xBF{}", "#v\n"), Catch::Contains("vocab.json"));
  CHECK_THAT(error_of(R"({"a": 1, "b": 1})", "#v\n"), Catch::Contains("reading"));
  CHECK_THAT(error_of(R"({"a": 99999999999})", "#v\n"), Catch::Contains("vocab.json"));
}

}  // namespace finetune::text
