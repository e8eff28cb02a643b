#pragma once

#include <string>

#include "base/strings.h"
#include "text/tokenizer.h"

namespace finetune::test {

/// Token n is the word "w<n>", but 0 and 1 are special and decoded to nothing.
class WordTokenizer final : public text::Tokenizer {
 public:
  void encode(std::string_view text, const text::EncodeOptions&,
              text::Encoding& out) const override {
    out = {};
    for (const std::string& word : base::split(text, ' '))
      out.ids.push_back(static_cast<int32_t>(base::parse_int64(word.substr(1)).value_or(0)));
    out.type_ids.assign(out.ids.size(), 0);
  }
  void encode_pair(std::string_view first, std::string_view, const text::EncodeOptions& options,
                   text::Encoding& out) const override {
    encode(first, options, out);
  }
  std::string decode(std::span<const int32_t> ids, bool) const override {
    std::string text;
    for (const int32_t id : ids) {
      if (id > 1) text += base::cat(text.empty() ? "" : " ", "w", id);
    }
    return text;
  }
  int32_t vocab_size() const override { return 6; }
  std::string_view token(int32_t) const override { return {}; }
  std::optional<int32_t> id_of(std::string_view) const override { return {}; }
  std::optional<int32_t> pad_id() const override { return 0; }
  std::optional<int32_t> unknown_id() const override { return {}; }
  std::string description() const override { return "words"; }
  uint64_t fingerprint() const override { return 1; }
};

}  // namespace finetune::test
