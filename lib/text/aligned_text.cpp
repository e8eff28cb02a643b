#include "text/aligned_text.h"

#include <algorithm>

#include "text/unicode.h"
#include "text/utf8.h"

namespace finetune::text {

AlignedText::AlignedText(std::string_view text, int32_t first_char) {
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

void AlignedText::consume(const std::vector<Consumption>& changes) {
  if (chars_.empty()) return;
  std::vector<char32_t> chars;
  std::vector<CharRange> origins;
  chars.reserve(changes.size());
  origins.reserve(changes.size());
  size_t next = 0;  // the next character of the old text
  for (const Consumption& change : changes) {
    const size_t index = change.num_consumed == 0 && next > 0 ? next - 1 : next;
    chars.push_back(change.to);
    origins.push_back(origins_[std::min(index, origins_.size() - 1)]);
    next += change.num_consumed;
  }
  chars_ = std::move(chars);
  origins_ = std::move(origins);
}

void AlignedText::decompose_canonically() {
  std::vector<Change> changes;
  changes.reserve(chars_.size());
  std::vector<Change> run;  // non-starters since the last starter, still to be put in order
  const auto by_class = [](const Change& a, const Change& b) {
    return combining_class(a.to) < combining_class(b.to);
  };
  const auto finish_run = [&] {
    std::stable_sort(run.begin(), run.end(), by_class);
    changes.insert(changes.end(), run.begin(), run.end());
    run.clear();
  };
  for (const char32_t original : chars_) {
    bool inserted = false;
    for (const char32_t part : decompose(original).view()) {
      if ((char_flags(part) & kNonstarterChar) == 0) {
        finish_run();
        changes.push_back({part, inserted});
      } else {
        run.push_back({part, inserted});
      }
      inserted = true;
    }
  }
  finish_run();
  replace(changes);
}

void AlignedText::lower_case() {
  std::vector<Change> changes;
  changes.reserve(chars_.size());
  for (const char32_t original : chars_) {
    bool inserted = false;
    for (const char32_t part : text::lower_case(original).view()) {
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
