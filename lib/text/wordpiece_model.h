#pragma once

#include "text/token_model.h"

namespace finetune::text {

/// WordPiece as the model of a general pipeline.
class WordPieceModel final : public TokenModel {
 public:
  WordPieceModel(const std::vector<std::pair<std::string, int32_t>>& tokens,
                 WordPieceOptions options)
      : model_(tokens, std::move(options)) {}

  void tokenize(std::string_view piece, std::vector<Piece>& out) const override;
  const Vocabulary& vocabulary() const override { return model_.vocabulary(); }
  std::optional<int32_t> unknown_id() const override { return model_.unknown_id(); }
  std::string description() const override { return "WordPiece"; }

 private:
  WordPiece model_;
};

}  // namespace finetune::text
