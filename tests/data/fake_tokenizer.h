#pragma once

#include <algorithm>
#include <atomic>
#include <functional>
#include <string>

#include "base/strings.h"
#include "text/tokenizer.h"

namespace finetune::test {

/// One token a word: "[1] words [2]", a pair "[1] words [2] words [2]" with type ids 0 and 1. A
/// word "w<number>" is token 10 + number, any other word is unknown (token 0). A text of "nothing"
/// gives no token at all. Counts its calls. Offsets, in bytes, are given for single texts.
class FakeTokenizer final : public text::Tokenizer {
 public:
  explicit FakeTokenizer(uint64_t fingerprint = 1) : fingerprint_(fingerprint) {}

  void encode(std::string_view first, const text::EncodeOptions& options,
              text::Encoding& out) const override {
    ++num_calls;
    if (on_encode) on_encode();
    build({words(first)}, options, out);
    if (options.want_offsets) add_offsets(first, out);
    if (first == "nothing") out = {};
  }
  void encode_pair(std::string_view first, std::string_view second,
                   const text::EncodeOptions& options, text::Encoding& out) const override {
    ++num_calls;
    build({words(first), words(second)}, options, out);
  }
  std::string decode(std::span<const int32_t> /*ids*/, bool /*skip*/) const override { return {}; }
  int32_t vocab_size() const override { return 1 << 20; }
  std::string_view token(int32_t /*id*/) const override { return {}; }
  std::optional<int32_t> id_of(std::string_view /*token*/) const override { return {}; }
  std::optional<int32_t> pad_id() const override { return {}; }
  std::optional<int32_t> unknown_id() const override { return 0; }
  std::string description() const override { return "fake"; }
  uint64_t fingerprint() const override { return fingerprint_; }

  mutable std::atomic<int> num_calls{0};
  std::function<void()> on_encode;  ///< called for each single text

 private:
  using Ids = std::vector<int32_t>;

  static Ids words(std::string_view text) {
    Ids ids;
    for (const std::string& word : base::split(text, ' ')) {
      const auto number =
          word.starts_with('w') ? base::parse_int64(word.substr(1)) : std::optional<int64_t>();
      ids.push_back(number ? static_cast<int32_t>(*number) + 10 : 0);
    }
    return ids;
  }

  /// Of all the words of a text that was not cut.
  static void add_offsets(std::string_view text, text::Encoding& out) {
    out.offsets = {{0, 0}};
    int32_t begin = 0;
    for (const std::string& word : base::split(text, ' ')) {
      const auto end = begin + static_cast<int32_t>(word.size());
      out.offsets.emplace_back(begin, end);
      begin = end + 1;
    }
    out.offsets.emplace_back(0, 0);
    out.special_mask.assign(out.ids.size(), 0);
    out.special_mask.front() = out.special_mask.back() = 1;
  }

  static void build(std::vector<Ids> texts, const text::EncodeOptions& options,
                    text::Encoding& out) {
    out = {};
    const auto total = [&] {
      size_t sum = 1;
      for (const Ids& ids : texts) sum += ids.size() + 1;
      return sum;
    };
    while (options.max_length > 0 && total() > static_cast<size_t>(options.max_length)) {
      auto longest = std::max_element(texts.begin(), texts.end(), [](const Ids& a, const Ids& b) {
        return a.size() < b.size();
      });
      longest->erase(options.side == text::TruncationSide::kLeft ? longest->begin()
                                                                 : longest->end() - 1);
      ++out.num_cut;
    }
    out.ids = {1};
    out.type_ids = {0};
    for (size_t i = 0; i < texts.size(); ++i) {
      texts[i].push_back(2);
      out.ids.insert(out.ids.end(), texts[i].begin(), texts[i].end());
      out.type_ids.resize(out.ids.size(), static_cast<int32_t>(i));
    }
  }

  uint64_t fingerprint_;
};

}  // namespace finetune::test
