#include "text/decoder.h"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>
#include <optional>

#include "base/strings.h"
#include "text/byte_alphabet.h"
#include "text/clean_up.h"
#include "text/text_pattern.h"
#include "text/utf8.h"
#include "text/wordpiece_decoder.h"

namespace finetune::text {
namespace {

constexpr std::string_view kReplacementText = "\xEF\xBF\xBD";

/// str::replace of Rust, where the empty string is found before every character and at the end.
void replace_everywhere(std::string& text, std::string_view from, std::string_view to) {
  if (!from.empty()) return replace_all(text, from, to);
  std::string out(to);
  for (size_t at = 0; at < text.size();) {
    const uint32_t length = decode_char(std::string_view(text).substr(at)).length;
    out.append(text, at, length).append(to);
    at += length;
  }
  text = std::move(out);
}

class WordPieceDecoding final : public Decoder {
 public:
  explicit WordPieceDecoding(WordPieceDecoder decoder) : decoder_(std::move(decoder)) {}
  void decode(std::vector<std::string>& tokens) const override {
    for (size_t i = 0; i < tokens.size(); ++i) {
      std::string decoded;
      decoder_.append(tokens[i], i == 0, decoded);
      tokens[i] = std::move(decoded);
    }
  }

 private:
  WordPieceDecoder decoder_;
};

/// Tokens spell bytes in the byte-level alphabet; one that does not stands for its own bytes.
class ByteLevelDecoding final : public Decoder {
 public:
  void decode(std::vector<std::string>& tokens) const override {
    std::string bytes;
    for (const std::string& token : tokens) {
      if (!append_spelled_bytes(token, bytes)) bytes += token;
    }
    tokens.assign(1, repair_utf8(bytes));
  }
};

/// The replacement character becomes a space; in the first token it goes, where one was prepended.
class MetaspaceDecoding final : public Decoder {
 public:
  MetaspaceDecoding(std::string replacement, bool prepends)
      : replacement_(std::move(replacement)), prepends_(prepends) {}
  void decode(std::vector<std::string>& tokens) const override {
    for (size_t i = 0; i < tokens.size(); ++i) {
      replace_all(tokens[i], replacement_, i == 0 && prepends_ ? "" : " ");
    }
  }

 private:
  std::string replacement_;
  bool prepends_;
};

/// The suffix of a word's last token becomes a space, in the last token of all nothing.
class SuffixDecoding final : public Decoder {
 public:
  explicit SuffixDecoding(std::string suffix) : suffix_(std::move(suffix)) {}
  void decode(std::vector<std::string>& tokens) const override {
    for (size_t i = 0; i < tokens.size(); ++i) {
      replace_everywhere(tokens[i], suffix_, i + 1 == tokens.size() ? "" : " ");
    }
  }

 private:
  std::string suffix_;
};

/// Runs of tokens like "<0xE2>" become the text that their bytes spell; U+FFFD each where they do
/// not spell any.
class ByteFallbackDecoding final : public Decoder {
 public:
  void decode(std::vector<std::string>& tokens) const override {
    std::vector<std::string> out;
    std::string bytes;
    const auto end_run = [&] {
      if (bytes.empty()) return;
      if (base::is_valid_utf8(bytes)) {
        out.push_back(bytes);
      } else {
        out.insert(out.end(), bytes.size(), std::string(kReplacementText));
      }
      bytes.clear();
    };
    for (std::string& token : tokens) {
      if (const auto byte = read_byte(token)) {
        bytes += *byte;
        continue;
      }
      end_run();
      out.push_back(std::move(token));
    }
    end_run();
    tokens = std::move(out);
  }

 private:
  static std::optional<char> read_byte(std::string_view token) {
    if (token.size() != 6 || !token.starts_with("<0x") || token[5] != '>') return std::nullopt;
    std::string_view digits = token.substr(3, 2);
    if (digits[0] == '+') digits.remove_prefix(1);  // as Rust reads numbers
    unsigned value = 0;
    const char* end = digits.data() + digits.size();
    const auto [stop, error] = std::from_chars(digits.data(), end, value, 16);
    if (error != std::errc() || stop != end) return std::nullopt;
    return static_cast<char>(value);
  }
};

class FuseDecoding final : public Decoder {
 public:
  void decode(std::vector<std::string>& tokens) const override {
    tokens = {base::join(tokens, "")};
  }
};

/// Takes up to `start` and `stop` times the character off the two ends of every token.
class StripDecoding final : public Decoder {
 public:
  StripDecoding(std::string content, int64_t start, int64_t stop)
      : content_(std::move(content)), start_(start), stop_(stop) {}
  void decode(std::vector<std::string>& tokens) const override {
    for (std::string& token : tokens) {
      std::string_view rest = token;
      for (int64_t i = 0; i < start_ && rest.starts_with(content_); ++i) {
        rest.remove_prefix(content_.size());
      }
      for (int64_t i = 0; i < stop_ && rest.ends_with(content_); ++i) {
        rest.remove_suffix(content_.size());
      }
      token = std::string(rest);
    }
  }

 private:
  std::string content_;
  int64_t start_, stop_;
};

class ReplaceDecoding final : public Decoder {
 public:
  ReplaceDecoding(std::unique_ptr<TextPattern> pattern, std::string content)
      : pattern_(std::move(pattern)), content_(std::move(content)) {}
  void decode(std::vector<std::string>& tokens) const override {
    std::vector<TextSpan> matches;
    for (std::string& token : tokens) {
      const std::u32string text = decode_text(token);
      if (text.empty()) continue;
      pattern_->find(text, matches);
      if (matches.empty()) continue;
      token.clear();
      size_t done = 0;
      for (const auto& [begin, end] : matches) {
        for (; done < begin; ++done) append_char(token, text[done]);
        token += content_;
        done = end;
      }
      for (; done < text.size(); ++done) append_char(token, text[done]);
    }
  }

 private:
  std::unique_ptr<TextPattern> pattern_;
  std::string content_;
};

/// Connectionist temporal classification: repeats count once, padding is nothing.
class CtcDecoding final : public Decoder {
 public:
  CtcDecoding(std::string pad, std::string delimiter, bool cleanup)
      : pad_(std::move(pad)), delimiter_(std::move(delimiter)), cleanup_(cleanup) {}
  void decode(std::vector<std::string>& tokens) const override {
    tokens.erase(std::unique(tokens.begin(), tokens.end()), tokens.end());
    for (std::string& token : tokens) {
      replace_everywhere(token, pad_, "");
      if (!cleanup_) continue;
      clean_up_token(token);
      replace_everywhere(token, delimiter_, " ");
    }
    std::erase_if(tokens, [](const std::string& token) { return token.empty(); });
  }

 private:
  std::string pad_, delimiter_;
  bool cleanup_;
};

class DecoderSequence final : public Decoder {
 public:
  explicit DecoderSequence(std::vector<std::unique_ptr<Decoder>> decoders)
      : decoders_(std::move(decoders)) {}
  void decode(std::vector<std::string>& tokens) const override {
    for (const auto& decoder : decoders_) decoder->decode(tokens);
  }

 private:
  std::vector<std::unique_ptr<Decoder>> decoders_;
};

std::string read_char(const JsonNode& node) {
  const std::string& text = node.string();
  if (text.empty() || decode_char(text).length != text.size()) node.fail("expected one character");
  return text;
}

std::unique_ptr<Decoder> read_metaspace(const JsonNode& node) {
  std::string scheme = "always";
  if (const auto given = node.find("prepend_scheme")) {
    scheme = given->one_of({"always", "first", "never"});
  }
  if (const auto adds = node.find("add_prefix_space"); adds && !adds->boolean()) {
    if (scheme != "never") adds->fail("false goes with the prepend_scheme 'never' only");
  }
  return std::make_unique<MetaspaceDecoding>(read_char(node.at("replacement")), scheme != "never");
}

std::unique_ptr<Decoder> read_byte_level(const JsonNode& node) {
  node.at("add_prefix_space").boolean();  // for the pre-tokenizer's use of the same fields
  node.at("trim_offsets").boolean();
  return std::make_unique<ByteLevelDecoding>();
}

std::unique_ptr<Decoder> read_replace(const JsonNode& node) {
  return std::make_unique<ReplaceDecoding>(read_pattern(node.at("pattern")),
                                           node.at("content").string());
}

std::unique_ptr<Decoder> read_sequence(const JsonNode& node) {
  std::vector<std::unique_ptr<Decoder>> decoders;
  for (const JsonNode& item : node.at("decoders").items()) decoders.push_back(read_decoder(item));
  return std::make_unique<DecoderSequence>(std::move(decoders));
}

std::unique_ptr<Decoder> read_ctc(const JsonNode& node) {
  return std::make_unique<CtcDecoding>(node.at("pad_token").string(),
                                       node.at("word_delimiter_token").string(),
                                       node.at("cleanup").boolean());
}

}  // namespace

std::unique_ptr<Decoder> read_decoder(const JsonNode& node) {
  const std::string type =
      node.type({"WordPiece", "ByteLevel", "Metaspace", "BPEDecoder", "ByteFallback", "Fuse",
                 "Strip", "Replace", "CTC", "Sequence"},
                {{"BPEDecoder", {"suffix"}},
                 {"WordPiece", {"prefix", "cleanup"}},
                 {"CTC", {"pad_token", "word_delimiter_token", "cleanup"}},
                 {"Replace", {"pattern", "content"}},
                 {"Strip", {"content", "start", "stop"}}});
  if (type == "WordPiece") {
    return std::make_unique<WordPieceDecoding>(
        WordPieceDecoder{node.at("prefix").string(), node.at("cleanup").boolean()});
  }
  if (type == "ByteLevel") return read_byte_level(node);
  if (type == "Metaspace") return read_metaspace(node);
  if (type == "BPEDecoder") return std::make_unique<SuffixDecoding>(node.at("suffix").string());
  if (type == "ByteFallback") return std::make_unique<ByteFallbackDecoding>();
  if (type == "Fuse") return std::make_unique<FuseDecoding>();
  if (type == "Strip") {
    return std::make_unique<StripDecoding>(read_char(node.at("content")),
                                           node.at("start").integer(0, INT64_MAX),
                                           node.at("stop").integer(0, INT64_MAX));
  }
  if (type == "Replace") return read_replace(node);
  if (type == "CTC") return read_ctc(node);
  return read_sequence(node);
}

}  // namespace finetune::text
