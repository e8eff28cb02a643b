#include "text/marian_tokenizer.h"

#include <algorithm>
#include <set>

#include "base/error.h"
#include "base/files.h"
#include "base/hash.h"
#include "base/mapped_file.h"
#include "base/strings.h"
#include "text/added_tokens.h"
#include "text/char_cursor.h"
#include "text/clean_up.h"
#include "text/collecting_tokenizer.h"
#include "text/json_vocabulary.h"
#include "text/sentencepiece_tokenizer.h"
#include "text/unicode.h"
#include "text/utf8.h"

namespace finetune::text {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kUnderline = "\u2581";

using Tokens = std::vector<std::pair<std::string, int32_t>>;

/// What the files of one side say.
struct MarianParts {
  std::string model;  ///< bytes of the .spm
  Tokens vocabulary;
  std::vector<AddedToken> added_tokens;
  std::vector<std::string> specials;
  std::string unknown_token, eos_token, pad_token;
  bool cleans_up = false;
  bool splits_specials = false;
  TruncationSide side = TruncationSide::kRight;
};

bool is_space(char32_t c) {
  return (char_flags(c) & kSpaceChar) != 0 || (c >= 0x1C && c <= 0x1F);  // str.strip of Python
}

std::string strip(std::string_view text) {
  while (!text.empty()) {
    const DecodedChar first = decode_char(text);
    if (!is_space(first.code_point)) break;
    text.remove_prefix(first.length);
  }
  while (!text.empty() && is_space(last_char(text))) {
    char bytes[4];
    text.remove_suffix(encode_char(last_char(text), bytes));
  }
  return std::string(text);
}

class MarianTokenizer final : public CollectingTokenizer {
 public:
  explicit MarianTokenizer(const MarianParts& parts)
      : library_(parts.model),
        vocabulary_(parts.vocabulary),
        added_(parts.added_tokens, std::vector<std::string>(parts.added_tokens.size()),
               vocabulary_),
        specials_(parts.specials.begin(), parts.specials.end()),
        unknown_token_(parts.unknown_token),
        cleans_up_(parts.cleans_up),
        splits_specials_(parts.splits_specials) {
    unknown_id_ = need(parts.unknown_token, vocabulary_.id_of(parts.unknown_token));
    pad_id_ = need(parts.pad_token, vocabulary_.id_of(parts.pad_token));
    const TemplatePiece first{TemplatePiece::Source::kFirst, 0};
    const TemplatePiece second{TemplatePiece::Source::kSecond, 0};
    const TemplatePiece end{
        TemplatePiece::Source::kSpecial, 0, {need(parts.eos_token, id_of(parts.eos_token))}};
    post_processor_ = PostProcessor({first, end}, {first, second, end});
    post_processor_.set_lengths({parts.side});
    for (int32_t i = 0; i < library_.size(); ++i) {
      id_of_piece_.push_back(vocabulary_.id_of(library_.piece(i)).value_or(unknown_id_));
    }
    fingerprint_ = base::hash64(parts.model);
    for (const auto& [token, id] : parts.vocabulary) {
      fingerprint_ = base::hash64(token, fingerprint_ + static_cast<uint64_t>(id));
    }
    for (const AddedToken& token : parts.added_tokens) {
      fingerprint_ = base::hash64(base::cat(token.content, "\n", token.lstrip, token.rstrip,
                                            token.single_word, token.special),
                                  fingerprint_);
    }
    fingerprint_ = with_settings(fingerprint_, splits_specials_, parts.side);
  }

  std::string decode(std::span<const int32_t> ids, bool skip_special_tokens) const override;

  bool has_sampling() const override { return library_.has_sampling(); }
  int32_t vocab_size() const override {
    return std::max(vocabulary_.id_limit(), added_.id_limit());
  }
  std::string_view token(int32_t id) const override {
    const AddedToken* added = added_.find(id);
    return added != nullptr ? std::string_view(added->content) : vocabulary_.token(id);
  }
  std::optional<int32_t> id_of(std::string_view token) const override {
    const std::optional<int32_t> added = added_.id_of(token);
    return added ? added : vocabulary_.id_of(token);
  }
  std::optional<int32_t> pad_id() const override { return pad_id_; }
  std::optional<int32_t> unknown_id() const override { return unknown_id_; }
  uint64_t fingerprint() const override { return fingerprint_; }
  std::string description() const override {
    return base::cat("Marian, SentencePiece with a vocabulary, ", vocab_size(), " tokens");
  }

 private:
  static int32_t need(const std::string& token, std::optional<int32_t> id) {
    if (!id) throw CheckpointError(base::cat("the vocabulary has no ", base::quote(token)));
    return *id;
  }

  void collect(std::string_view text, bool want_offsets, TokenBuffer& out) const override;
  const PostProcessor& post_processor() const override { return post_processor_; }
  void collect_segment(SentencePieceSegment segment, bool want_offsets, TokenBuffer& out) const;
  std::string join(const std::vector<std::string>& tokens) const;

  SentencePieceLibrary library_;
  Vocabulary vocabulary_;
  AddedTokens added_;
  std::set<std::string, std::less<>> specials_;
  std::string unknown_token_;
  bool cleans_up_;
  bool splits_specials_;  ///< no added token at all is looked for, as in the slow tokenizer
  int32_t unknown_id_ = 0;
  int32_t pad_id_ = 0;
  PostProcessor post_processor_;
  std::vector<int32_t> id_of_piece_;  ///< [id of the model]
  uint64_t fingerprint_ = 0;
};

void MarianTokenizer::collect_segment(SentencePieceSegment segment, bool want_offsets,
                                      TokenBuffer& out) const {
  const size_t end = segment.text.starts_with(">>") ? segment.text.find("<<") : std::string::npos;
  if (end != std::string_view::npos) {
    const std::string_view code = segment.text.substr(0, end + 2);
    const auto num_chars = static_cast<int32_t>(count_chars(code));
    out.ids.push_back(id_of(code).value_or(unknown_id_));
    if (want_offsets) {
      out.offsets.emplace_back(segment.first_char, segment.first_char + num_chars);
    }
    out.finish_piece();
    segment = {segment.text.substr(end + 2), segment.first_char + num_chars};
  }
  for (const SentencePieceToken& token : cut_segment(library_, segment, want_offsets, out)) {
    const bool is_known = library_.piece(token.id) == token.text;
    out.ids.push_back(is_known ? id_of_piece_[static_cast<size_t>(token.id)]
                               : id_of(token.text).value_or(unknown_id_));
  }
  out.finish_piece();
}

void MarianTokenizer::collect(std::string_view text, bool want_offsets, TokenBuffer& out) const {
  const std::string valid = repair_utf8(text);
  std::vector<AddedTokens::Split> splits;
  if (splits_specials_) {
    splits.push_back({std::nullopt, 0, valid.size()});
  } else {
    added_.split(valid, splits);
  }
  CharCursor chars(valid);
  for (const AddedTokens::Split& split : splits) {
    const int32_t begin = chars.before(split.begin);
    if (!split.id) {
      const std::string_view part(valid.data() + split.begin, split.end - split.begin);
      collect_segment({part, begin}, want_offsets, out);
    } else {
      out.ids.push_back(*split.id);
      if (want_offsets) out.offsets.emplace_back(begin, chars.before(split.end));
      out.finish_piece();
    }
  }
}

/// convert_tokens_to_string: special tokens stand between texts that the library decodes.
std::string MarianTokenizer::join(const std::vector<std::string>& tokens) const {
  std::string text;
  std::vector<std::string> pieces;
  for (const std::string& token : tokens) {
    if (!specials_.contains(token)) {
      pieces.push_back(token);
      continue;
    }
    text += library_.decode(pieces) + token + " ";
    pieces.clear();
  }
  text += library_.decode(pieces);
  replace_all(text, kUnderline, " ");
  return strip(text);
}

std::string MarianTokenizer::decode(std::span<const int32_t> ids, bool skip_special_tokens) const {
  std::vector<std::string> texts, current;
  const auto finish = [&] {
    if (!current.empty()) texts.push_back(join(current));
    current.clear();
  };
  for (const int32_t id : ids) {
    const std::string_view known = token(id);
    const std::string content(known.empty() ? std::string_view(unknown_token_) : known);
    const bool is_special = specials_.contains(content);
    if (skip_special_tokens && is_special) continue;
    if (!is_special && added_.find(id) != nullptr) {
      finish();
      texts.push_back(content);
    } else {
      current.push_back(content);
    }
  }
  finish();
  std::string text = base::join(texts, " ");
  if (cleans_up_) clean_up_spaces(text);
  return text;
}

Tokens read_tokens(const fs::path& file) {
  return with_context(base::cat("reading ", base::quote(file.string())), [&] {
    const base::MappedFile mapped(file);
    return read_vocabulary_file(mapped.text(), file.string(), Vocabulary::kMaxIds - 1);
  });
}

std::vector<AddedToken> tokens_to_add(const TokenizerConfig& config) {
  std::vector<AddedToken> added;
  config.add_tokens(added);
  // The slow tokenizer looks for them in the text as it is.
  for (AddedToken& token : added) token.normalized = false;
  return added;
}

}  // namespace

bool is_marian_folder(const fs::path& folder) {
  return fs::exists(folder / "source.spm") && fs::exists(folder / "target.spm") &&
         fs::exists(folder / "vocab.json");
}

std::unique_ptr<Tokenizer> read_marian_folder(const fs::path& folder, TokenizerConfig config,
                                              TextSide side) {
  config.set_class_specials(true);
  const bool is_source = side == TextSide::kSource;
  const bool is_apart = config.flag("separate_vocabs", false);
  const fs::path model = folder / (is_source ? "source.spm" : "target.spm");
  MarianParts parts;
  parts.model = base::read_file(model);
  parts.vocabulary =
      read_tokens(folder / (is_apart && !is_source ? "target_vocab.json" : "vocab.json"));
  parts.added_tokens = tokens_to_add(config);
  for (const AddedToken& token : config.specials()) parts.specials.push_back(token.content);
  parts.unknown_token = config.special("unk_token").value_or("<unk>");
  parts.eos_token = config.special("eos_token").value_or("</s>");
  parts.pad_token = config.special("pad_token").value_or("<pad>");
  parts.cleans_up = config.flag("clean_up_tokenization_spaces", false);
  parts.splits_specials = config.splits_specials();
  parts.side = config.truncation_side().value_or(TruncationSide::kRight);
  return with_context(base::cat("reading ", base::quote(model.string())),
                      [&] { return std::make_unique<MarianTokenizer>(parts); });
}

}  // namespace finetune::text
