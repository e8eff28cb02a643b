#include "encoder_comparison.h"

#include <array>
#include <catch2/catch.hpp>

#include "base/random.h"
#include "base/strings.h"

namespace finetune::text {
namespace {

using namespace std::string_literals;

const std::array kPieces = {
    "the"s,     "The"s,    "a"s,          "in"s,       "don't"s,
    "'s"s,      "'S"s,     "'re"s,        "'\u017F"s,  " "s,
    " "s,       " "s,      "  "s,         "   "s,      "\n"s,
    "\r\n"s,    "\t"s,     " \n "s,       "1"s,        "123"s,
    "45678"s,   "!"s,      "..."s,        "\u2026"s,   "\u00E9"s,
    "e\u0301"s, "\u4E2D"s, "\u6587"s,     "\u0416"s,   "\u00A0"s,
    "\u3000"s,  "\u2028"s, "\u0661"s,     "\u00BD"s,   "\uFB01"s,
    "\u2581"s,  "\u0301"s, "\U0001F600"s, "\u200D"s,   "\0"s,
    "\x01"s,    "\xFF"s,   "\xC3"s,       "\xE2\x96"s, "abcdefghijklmnopqrstuvwxyz"s,
    "ABC"s,     "``"s,     "''"s};

TokenBuffer encode(const SegmentEncoder& encoder, const std::string& text, int wants) {
  TokenBuffer out;
  out.wants_words = (wants & 2) != 0;
  out.wants_spaces = (wants & 8) != 0;
  const int32_t first_char = (wants & 4) != 0 ? 7 : 0;
  encoder.encode({text, first_char}, (wants & 1) != 0, out);
  return out;
}

bool is_equal(const TokenBuffer& a, const TokenBuffer& b) {
  const bool same_spaces = std::equal(
      a.spaces.begin(), a.spaces.end(), b.spaces.begin(), b.spaces.end(),
      [](SpaceRuns x, SpaceRuns y) { return x.leading == y.leading && x.trailing == y.trailing; });
  return a.ids == b.ids && a.offsets == b.offsets && a.words == b.words && same_spaces;
}

std::string show(const TokenBuffer& tokens) {
  std::string out;
  for (size_t i = 0; i < tokens.ids.size(); ++i) {
    out += base::cat(" ", tokens.ids[i]);
    if (i >= tokens.offsets.size()) continue;
    out += base::cat(":", tokens.offsets[i].first, "-", tokens.offsets[i].second);
  }
  return out;
}

}  // namespace

std::vector<std::string> random_texts(uint64_t seed, int count) {
  const base::RandomStream stream(seed, base::StreamPurpose::kDataOrder);
  uint64_t next = 0;
  std::vector<std::string> texts = {"", std::string(5000, 'a'), std::string(3000, ' ')};
  for (int i = 0; i < count; ++i) {
    std::string text;
    for (uint64_t left = stream.below(next++, 14); left > 0; --left) {
      text += kPieces[stream.below(next++, kPieces.size())];
    }
    texts.push_back(std::move(text));
  }
  return texts;
}

void compare_encoders(const SegmentEncoder& plain, const SegmentEncoder& fast,
                      const std::vector<std::string>& texts) {
  int num_different = 0;
  for (const std::string& text : texts) {
    for (const int wants : {0, 1, 2, 3, 4, 5, 6, 7, 9, 13}) {
      const TokenBuffer expected = encode(plain, text, wants);
      const TokenBuffer found = encode(fast, text, wants);
      if (is_equal(expected, found) || ++num_different > 3) continue;
      UNSCOPED_INFO(base::quote(text) << " wants " << wants << "\n plain" << show(expected)
                                      << "\n fast " << show(found));
    }
  }
  CHECK(num_different == 0);
}

}  // namespace finetune::text
