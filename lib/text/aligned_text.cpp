#include "text/aligned_text.h"

#include <algorithm>
#include <cstddef>

#include "text/unicode.h"
#include "text/utf8.h"

namespace finetune::text {

AlignedText::AlignedText(std::string_view text, int32_t first_char) : original_begin_(first_char) {
  chars_.reserve(text.size());
  origins_.reserve(text.size());
  while (!text.empty()) {
    const DecodedChar decoded = decode_char(text);
    text.remove_prefix(decoded.length);
    chars_.push_back(decoded.code_point);
    origins_.emplace_back(first_char, first_char + 1);
    ++first_char;
  }
}

void AlignedText::filter(const std::function<bool(char32_t)>& keep) {
  size_t kept = 0;
  for (size_t i = 0; i < chars_.size(); ++i) {
    if (!keep(chars_[i])) continue;
    chars_[kept] = chars_[i];
    origins_[kept++] = origins_[i];
  }
  chars_.resize(kept);
  origins_.resize(kept);
}

void AlignedText::map(const std::function<char32_t(char32_t)>& to) {
  std::transform(chars_.begin(), chars_.end(), chars_.begin(), to);
}

void AlignedText::replace(const std::vector<Change>& changes) {
  std::vector<char32_t> chars;
  std::vector<CharRange> origins;
  chars.reserve(changes.size());
  origins.reserve(changes.size());
  size_t next = 0;  // the next character of the old text
  for (const Change& change : changes) {
    if (!change.inserted) ++next;
    chars.push_back(change.to);
    origins.push_back(origins_[next - 1]);
  }
  chars_ = std::move(chars);
  origins_ = std::move(origins);
}

CharRange AlignedText::origin_of_inserted(size_t index) const {
  return index == 0 ? CharRange{original_begin_, original_begin_} : origins_[index - 1];
}

void AlignedText::transform(const std::vector<Edit>& edits, size_t num_dropped) {
  std::vector<char32_t> chars;
  std::vector<CharRange> origins;
  chars.reserve(edits.size());
  origins.reserve(edits.size());
  size_t next = num_dropped;  // the next character of the old text
  for (const Edit& edit : edits) {
    const bool is_inserted = edit.change > 0 || next >= origins_.size();
    chars.push_back(edit.to);
    origins.push_back(is_inserted ? origin_of_inserted(next) : origins_[next]);
    if (!is_inserted) {
      next = std::min(next + 1 + static_cast<size_t>(-edit.change), origins_.size());
    }
  }
  chars_ = std::move(chars);
  origins_ = std::move(origins);
}

void AlignedText::replace_matches(const std::vector<TextSpan>& matches,
                                  std::u32string_view content) {
  if (matches.empty()) return;
  std::vector<char32_t> chars;
  std::vector<CharRange> origins;
  size_t done = 0;
  const auto keep_until = [&](size_t end) {
    for (; done < end; ++done) {
      chars.push_back(chars_[done]);
      origins.push_back(origins_[done]);
    }
  };
  for (const auto& [begin, end] : matches) {
    keep_until(begin);
    chars.insert(chars.end(), content.begin(), content.end());
    origins.resize(chars.size(), origin_of_inserted(end));
    done = end;
  }
  keep_until(chars_.size());
  chars_ = std::move(chars);
  origins_ = std::move(origins);
}

void AlignedText::prepend(std::u32string_view text) {
  if (chars_.empty()) return;
  // Without a character that takes over its range, the first one is an inserted one.
  if (text.empty()) origins_.front() = origin_of_inserted(0);
  chars_.insert(chars_.begin(), text.begin(), text.end());
  origins_.insert(origins_.begin(), text.size(), origins_.front());
}

void AlignedText::spell_bytes(const std::array<char32_t, 256>& alphabet) {
  std::vector<char32_t> chars;
  std::vector<CharRange> origins;
  chars.reserve(chars_.size());
  origins.reserve(chars_.size());
  for (size_t i = 0; i < chars_.size(); ++i) {
    char bytes[4];
    const uint32_t count = encode_char(chars_[i], bytes);
    for (uint32_t k = 0; k < count; ++k) {
      chars.push_back(alphabet[static_cast<unsigned char>(bytes[k])]);
    }
    origins.resize(chars.size(), origins_[i]);
  }
  chars_ = std::move(chars);
  origins_ = std::move(origins);
}

void AlignedText::strip(size_t num_left, size_t num_right) {
  num_left = std::min(num_left, size());
  num_right = std::min(num_right, size() - num_left);
  const auto keep = [&](auto& values) {
    values.erase(values.end() - static_cast<std::ptrdiff_t>(num_right), values.end());
    values.erase(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(num_left));
  };
  keep(chars_);
  keep(origins_);
}

AlignedText AlignedText::slice(size_t begin, size_t end) const {
  AlignedText part;
  const auto first = static_cast<std::ptrdiff_t>(begin), last = static_cast<std::ptrdiff_t>(end);
  part.chars_.assign(chars_.begin() + first, chars_.begin() + last);
  part.origins_.assign(origins_.begin() + first, origins_.begin() + last);
  if (begin < end) part.original_begin_ = origins_[begin].first;
  return part;
}

void AlignedText::lower_case() {
  std::vector<Change> changes;
  changes.reserve(chars_.size());
  for (const char32_t original : chars_) {
    bool inserted = false;
    for (const char32_t part : text::lower_case(original)) {
      changes.push_back({part, inserted});
      inserted = true;
    }
  }
  replace(changes);
}

std::string AlignedText::utf8() const {
  std::string out;
  for (const char32_t c : chars_) append_char(out, c);
  return out;
}

}  // namespace finetune::text
