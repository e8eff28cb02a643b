#include "text/marian_tokenizer.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/json.h"
#include "sentencepiece_cases.h"
#include "support/test_support.h"

namespace finetune::text {
namespace {

void write_folder(const std::filesystem::path& folder, const std::string& vocabulary) {
  test::write_file(folder / "source.spm", small_model());
  test::write_file(folder / "target.spm", small_model());
  test::write_file(folder / "vocab.json", vocabulary);
  test::write_file(folder / "tokenizer_config.json", R"({"tokenizer_class": "MarianTokenizer"})");
}

}  // namespace

TEST_CASE("both sides of a Marian folder encode and decode as MarianTokenizer does") {
  if (sentencepiece_reference().empty()) return;
  int count = 0;
  for (const auto& entry : std::filesystem::directory_iterator(sentencepiece_reference())) {
    if (!entry.is_directory()) continue;
    const auto expected = base::read_json_file(entry.path() / "expected.json");
    INFO(entry.path().filename().string());
    check_against(*load_tokenizer(entry.path()), expected.at("source"));
    check_against(*load_tokenizer(entry.path(), TextSide::kTarget), expected.at("target"));
    ++count;
  }
  CHECK(count >= 1);
}

TEST_CASE("language codes and special tokens in a Marian text have offsets") {
  const test::TemporaryFolder folder;
  write_folder(folder.path(),
               R"({"</s>": 0, "<unk>": 1, ">>fr<<": 2, "▁a": 3, "b": 4, "<pad>": 5})");
  const auto tokenizer = load_tokenizer(folder.path());
  Encoding found;
  EncodeOptions options;
  options.want_offsets = true;
  tokenizer->encode(">>fr<<a b", options, found);
  CHECK(found.ids == std::vector<int32_t>{2, 3, 1, 4, 0});
  CHECK(found.offsets[0] == std::pair(0, 6));
  CHECK(found.offsets[1] == std::pair(6, 7));
  CHECK(found.offsets[3] == std::pair(8, 9));
  CHECK(tokenizer->pad_id() == 5);
  CHECK(tokenizer->unknown_id() == 1);
  CHECK(tokenizer->has_sampling());
}

TEST_CASE("a Marian folder without its special tokens or with a broken model is refused") {
  const test::TemporaryFolder folder;
  write_folder(folder.path(), R"({"</s>": 0, "a": 1, "<pad>": 2})");
  CHECK_THROWS_WITH(load_tokenizer(folder.path()),
                    Catch::Contains("<unk>") || Catch::Contains("source.spm"));
  test::write_file(folder.path() / "target.spm", "broken");
  CHECK_THROWS_AS(load_tokenizer(folder.path(), TextSide::kTarget), CheckpointError);
}

}  // namespace finetune::text
