#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "text/sentencepiece_model.h"
#include "text/subword_sampler.h"
#include "text/token_model.h"

namespace finetune::text {

/// A piece of a text that a SentencePiece model has cut.
struct SentencePieceToken {
  int32_t id;
  uint32_t begin, end;  ///< bytes of the text
  std::string text;     ///< the piece; of an unknown one, the normalised text it covers
};

/// A SentencePiece model at work: normalising, cutting and putting together by the sentencepiece
/// library 0.2.1, whose headers stay in the source file. Immutable, usable from many threads.
class SentencePieceLibrary {
 public:
  /// `bytes` of a .model file. Throws CheckpointError as SentencePieceModel::parse does, and when
  /// the library refuses the model.
  explicit SentencePieceLibrary(std::string_view bytes);
  ~SentencePieceLibrary();

  /// Replaces `out`. Invalid UTF-8 counts as the library counts it: U+FFFD for every byte.
  void encode(std::string_view text, std::vector<SentencePieceToken>& out) const;

  /// The same with random segmentation: the library's normaliser, then our models, whose draws are
  /// a pure function of the sampler's stream. Models of words and characters know none: encode().
  void sample(std::string_view text, SubwordSampler& sampler,
              std::vector<SentencePieceToken>& out) const;

  bool has_sampling() const { return sampling_model_ != nullptr; }

  std::string decode(std::span<const int32_t> ids) const;  ///< all within [0, size())
  std::string decode(const std::vector<std::string>& pieces) const;

  int32_t size() const { return static_cast<int32_t>(model_.pieces.size()); }
  std::string_view piece(int32_t id) const;     ///< "" for an id that is not used
  int32_t id_of(std::string_view piece) const;  ///< that of the unknown piece where there is none
  const SentencePieceModel& model() const { return model_; }

 private:
  struct Library;

  SentencePieceModel model_;
  std::unique_ptr<Library> library_;
  std::unique_ptr<TokenModel> sampling_model_;  ///< or null
};

/// The model as one of ours, for sampling: pieces that no text may become cannot match. Nothing for
/// models of words and characters.
std::unique_ptr<TokenModel> make_sampling_model(const SentencePieceModel& model);

}  // namespace finetune::text
