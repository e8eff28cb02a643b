#include "text/bert_tokenizer.h"

#include <algorithm>

#include "base/hash.h"
#include "base/strings.h"
#include "text/bert_scanner.h"
#include "text/char_cursor.h"
#include "text/clean_up.h"
#include "text/collecting_tokenizer.h"

namespace finetune::text {
namespace {

std::vector<std::string> normalized_contents(const BertParts& parts) {
  std::vector<std::string> contents;
  for (const AddedToken& token : parts.added_tokens) {
    AlignedText text(token.content, 0);
    normalize(text, parts.added_normalizer.value_or(parts.normalizer));
    contents.push_back(text.utf8());
  }
  return contents;
}

std::string flags_of(const BertNormalizerOptions& options) {
  return base::cat(options.clean_text, options.handle_chinese_chars, options.strips_accents(),
                   options.lowercase);
}

/// Buffers of one thread, reused from call to call.
struct Workspace {
  WordCollector words;
  std::vector<AddedTokens::Split> splits;
  std::vector<AddedTokens::Split> normalized_splits;
};

Workspace& workspace() {
  thread_local Workspace buffers;
  return buffers;
}

class BertTokenizer final : public CollectingTokenizer {
 public:
  explicit BertTokenizer(const BertParts& parts)
      : model_(parts.vocabulary, parts.model),
        scanner_(model_, parts.normalizer),
        added_(parts.added_tokens, normalized_contents(parts), model_.vocabulary(),
               parts.splits_specials),
        post_processor_(parts.post_processor),
        decoder_(parts.decoder),
        cleans_up_spaces_(parts.cleans_up_spaces),
        pad_id_(id_of(parts.pad_token)),
        fingerprint_(compute_fingerprint(parts)) {}

  std::string decode(std::span<const int32_t> ids, bool skip_special_tokens) const override {
    std::string text = decode_uncleaned(ids, skip_special_tokens);
    if (cleans_up_spaces_) clean_up_spaces(text);
    return text;
  }

  std::string decode_uncleaned(std::span<const int32_t> ids,
                               bool skip_special_tokens) const override {
    std::string out;
    bool is_first = true;
    for (const int32_t id : ids) {
      if (added_.find(id) == nullptr && !model_.vocabulary().has(id)) continue;
      const std::string_view content = token(id);
      if (skip_special_tokens && added_.is_special(content)) continue;
      if (decoder_) {
        decoder_->append(content, is_first, out);
      } else {
        if (!is_first) out += ' ';
        out += content;
      }
      is_first = false;
    }
    return out;
  }

  int32_t vocab_size() const override {
    return std::max(
        {model_.vocabulary().id_limit(), added_.id_limit(), post_processor_.id_limit()});
  }

  std::string_view token(int32_t id) const override {
    const AddedToken* added = added_.find(id);
    return added != nullptr ? std::string_view(added->content) : model_.vocabulary().token(id);
  }

  std::optional<int32_t> id_of(std::string_view token) const override {
    const std::optional<int32_t> added = added_.id_of(token);
    return added ? added : model_.vocabulary().id_of(token);
  }

  std::optional<int32_t> pad_id() const override { return pad_id_; }
  std::optional<int32_t> unknown_id() const override { return model_.unknown_id(); }
  uint64_t fingerprint() const override { return fingerprint_; }

  std::string description() const override {
    const BertNormalizerOptions& options = scanner_.options();
    return base::cat("WordPiece, ", vocab_size(), " tokens, ",
                     options.lowercase ? "lower-cased" : "cased",
                     options.strips_accents() ? ", accents stripped" : "",
                     options.handle_chinese_chars ? ", Chinese by character" : "");
  }

 private:
  void collect(std::string_view text, bool want_offsets, TokenBuffer& out) const override;
  const PostProcessor& post_processor() const override { return post_processor_; }
  void collect_normalized(BertScanner::Segment segment, bool want_offsets, TokenBuffer& out) const;
  void collect_segment(BertScanner::Segment segment, bool want_offsets, TokenBuffer& out) const {
    if (added_.matches_normalized_text()) {
      collect_normalized(segment, want_offsets, out);
    } else {
      scanner_.scan(segment, want_offsets, workspace().words, out);
    }
  }
  uint64_t compute_fingerprint(const BertParts& parts) const;

  WordPiece model_;
  BertScanner scanner_;
  AddedTokens added_;
  PostProcessor post_processor_;
  std::optional<WordPieceDecoder> decoder_;
  bool cleans_up_spaces_;
  std::optional<int32_t> pad_id_;
  uint64_t fingerprint_;
};

void BertTokenizer::collect(std::string_view text, bool want_offsets, TokenBuffer& out) const {
  want_offsets = want_offsets || out.wants_words;  // the scanner numbers words only beside offsets
  if (!added_.may_match(text)) {
    collect_segment({text, 0}, want_offsets, out);
    return;
  }
  std::vector<AddedTokens::Split>& splits = workspace().splits;
  added_.split(text, splits);
  CharCursor chars(text);
  for (const AddedTokens::Split& split : splits) {
    const int32_t begin = want_offsets ? chars.before(split.begin) : 0;
    const std::string_view part = text.substr(split.begin, split.end - split.begin);
    if (!split.id) {
      collect_segment({part, begin}, want_offsets, out);
      continue;
    }
    out.ids.push_back(*split.id);
    if (want_offsets) out.offsets.emplace_back(begin, chars.before(split.end));
    out.finish_piece();
  }
}

/// Added tokens that match the normalised text need that text whole before words are cut.
void BertTokenizer::collect_normalized(BertScanner::Segment segment, bool want_offsets,
                                       TokenBuffer& out) const {
  Workspace& space = workspace();
  AlignedText text(segment.text, segment.first_char);
  normalize(text, scanner_.options());
  const std::string bytes = text.utf8();
  added_.split_normalized(bytes, space.normalized_splits);
  space.words.start(model_, want_offsets, out);
  CharCursor chars(bytes);
  for (const AddedTokens::Split& split : space.normalized_splits) {
    const int32_t begin = chars.before(split.begin);
    const int32_t end = chars.before(split.end);
    if (!split.id) {
      scanner_.scan_normalized(text, {begin, end}, space.words);
    } else {
      out.ids.push_back(*split.id);
      if (want_offsets) {
        out.offsets.emplace_back(text.origin(static_cast<size_t>(begin)).first,
                                 text.origin(static_cast<size_t>(end - 1)).second);
      }
      out.finish_piece();
    }
  }
}

uint64_t BertTokenizer::compute_fingerprint(const BertParts& parts) const {
  std::string all =
      base::cat("bert 1\n", parts.model.unknown_token, "\n", parts.model.continuing_prefix, "\n",
                parts.model.max_chars_per_word, "\n", flags_of(parts.normalizer), "\n");
  const std::string added_flags = flags_of(parts.added_normalizer.value_or(parts.normalizer));
  if (added_flags != flags_of(parts.normalizer)) all += base::cat("added ", added_flags, "\n");
  for (const auto* pieces : {&parts.post_processor.single(), &parts.post_processor.pair()}) {
    for (const TemplatePiece& piece : *pieces) {
      all += base::cat(static_cast<int>(piece.source), ":", piece.type_id);
      for (const int32_t id : piece.special_ids) all += base::cat(",", id);
      all += '\n';
    }
  }
  for (const auto& [id, token] : added_.by_id()) {
    all += base::cat(id, token.single_word, token.lstrip, token.rstrip, token.normalized,
                     token.special, token.content.size(), ":", token.content);
  }
  for (int32_t id = 0; id < model_.vocabulary().id_limit(); ++id) {
    const std::string_view token = model_.vocabulary().token(id);
    if (!model_.vocabulary().has(id)) continue;
    const auto size = static_cast<uint32_t>(token.size());
    for (const auto number : {static_cast<uint32_t>(id), size}) {
      all.append(reinterpret_cast<const char*>(&number), sizeof(number));
    }
    all += token;
  }
  return with_settings(base::hash64(all), parts.splits_specials,
                       parts.post_processor.lengths().side);
}

}  // namespace

std::unique_ptr<Tokenizer> make_bert_tokenizer(const BertParts& parts) {
  return std::make_unique<BertTokenizer>(parts);
}

}  // namespace finetune::text
