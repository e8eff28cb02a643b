#include "text/sentencepiece_library.h"

#include <sentencepiece_processor.h>

#include <algorithm>

#include "base/error.h"
#include "base/strings.h"

namespace finetune::text {
namespace {

void check(const sentencepiece::util::Status& status) {
  if (status.ok()) return;
  throw CheckpointError(base::cat("the sentencepiece library refuses: ", status.message()));
}

}  // namespace

struct SentencePieceLibrary::Library {
  sentencepiece::SentencePieceProcessor processor;
};

SentencePieceLibrary::SentencePieceLibrary(std::string_view bytes)
    : model_(SentencePieceModel::parse(bytes)),
      library_(std::make_unique<Library>()),
      sampling_model_(make_sampling_model(model_)) {
  check(library_->processor.LoadFromSerializedProto(bytes));
}

SentencePieceLibrary::~SentencePieceLibrary() = default;

void SentencePieceLibrary::encode(std::string_view text,
                                  std::vector<SentencePieceToken>& out) const {
  out.clear();
  const sentencepiece::ImmutableSentencePieceText result =
      library_->processor.EncodeAsImmutableProto(text);
  for (const auto& piece : result.pieces()) {
    out.push_back({static_cast<int32_t>(piece.id()), piece.begin(), piece.end(), piece.piece()});
  }
}

void SentencePieceLibrary::sample(std::string_view text, SubwordSampler& sampler,
                                  std::vector<SentencePieceToken>& out) const {
  if (sampling_model_ == nullptr) {
    encode(text, out);
    return;
  }
  out.clear();
  std::string normalized;
  std::vector<size_t> origin;  // [normalized.size() + 1]
  check(library_->processor.Normalize(text, &normalized, &origin));
  if (normalized.empty()) return;
  std::vector<Piece> pieces;
  sampling_model_->sample(normalized, sampler, pieces);
  const auto origin_of = [&](uint32_t place) {
    return static_cast<uint32_t>(origin[std::min<size_t>(place, origin.size() - 1)]);
  };
  for (const Piece& piece : pieces) {
    out.push_back({piece.id, origin_of(piece.begin), origin_of(piece.end),
                   normalized.substr(piece.begin, piece.end - piece.begin)});
  }
}

std::string SentencePieceLibrary::decode(std::span<const int32_t> ids) const {
  std::string text;
  check(library_->processor.Decode(std::vector<int>(ids.begin(), ids.end()), &text));
  return text;
}

std::string SentencePieceLibrary::decode(const std::vector<std::string>& pieces) const {
  std::string text;
  check(library_->processor.Decode(pieces, &text));
  return text;
}

std::string_view SentencePieceLibrary::piece(int32_t id) const {
  if (id < 0 || id >= size()) return "";
  return model_.pieces[static_cast<size_t>(id)].text;
}

int32_t SentencePieceLibrary::id_of(std::string_view piece) const {
  return library_->processor.PieceToId(piece);
}

}  // namespace finetune::text
