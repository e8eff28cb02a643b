#include "text/word_collector.h"

#include "text/utf8.h"

namespace finetune::text {

void WordCollector::start(const WordPiece& model, bool want_offsets, TokenBuffer& out) {
  model_ = &model;
  out_ = &out;
  want_offsets_ = want_offsets;
  clear();
}

void WordCollector::clear() {
  bytes_.clear();
  origins_.clear();
  num_chars_ = 0;
}

void WordCollector::add(char32_t normalized, CharRange origin) {
  ++num_chars_;
  last_origin_ = origin;
  if (num_chars_ > model_->options().max_chars_per_word && num_chars_ > 1) return;
  append_char(bytes_, normalized);
  if (want_offsets_) origins_.resize(bytes_.size(), origin);
}

void WordCollector::finish_word() {
  if (num_chars_ == 0) return;
  if (num_chars_ > model_->options().max_chars_per_word) {
    out_->ids.push_back(model_->unknown_id());
    if (want_offsets_) out_->offsets.emplace_back(origins_.front().first, last_origin_.second);
  } else {
    emit_pieces();
  }
  if (want_offsets_) out_->finish_piece();
  clear();
}

void WordCollector::emit_pieces() {
  pieces_.clear();
  model_->tokenize(bytes_, num_chars_, pieces_);
  for (const Piece& piece : pieces_) {
    out_->ids.push_back(piece.id);
    if (want_offsets_) {
      out_->offsets.emplace_back(origins_[piece.begin].first, origins_[piece.end - 1].second);
    }
  }
}

}  // namespace finetune::text
