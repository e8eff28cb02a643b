// Words of ten megabytes, through whole tokenizers of every kind.
#include <catch2/catch.hpp>
#include <chrono>

#include "support/test_support.h"
#include "text/tokenizer.h"

namespace finetune::text {
namespace {

constexpr size_t kBytes = 10'000'000;

std::string repeated(const std::string& unit) {
  std::string text;
  while (text.size() < kBytes) text += unit;
  return text;
}

/// Of the last token that stands for text.
int32_t last_end(const Encoding& encoding) {
  for (size_t i = encoding.ids.size(); i-- > 0;) {
    if (encoding.special_mask[i] == 0) return encoding.offsets[i].second;
  }
  return -1;
}

}  // namespace

TEST_CASE("words of ten megabytes take no more than their share of time") {
  EncodeOptions options;
  options.want_offsets = true;
  options.offset_unit = OffsetUnit::kBytes;
  Encoding out;
  const std::pair<const char*, const char*> cases[] = {
      {"bert-uncased.json", "a"}, {"gpt2.json", "thecat"}, {"llama3.json", "\u4E2D"},
      {"llama.json", "thecat"},   {"t5.json", "thecat"},   {"albert.json", "\u4E2D"},
      {"bpe.model", "a"},         {"unigram.model", "a"}};
  for (const auto& [name, unit] : cases) {
    INFO(name);
    const auto tokenizer = load_tokenizer(test::fixture(std::string("fuzz/tokenizers/") + name));
    const std::string text = repeated(unit);
    const auto start = std::chrono::steady_clock::now();
    tokenizer->encode(text, options, out);
    CHECK(last_end(out) == static_cast<int32_t>(text.size()));
    CHECK(std::chrono::steady_clock::now() - start < std::chrono::minutes(1));  // quadratic: hours
  }
}

}  // namespace finetune::text
