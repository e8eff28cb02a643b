#pragma once

#include <string>
#include <utility>
#include <vector>

#include "text/token_model.h"

namespace finetune::text {

/// Each piece is one token, or the unknown token.
class WordLevel final : public TokenModel {
 public:
  WordLevel(const std::vector<std::pair<std::string, int32_t>>& tokens,
            const std::string& unknown_token)
      : vocabulary_(tokens), unknown_id_(vocabulary_.id_of(unknown_token)) {}

  void tokenize(std::string_view piece, std::vector<Piece>& out) const override;
  const Vocabulary& vocabulary() const override { return vocabulary_; }
  std::optional<int32_t> unknown_id() const override { return unknown_id_; }
  std::string description() const override { return "WordLevel"; }

 private:
  Vocabulary vocabulary_;
  std::optional<int32_t> unknown_id_;
};

}  // namespace finetune::text
