#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "text/aligned_text.h"
#include "text/unicode.h"

namespace finetune::text {

/// The four steps of BERT's text cleaning, in this order.
struct BertNormalizerOptions {
  bool clean_text = true;             ///< drops control characters, every white space becomes ' '
  bool handle_chinese_chars = true;   ///< a space before and after each Chinese character
  std::optional<bool> strip_accents;  ///< NFD, then without Mn; absent: as lowercase
  bool lowercase = true;

  bool strips_accents() const { return strip_accents.value_or(lowercase); }
};

/// Normalises `text` step by step, exactly as `tokenizers` does: slow, and right for every input.
void normalize(AlignedText& text, const BertNormalizerOptions& options);

/// What normalising and pre-tokenising does with one code point wherever it stands.
enum class CharKind : uint8_t {
  kWord,         ///< part of a word
  kPunctuation,  ///< a word of its own
  kSpace,        ///< ends a word
  kDropped,      ///< vanishes; the word goes on
  kChinese,      ///< a word of its own
  kMany,         ///< becomes several characters: see CharTable::expansion
  kInOrder,      ///< depends on its neighbours (canonical reordering): only normalize() knows
};

struct CharAction {
  CharKind kind;
  char32_t to;  ///< the character it becomes (kWord, kPunctuation, kChinese)
};

/// The CharAction of every code point under given options, so that nearly all text is normalised in
/// one pass. Pages with the same actions are stored once.
class CharTable {
 public:
  explicit CharTable(const BertNormalizerOptions& options);

  CharAction action(char32_t code_point) const {
    const int32_t packed =
        actions_[page_of_[code_point / kCharPageSize] * kCharPageSize + code_point % kCharPageSize];
    return {static_cast<CharKind>(packed & 0xFF),
            static_cast<char32_t>(static_cast<int32_t>(code_point) + (packed >> 8))};
  }

  /// What a kMany character becomes.
  Expansion expansion(char32_t code_point) const;

 private:
  CharAction decide(char32_t code_point) const;
  void append_page(char32_t first);

  BertNormalizerOptions options_;
  std::vector<uint16_t> page_of_;  ///< [kNumCharPages]
  std::vector<int32_t> actions_;   ///< kind in the low byte, above it the distance to `to`
};

}  // namespace finetune::text
