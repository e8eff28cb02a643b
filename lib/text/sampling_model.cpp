#include <algorithm>

#include "base/strings.h"
#include "text/bpe.h"
#include "text/generated_merges.h"
#include "text/sentencepiece_library.h"
#include "text/unigram.h"
#include "text/utf8.h"

namespace finetune::text {
namespace {

using Algorithm = SentencePieceModel::Algorithm;
using ModelPiece = SentencePieceModel::Piece;
using PieceKind = SentencePieceModel::PieceKind;

float largest_score(const SentencePieceModel& model) {
  float largest = -1e30F;
  for (const ModelPiece& piece : model.pieces) {
    if (piece.kind == PieceKind::kNormal) largest = std::max(largest, piece.score);
  }
  return largest;
}

/// Symbols of the user are as likely as their characters would be at best, and a little less.
double score_of(const ModelPiece& piece, double largest) {
  if (piece.kind != PieceKind::kUserDefined) return static_cast<double>(piece.score);
  return static_cast<double>(count_chars(piece.text)) * largest - 0.1;
}

}  // namespace

std::unique_ptr<TokenModel> make_sampling_model(const SentencePieceModel& model) {
  const double largest = static_cast<double>(largest_score(model));
  JsonVocabulary tables;
  for (size_t i = 0; i < model.pieces.size(); ++i) {
    const ModelPiece& piece = model.pieces[i];
    const bool can_match = piece.kind == PieceKind::kNormal || piece.kind == PieceKind::kByte ||
                           piece.kind == PieceKind::kUserDefined;
    // No valid text has the byte 0xFF.
    std::string text = can_match ? piece.text : base::cat("\xFF", i);
    tables.tokens.emplace_back(std::move(text), static_cast<int32_t>(i));
    tables.scores.push_back(score_of(piece, largest));
  }
  const int32_t unknown = model.unknown_piece_id();
  if (model.algorithm == Algorithm::kUnigram) {
    const ModelVocabulary vocabulary{std::move(tables.tokens), std::move(tables.scores)};
    return std::make_unique<Unigram>(vocabulary, unknown, model.byte_fallback);
  }
  if (model.algorithm != Algorithm::kBpe) return nullptr;
  BpeOptions options;
  options.unknown_token = tables.tokens[static_cast<size_t>(unknown)].first;
  options.fuse_unknown = true;
  options.byte_fallback = model.byte_fallback;
  const Bpe::Merges merges = generate_merges(model, tables);
  return std::make_unique<Bpe>(tables.tokens, merges, options);
}

}  // namespace finetune::text
