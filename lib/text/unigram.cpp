#include "text/unigram.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/error.h"
#include "base/strings.h"
#include "text/byte_tokens.h"
#include "text/unigram_lattice.h"
#include "text/utf8.h"

namespace finetune::text {
namespace {

constexpr double kUnknownPenalty = 10.0;
constexpr size_t kKeptNodes = 1 << 16;  ///< buffers larger than this are given back

/// The best segmentation that ends at a byte.
struct BestEnd {
  double score = 0.0;
  int32_t id = -1;
  uint32_t begin = UINT32_MAX;  ///< of its last piece; UINT32_MAX: none found yet
};

struct Workspace {
  std::vector<BestEnd> ends;
  std::vector<Piece> reversed;
};

Workspace& workspace() {
  thread_local Workspace space;
  if (space.ends.capacity() > kKeptNodes) space = {};
  return space;
}

bool is_improved(const BestEnd& end, double score) {
  return end.begin == UINT32_MAX || score > end.score;
}

void improve(BestEnd& end, double score, int32_t id, size_t begin) {
  if (is_improved(end, score)) end = {score, id, static_cast<uint32_t>(begin)};
}

}  // namespace

Unigram::Unigram(const ModelVocabulary& vocabulary, std::optional<int32_t> unknown_id,
                 bool byte_fallback)
    : vocabulary_(vocabulary.tokens),
      scores_(static_cast<size_t>(vocabulary_.id_limit())),
      unknown_id_(unknown_id),
      byte_fallback_(byte_fallback) {
  if (vocabulary.scores.size() != vocabulary.tokens.size()) {
    throw CheckpointError(base::cat("the vocabulary has ", vocabulary.tokens.size(), " tokens but ",
                                    vocabulary.scores.size(), " scores"));
  }
  double least = std::numeric_limits<double>::infinity();
  for (size_t i = 0; i < vocabulary.tokens.size(); ++i) {
    const auto& [token, id] = vocabulary.tokens[i];
    const double score = vocabulary.scores[i];
    if (!std::isfinite(score)) {
      throw CheckpointError(base::cat("the score of ", base::quote(token), " is not finite"));
    }
    scores_[static_cast<size_t>(id)] = score;
    least = std::min(least, score);
  }
  unknown_score_ = least - kUnknownPenalty;
  if (unknown_id_ && !vocabulary_.has(*unknown_id_)) {
    throw CheckpointError(base::cat("the unknown token is given as ", *unknown_id_,
                                    ", but the vocabulary has ", vocabulary_.num_tokens(),
                                    " tokens"));
  }
  if (byte_fallback_) byte_ids_ = byte_token_ids(vocabulary_);
}

std::string Unigram::description() const {
  return base::cat("Unigram", byte_fallback_ ? ", byte fallback" : "");
}

int32_t Unigram::needed_unknown_id() const {
  if (unknown_id_) return *unknown_id_;
  throw CheckpointError(
      "the text holds characters that the vocabulary lacks, and the model names no unknown token "
      "('unk_id')");
}

void Unigram::tokenize(std::string_view piece, std::vector<Piece>& out) const {
  auto& [ends, reversed] = workspace();
  ends.assign(piece.size() + 1, BestEnd{});
  const Trie& trie = vocabulary_.trie();
  for (size_t begin = 0; begin < piece.size();) {
    const double so_far = ends[begin].score;
    const uint32_t char_length = decode_char(piece.substr(begin)).length;
    bool has_single = false;
    uint32_t node = Trie::kRoot;
    for (size_t i = begin; i < piece.size(); ++i) {
      node = trie.step(node, piece[i]);
      if (node == Trie::kNone) break;
      const int32_t id = trie.value(node);
      if (id < 0) continue;
      improve(ends[i + 1], scores_[static_cast<size_t>(id)] + so_far, id, begin);
      has_single = has_single || i + 1 - begin == char_length;
    }
    if (!has_single) {
      BestEnd& end = ends[begin + char_length];
      const double score = unknown_score_ + so_far;
      if (is_improved(end, score)) {
        end = {score, needed_unknown_id(), static_cast<uint32_t>(begin)};
      }
    }
    begin += char_length;
  }
  reversed.clear();
  for (size_t end = piece.size(); end > 0; end = ends[end].begin) {
    reversed.push_back({ends[end].id, ends[end].begin, static_cast<uint32_t>(end)});
  }
  emit(piece, reversed, out);
}

void Unigram::sample(std::string_view piece, SubwordSampler& sampler,
                     std::vector<Piece>& out) const {
  const int32_t nbest = sampler.options().nbest;
  if (nbest == 0 || nbest == 1) return tokenize(piece, out);
  const UnigramLattice lattice(*this, piece);
  std::vector<Piece> reversed =
      nbest < 0 ? lattice.sample(sampler) : lattice.sample_of_best(sampler);
  emit(piece, reversed, out);
}

void Unigram::emit(std::string_view piece, std::vector<Piece>& reversed,
                   std::vector<Piece>& out) const {
  while (!reversed.empty()) {
    Piece next = reversed.back();
    reversed.pop_back();
    if (next.id != unknown_id_) {
      out.push_back(next);
      continue;
    }
    for (; !reversed.empty() && reversed.back().id == unknown_id_; reversed.pop_back()) {
      next.end = reversed.back().end;
    }
    emit_unknown(piece, next, out);
  }
}

/// Unknown characters joined may be a token after all; else bytes, else the unknown token.
void Unigram::emit_unknown(std::string_view piece, Piece range, std::vector<Piece>& out) const {
  const std::string_view content = piece.substr(range.begin, range.end - range.begin);
  const int32_t known = vocabulary_.trie().find(content);
  if (known < 0 && byte_fallback_) {
    const auto has_token = [this](char byte) {
      return byte_ids_[static_cast<unsigned char>(byte)] >= 0;
    };
    if (std::all_of(content.begin(), content.end(), has_token)) {
      for (const char byte : content) {
        out.push_back({byte_ids_[static_cast<unsigned char>(byte)], range.begin, range.end});
      }
      return;
    }
  }
  out.push_back({known >= 0 ? known : *unknown_id_, range.begin, range.end});
}

}  // namespace finetune::text
