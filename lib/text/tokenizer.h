#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace finetune::text {

class SubwordSampler;
struct LengthSettings;

/// What encoding gives. ids and type_ids always; the rest when asked for.
struct Encoding {
  std::vector<int32_t> ids;       ///< [N]
  std::vector<int32_t> type_ids;  ///< [N] 0 for the first text, 1 for the second
  std::vector<std::pair<int32_t, int32_t>>
      offsets;  ///< [N] half-open, of the token's own text, in EncodeOptions::offset_unit
  std::vector<uint8_t> special_mask;  ///< [N] 1 where the post-processor put the token
  std::vector<int32_t> word_ids;      ///< [N] piece of the pre-tokenizer; -1 for a special token
  int32_t num_cut = 0;                ///< tokens that truncation removed
  std::vector<Encoding> overflowing;  ///< the further windows of a text that was cut

  void clear();
};

/// Which text gives way when two of them are longer than max_length.
enum class TruncationStrategy { kLongestFirst, kOnlyFirst, kOnlySecond };
enum class TruncationSide { kRight, kLeft };  ///< where tokens are cut off
enum class OffsetUnit { kCodePoints, kBytes };

struct EncodeOptions {
  bool add_special_tokens = true;
  int32_t max_length = 0;  ///< 0: no limit. Else at most this many ids, specials included
  TruncationStrategy strategy = TruncationStrategy::kLongestFirst;
  std::optional<TruncationSide> side{};  ///< absent: as the tokenizer's files say
  bool want_offsets = false;             ///< fills offsets and special_mask
  OffsetUnit offset_unit = OffsetUnit::kCodePoints;
  bool want_word_ids = false;
  bool want_overflowing = false;  ///< keeps what was cut, as further windows of max_length tokens
  int32_t stride = 0;             ///< tokens that a window repeats of the one before
};

/// A tokenizer as Hugging Face `tokenizers` defines it: normalise -> pre-tokenise -> model ->
/// post-process, and decode back. Immutable after loading; every const function may be called from
/// many threads at once.
///
/// Input must be valid UTF-8; invalid sequences are read as U+FFFD.
class Tokenizer {
 public:
  virtual ~Tokenizer() = default;

  /// Writes into `out`, whose buffers are reused: no allocation per call once they have grown.
  virtual void encode(std::string_view text, const EncodeOptions& options, Encoding& out) const = 0;
  virtual void encode_pair(std::string_view first, std::string_view second,
                           const EncodeOptions& options, Encoding& out) const = 0;
  /// Whether there is more than one way to cut a text: Unigram models sample, BPE models drop
  /// merges.
  virtual bool has_sampling() const { return false; }
  /// encode() and encode_pair() with random segmentation, for training (subword regularisation).
  /// The draws are a pure function of the sampler's stream. Throws ConfigError where the tokenizer
  /// has no sampling.
  virtual void sample(std::string_view text, const EncodeOptions& options, SubwordSampler& sampler,
                      Encoding& out) const;
  virtual void sample_pair(std::string_view first, std::string_view second,
                           const EncodeOptions& options, SubwordSampler& sampler,
                           Encoding& out) const;
  /// The text of ids, cleaned up where tokenizer_config.json (clean_up_tokenization_spaces) or the
  /// class says so, as transformers does.
  virtual std::string decode(std::span<const int32_t> ids, bool skip_special_tokens) const = 0;
  /// The same without cleaning up, as `tokenizers` does: text that grows id by id.
  virtual std::string decode_uncleaned(std::span<const int32_t> ids,
                                       bool skip_special_tokens) const {
    return decode(ids, skip_special_tokens);
  }

  virtual int32_t vocab_size() const = 0;  ///< largest id that any encoding may hold + 1
  virtual std::string_view token(int32_t id) const = 0;  ///< "" where an id is unused
  virtual std::optional<int32_t> id_of(std::string_view token) const = 0;
  virtual std::optional<int32_t> pad_id() const = 0;
  virtual std::optional<int32_t> unknown_id() const = 0;
  virtual std::string description()
      const = 0;  ///< e.g. "WordPiece, 30522 tokens, lower-cased"; for inspect
  virtual uint64_t fingerprint() const = 0;  ///< changes whenever an encoding could change
  /// What a tokenizer.json says about lengths: `tokenizers` obeys it, transformers does not.
  virtual const LengthSettings& length_settings() const;
};

/// The two languages of a translation model whose tokenizer has a model for each (Marian); other
/// tokenizers are the same on both sides.
enum class TextSide { kSource, kTarget };

/// Loads a tokenizer from a Hugging Face folder: tokenizer.json, else the files of the slow
/// tokenizer (vocab.txt; vocab.json and merges.txt; a SentencePiece model; source.spm and
/// target.spm) as the class in tokenizer_config.json or config.json takes them. Or from one file: a
/// tokenizer.json, a vocab.txt, a SentencePiece .model or .spm. Throws CheckpointError naming file
/// and JSON path.
std::unique_ptr<Tokenizer> load_tokenizer(const std::filesystem::path& folder_or_file,
                                          TextSide side = TextSide::kSource);

/// The tokenizer files of a folder, that an export copies verbatim (names relative to it).
std::vector<std::string> tokenizer_files(const std::filesystem::path& folder);

}  // namespace finetune::text
