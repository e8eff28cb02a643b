#include "text/normalizer.h"

#include "text/bert_json.h"
#include "text/bert_normalizer.h"
#include "text/byte_alphabet.h"
#include "text/precompiled.h"
#include "text/text_pattern.h"
#include "text/unicode.h"
#include "text/unicode_categories.h"
#include "text/unicode_forms.h"
#include "text/utf8.h"

namespace finetune::text {
namespace {

/// Sequences within sequences: deeper ones are refused.
constexpr int kMaxDepth = 16;

class BertNormalizer final : public Normalizer {
 public:
  explicit BertNormalizer(const BertNormalizerOptions& options) : options_(options) {}
  void normalize(AlignedText& text) const override { text::normalize(text, options_); }

 private:
  BertNormalizerOptions options_;
};

class UnicodeNormalizer final : public Normalizer {
 public:
  explicit UnicodeNormalizer(NormalForm form) : form_(form) {}
  void normalize(AlignedText& text) const override { text::normalize(text, form_); }

 private:
  NormalForm form_;
};

class Lowercase final : public Normalizer {
 public:
  void normalize(AlignedText& text) const override { text.lower_case(); }
};

class StripAccents final : public Normalizer {
 public:
  void normalize(AlignedText& text) const override {
    text.filter([](char32_t c) { return (char_properties(c) & kMarkChar) == 0; });
  }
};

class Strip final : public Normalizer {
 public:
  Strip(bool is_left, bool is_right) : is_left_(is_left), is_right_(is_right) {}
  void normalize(AlignedText& text) const override {
    const auto is_space = [&](size_t i) { return (char_flags(text.at(i)) & kSpaceChar) != 0; };
    size_t num_left = 0, num_right = 0;
    while (is_left_ && num_left < text.size() && is_space(num_left)) ++num_left;
    while (is_right_ && num_right < text.size() && is_space(text.size() - num_right - 1)) {
      ++num_right;
    }
    text.strip(num_left, num_right);
  }

 private:
  bool is_left_;
  bool is_right_;
};

class Prepend final : public Normalizer {
 public:
  explicit Prepend(std::u32string content) : content_(std::move(content)) {}
  void normalize(AlignedText& text) const override { text.prepend(content_); }

 private:
  std::u32string content_;
};

class Replace final : public Normalizer {
 public:
  Replace(std::unique_ptr<TextPattern> pattern, std::u32string content)
      : pattern_(std::move(pattern)), content_(std::move(content)) {}
  void normalize(AlignedText& text) const override {
    if (text.empty()) return;
    std::vector<TextSpan> matches;
    pattern_->find(text.chars(), matches);
    text.replace_matches(matches, content_);
  }

 private:
  std::unique_ptr<TextPattern> pattern_;
  std::u32string content_;
};

/// The cleaning of Google's NMT models: control characters go, other separators become spaces.
class Nmt final : public Normalizer {
 public:
  void normalize(AlignedText& text) const override {
    text.filter([](char32_t c) {
      return !((c >= 0x01 && c <= 0x08) || c == 0x0B || (c >= 0x0E && c <= 0x1F) || c == 0x7F ||
               c == 0x8F || c == 0x9F);
    });
    text.map([](char32_t c) { return is_separator(c) ? U' ' : c; });
  }

 private:
  static bool is_separator(char32_t c) {
    static constexpr std::u32string_view kSeparators =
        U"\t\n\f\r\u1680\u200B\u200C\u200D\u200E\u200F\u2028\u2029\u2581\uFEFF\uFFFD";
    return kSeparators.find(c) != std::u32string_view::npos;
  }
};

class ByteLevel final : public Normalizer {
 public:
  void normalize(AlignedText& text) const override { text.spell_bytes(byte_alphabet()); }
};

class Sequence final : public Normalizer {
 public:
  explicit Sequence(std::vector<std::unique_ptr<Normalizer>> steps) : steps_(std::move(steps)) {}
  void normalize(AlignedText& text) const override {
    for (const auto& step : steps_) step->normalize(text);
  }

 private:
  std::vector<std::unique_ptr<Normalizer>> steps_;
};

std::unique_ptr<Normalizer> read(const JsonNode& node, int depth);

std::unique_ptr<Normalizer> read_sequence(const JsonNode& node, int depth) {
  if (depth == kMaxDepth) node.fail("sequences within sequences, too deep");
  std::vector<std::unique_ptr<Normalizer>> steps;
  for (const JsonNode& item : node.at("normalizers").items()) {
    steps.push_back(read(item, depth + 1));
  }
  return std::make_unique<Sequence>(std::move(steps));
}

/// Those without options.
std::unique_ptr<Normalizer> make_simple(const std::string& type) {
  if (type == "NFC") return std::make_unique<UnicodeNormalizer>(NormalForm::kNfc);
  if (type == "NFD") return std::make_unique<UnicodeNormalizer>(NormalForm::kNfd);
  if (type == "NFKC") return std::make_unique<UnicodeNormalizer>(NormalForm::kNfkc);
  if (type == "NFKD") return std::make_unique<UnicodeNormalizer>(NormalForm::kNfkd);
  if (type == "Lowercase") return std::make_unique<Lowercase>();
  if (type == "StripAccents") return std::make_unique<StripAccents>();
  if (type == "Nmt") return std::make_unique<Nmt>();
  return std::make_unique<ByteLevel>();
}

std::unique_ptr<Normalizer> read(const JsonNode& node, int depth) {
  const std::string type =
      node.type({"BertNormalizer", "ByteLevel", "Lowercase", "NFC", "NFD", "NFKC", "NFKD", "Nmt",
                 "Precompiled", "Prepend", "Replace", "Sequence", "Strip", "StripAccents"},
                {{"BertNormalizer", {"clean_text", "handle_chinese_chars", "lowercase"}},
                 {"Strip", {"strip_left", "strip_right"}},
                 {"Sequence", {"normalizers"}},
                 {"Replace", {"pattern", "content"}},
                 {"Prepend", {"prepend"}}});
  if (type == "Sequence") return read_sequence(node, depth);
  if (type == "Precompiled") return read_precompiled(node);
  if (type == "BertNormalizer") {
    return std::make_unique<BertNormalizer>(read_bert_normalizer(node));
  }
  if (type == "Strip") {
    return std::make_unique<Strip>(node.at("strip_left").boolean(),
                                   node.at("strip_right").boolean());
  }
  if (type == "Prepend") {
    return std::make_unique<Prepend>(decode_text(node.at("prepend").string()));
  }
  if (type == "Replace") {
    return std::make_unique<Replace>(read_pattern(node.at("pattern")),
                                     decode_text(node.at("content").string()));
  }
  return make_simple(type);
}

}  // namespace

std::unique_ptr<Normalizer> read_normalizer(const JsonNode& node) { return read(node, 0); }

}  // namespace finetune::text
