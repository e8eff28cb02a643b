#include "text/word_level.h"

#include "base/error.h"
#include "base/strings.h"

namespace finetune::text {

void WordLevel::tokenize(std::string_view piece, std::vector<Piece>& out) const {
  const std::optional<int32_t> known = vocabulary_.id_of(piece);
  if (!known && !unknown_id_) {
    throw CheckpointError(base::cat("the word ", base::quote(piece),
                                    " is not in the vocabulary, and there is no unknown token"));
  }
  out.push_back({known ? *known : *unknown_id_, 0, static_cast<uint32_t>(piece.size())});
}

}  // namespace finetune::text
