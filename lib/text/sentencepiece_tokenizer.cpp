#include "text/sentencepiece_tokenizer.h"

#include "base/hash.h"
#include "base/strings.h"
#include "text/collecting_tokenizer.h"
#include "text/utf8.h"

namespace finetune::text {
namespace {

std::string_view name_of(SentencePieceModel::Algorithm algorithm) {
  switch (algorithm) {
    case SentencePieceModel::Algorithm::kUnigram:
      return "Unigram";
    case SentencePieceModel::Algorithm::kBpe:
      return "BPE";
    case SentencePieceModel::Algorithm::kWord:
      return "words";
    default:
      return "characters";
  }
}

class SentencePieceTokenizer final : public CollectingTokenizer {
 public:
  explicit SentencePieceTokenizer(std::string_view bytes)
      : library_(bytes), fingerprint_(base::hash64(bytes)) {}

  std::string decode(std::span<const int32_t> ids, bool /*skip_special_tokens*/) const override {
    std::vector<int32_t> known;  // control pieces are nothing in a text, whatever is asked for
    for (const int32_t id : ids) {
      if (id >= 0 && id < library_.size()) known.push_back(id);
    }
    return library_.decode(known);
  }

  bool has_sampling() const override { return library_.has_sampling(); }
  int32_t vocab_size() const override { return library_.size(); }
  std::string_view token(int32_t id) const override { return library_.piece(id); }
  std::optional<int32_t> id_of(std::string_view token) const override {
    const int32_t id = library_.id_of(token);
    if (library_.piece(id) != token) return std::nullopt;
    return id;
  }
  std::optional<int32_t> pad_id() const override {
    const int32_t id = library_.model().pad_id;
    if (id < 0 || id >= library_.size()) return std::nullopt;
    return id;
  }
  std::optional<int32_t> unknown_id() const override { return library_.model().unknown_piece_id(); }
  uint64_t fingerprint() const override { return fingerprint_; }
  std::string description() const override {
    return base::cat("SentencePiece, ", name_of(library_.model().algorithm), ", ", vocab_size(),
                     " tokens");
  }

 private:
  void collect(std::string_view text, bool want_offsets, TokenBuffer& out) const override {
    const std::string valid = repair_utf8(text);
    for (const SentencePieceToken& token : cut_segment(library_, {valid, 0}, want_offsets, out)) {
      out.ids.push_back(token.id);
    }
    out.finish_piece();
  }
  const PostProcessor& post_processor() const override { return post_processor_; }

  SentencePieceLibrary library_;
  PostProcessor post_processor_;
  uint64_t fingerprint_;
};

}  // namespace

const std::vector<SentencePieceToken>& cut_segment(const SentencePieceLibrary& library,
                                                   const SentencePieceSegment& segment,
                                                   bool want_offsets, TokenBuffer& out) {
  thread_local std::vector<SentencePieceToken> tokens;
  if (out.sampler == nullptr) {
    library.encode(segment.text, tokens);
  } else {
    library.sample(segment.text, *out.sampler, tokens);
  }
  if (!want_offsets) return tokens;
  std::vector<int32_t> char_of_byte(segment.text.size() + 1, 0);
  int32_t num_chars = segment.first_char - 1;
  for (size_t i = 0; i < segment.text.size(); ++i) {
    const bool is_start = (static_cast<unsigned char>(segment.text[i]) & 0xC0) != 0x80;
    num_chars += is_start ? 1 : 0;
    char_of_byte[i] = num_chars;
  }
  char_of_byte.back() = num_chars + 1;
  for (const SentencePieceToken& token : tokens) {
    out.offsets.emplace_back(char_of_byte[token.begin], char_of_byte[token.end]);
  }
  return tokens;
}

std::unique_ptr<Tokenizer> make_sentencepiece_tokenizer(std::string_view bytes) {
  return std::make_unique<SentencePieceTokenizer>(bytes);
}

}  // namespace finetune::text
