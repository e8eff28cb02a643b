#include "text/wordpiece_model.h"

#include "text/utf8.h"

namespace finetune::text {

void WordPieceModel::tokenize(std::string_view piece, std::vector<Piece>& out) const {
  model_.tokenize(piece, count_chars(piece), out);
}

}  // namespace finetune::text
