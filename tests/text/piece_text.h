#pragma once

#include <string>

#include "base/strings.h"
#include "text/token_model.h"

namespace finetune::text {

/// "4:0-2 0:2-3": the tokens of `piece`, for comparing at a glance.
inline std::string spell(const std::vector<Piece>& pieces) {
  std::string out;
  for (const Piece& piece : pieces) {
    out += base::cat(out.empty() ? "" : " ", piece.id, ":", piece.begin, "-", piece.end);
  }
  return out;
}

inline std::string tokens_of(const TokenModel& model, std::string_view piece) {
  std::vector<Piece> pieces;
  model.tokenize(piece, pieces);
  return spell(pieces);
}

}  // namespace finetune::text
