#include "text/bert_normalizer.h"

#include <map>

#include "text/unicode_forms.h"

namespace finetune::text {
namespace {

bool is_control(char32_t c) { return (char_flags(c) & kControlChar) != 0; }
bool is_space(char32_t c) { return (char_flags(c) & kSpaceChar) != 0; }
bool is_accent(char32_t c) { return (char_flags(c) & kNonspacingChar) != 0; }

CharKind kind_of_normalized(char32_t c) {
  const uint8_t flags = char_flags(c);
  if ((flags & kSpaceChar) != 0) return CharKind::kSpace;
  if ((flags & kPunctuationChar) != 0) return CharKind::kPunctuation;
  return CharKind::kWord;
}

void put_spaces_around_chinese(AlignedText& text) {
  std::vector<AlignedText::Change> changes;
  changes.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    if (is_chinese(text.at(i))) {
      changes.insert(changes.end(), {{' ', false}, {text.at(i), true}, {' ', true}});
    } else {
      changes.push_back({text.at(i), false});
    }
  }
  text.replace(changes);
}

}  // namespace

void normalize(AlignedText& text, const BertNormalizerOptions& options) {
  if (options.clean_text) {
    text.filter([](char32_t c) { return !is_control(c); });
    text.map([](char32_t c) { return is_space(c) ? U' ' : c; });
  }
  if (options.handle_chinese_chars) put_spaces_around_chinese(text);
  if (options.strips_accents()) {
    normalize(text, NormalForm::kNfd);
    text.filter([](char32_t c) { return !is_accent(c); });
  }
  if (options.lowercase) text.lower_case();
}

CharTable::CharTable(const BertNormalizerOptions& options) : options_(options) {
  page_of_.reserve(kNumCharPages);
  std::map<std::pair<uint32_t, bool>, uint16_t> shared;  // (flags page, Chinese) -> page of actions
  for (char32_t first = 0; first < 0x110000; first += kCharPageSize) {
    const char32_t last = first + kCharPageSize - 1;
    const bool is_uniform = is_chinese(first) == is_chinese(last);
    const auto [known, is_new] =
        shared.try_emplace({char_page(first), is_chinese(first)},
                           static_cast<uint16_t>(actions_.size() / kCharPageSize));
    if (is_uniform && !is_new) {
      page_of_.push_back(known->second);
      continue;
    }
    page_of_.push_back(static_cast<uint16_t>(actions_.size() / kCharPageSize));
    append_page(first);
    bool maps = false;
    for (char32_t c = first; c <= last; ++c) {
      maps = maps || (char_flags(c) & (kDecomposesChar | kLowersChar)) != 0;
    }
    if (is_new && (maps || !is_uniform)) shared.erase(known);
  }
}

void CharTable::append_page(char32_t first) {
  for (char32_t c = first; c < first + kCharPageSize; ++c) {
    const CharAction chosen = decide(c);
    const int32_t distance = static_cast<int32_t>(chosen.to) - static_cast<int32_t>(c);
    actions_.push_back(distance * 256 + static_cast<int32_t>(chosen.kind));
  }
}

CharAction CharTable::decide(char32_t code_point) const {
  if (options_.clean_text && is_control(code_point)) return {CharKind::kDropped, code_point};
  if (options_.clean_text && is_space(code_point)) return {CharKind::kSpace, code_point};
  if (options_.strips_accents()) {
    for (const char32_t part : decompose(code_point)) {
      const bool is_reordered = (char_flags(part) & kNonstarterChar) != 0 && !is_accent(part);
      if (is_reordered) return {CharKind::kInOrder, code_point};
    }
  }
  const bool is_isolated = options_.handle_chinese_chars && is_chinese(code_point);
  const Expansion result = expansion(code_point);
  if (result.count == 0) return {CharKind::kDropped, code_point};
  const CharKind kind = kind_of_normalized(result.chars[0]);
  if (is_isolated) {
    const bool is_simple = result.count == 1 && kind == CharKind::kWord;
    return {is_simple ? CharKind::kChinese : CharKind::kInOrder, result.chars[0]};
  }
  if (result.count > 1) return {CharKind::kMany, code_point};
  return {kind, result.chars[0]};
}

Expansion CharTable::expansion(char32_t code_point) const {
  Expansion stripped{{code_point}, 1};
  if (options_.strips_accents()) {
    stripped.count = 0;
    for (const char32_t part : decompose(code_point)) {
      if (!is_accent(part)) stripped.chars[stripped.count++] = part;
    }
  }
  if (!options_.lowercase) return stripped;
  Expansion result{{}, 0};
  for (const char32_t part : stripped) {
    for (const char32_t lowered : lower_case(part)) {
      if (result.count < result.chars.size()) result.chars[result.count++] = lowered;
    }
  }
  return result;
}

}  // namespace finetune::text
