#include "text/post_processor.h"

#include <array>
#include <catch2/catch.hpp>

#include "base/error.h"

namespace finetune::text {
namespace {

using Source = TemplatePiece::Source;

TokenBuffer tokens(int32_t first, int32_t count) {
  TokenBuffer buffer;
  for (int32_t place = 0; place < count; ++place) {
    buffer.ids.push_back(first + place);
    buffer.offsets.emplace_back(place, place + 1);
  }
  return buffer;
}

PostProcessor bert() {
  const TemplatePiece cls{Source::kSpecial, 0, {1}}, sep{Source::kSpecial, 0, {2}};
  const TemplatePiece end{Source::kSpecial, 1, {2}}, a{Source::kFirst, 0}, b{Source::kSecond, 1};
  return {{cls, a, sep}, {cls, a, sep, b, end}};
}

EncodeOptions limit(int32_t max_length) {
  EncodeOptions options;
  options.max_length = max_length;
  options.want_offsets = true;
  return options;
}

}  // namespace

TEST_CASE("special tokens stand where the template says") {
  TokenBuffer first = tokens(10, 2), second = tokens(20, 1);
  Encoding out;
  bert().process_pair(first, second, limit(0), out);
  CHECK(out.ids == std::vector<int32_t>{1, 10, 11, 2, 20, 2});
  CHECK(out.type_ids == std::vector<int32_t>{0, 0, 0, 0, 1, 1});
  CHECK(out.special_mask == std::vector<uint8_t>{1, 0, 0, 1, 0, 1});
  CHECK(out.offsets[2] == CharRange{1, 2});
  CHECK(out.offsets[3] == CharRange{0, 0});
  EncodeOptions bare;
  bare.add_special_tokens = false;
  bert().process_pair(first, second, bare, out);
  CHECK(out.ids == std::vector<int32_t>{10, 11, 20});
  CHECK(out.offsets.empty());
}

TEST_CASE("the ids of special tokens are bounded") {
  CHECK(PostProcessor().id_limit() == 0);
  CHECK(bert().id_limit() == 3);
}

TEST_CASE("the longer text is cut first, and what was cut is counted") {
  // Lengths that tokenizers 0.22.2 leaves for max_length 10 (7 without the specials).
  const std::vector<std::array<int32_t, 4>> table = {{6, 1, 6, 1},   {20, 2, 5, 2}, {2, 20, 2, 5},
                                                     {20, 20, 3, 4}, {4, 9, 3, 4},  {9, 4, 4, 3}};
  for (const auto& [first_size, second_size, first_kept, second_kept] : table) {
    const TokenBuffer first = tokens(100, first_size), second = tokens(200, second_size);
    Encoding out;
    bert().process_pair(first, second, limit(10), out);
    std::vector<int32_t> wanted = {1};
    wanted.insert(wanted.end(), first.ids.begin(), first.ids.begin() + first_kept);
    wanted.push_back(2);
    wanted.insert(wanted.end(), second.ids.begin(), second.ids.begin() + second_kept);
    wanted.push_back(2);
    CHECK(out.ids == wanted);
    CHECK(out.num_cut == first_size + second_size - first_kept - second_kept);
  }
}

TEST_CASE("every window of a text comes with the other text, with types as tokenizers gives them") {
  const TemplatePiece a{Source::kFirst, 3}, b{Source::kSecond, 2};
  const PostProcessor processor({a}, {a, {Source::kSpecial, 0, {9}}, b});
  const TokenBuffer first = tokens(10, 5), second = tokens(20, 2);
  EncodeOptions options = limit(6);
  options.strategy = TruncationStrategy::kOnlyFirst;
  options.stride = 1;
  options.want_overflowing = true;
  Encoding out;
  processor.process_pair(first, second, options, out);
  CHECK(out.ids == std::vector<int32_t>{10, 11, 12, 9, 20, 21});
  CHECK(out.type_ids == std::vector<int32_t>{3, 3, 3, 0, 2, 2});
  REQUIRE(out.overflowing.size() == 1);
  CHECK(out.overflowing[0].ids == std::vector<int32_t>{12, 13, 14, 9, 20, 21});
  CHECK(out.overflowing[0].type_ids == std::vector<int32_t>{0, 0, 0, 0, 2, 2});
  CHECK(out.overflowing[0].offsets[0] == CharRange{2, 3});
}

TEST_CASE("a single text is cut from the right") {
  TokenBuffer first = tokens(10, 5);
  Encoding out;
  bert().process(first, limit(4), out);
  CHECK(out.ids == std::vector<int32_t>{1, 10, 11, 2});
  CHECK(out.num_cut == 3);
}

TEST_CASE("the tokenizer's side is cut where the caller names none") {
  PostProcessor processor = bert();
  processor.set_lengths({TruncationSide::kLeft});
  Encoding out;
  processor.process(tokens(10, 5), limit(4), out);
  CHECK(out.ids == std::vector<int32_t>{1, 13, 14, 2});
  EncodeOptions options = limit(4);
  options.want_overflowing = true;
  processor.process(tokens(10, 5), options, out);
  CHECK(out.overflowing.at(0).ids == std::vector<int32_t>{1, 11, 12, 2});
  options.side = TruncationSide::kRight;
  processor.process(tokens(10, 5), options, out);
  CHECK(out.ids == std::vector<int32_t>{1, 10, 11, 2});
}

TEST_CASE("a length without room for the special tokens is an error") {
  TokenBuffer first = tokens(10, 5);
  Encoding out;
  CHECK_THROWS_AS(bert().process(first, limit(1), out), ConfigError);
  bert().process(first, limit(2), out);
  CHECK(out.ids == std::vector<int32_t>{1, 2});
}

}  // namespace finetune::text
