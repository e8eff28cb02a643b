#include "text/unigram_lattice.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <queue>
#include <span>

#include "text/utf8.h"

namespace finetune::text {
namespace {

constexpr double kImpossible = -std::numeric_limits<double>::infinity();
constexpr size_t kMaxAgenda = 100'000;
constexpr size_t kMinAgenda = 512;

double log_sum(std::span<const double> values) {
  const double largest = *std::max_element(values.begin(), values.end());
  double sum = 0.0;
  for (const double value : values) sum += std::exp(value - largest);
  return largest + std::log(sum);
}

/// An index drawn with probability in proportion to exp(values[index]).
size_t draw(std::span<const double> values, SubwordSampler& sampler) {
  const double total = log_sum(values);
  double left = sampler.uniform();
  for (size_t i = 0; i + 1 < values.size(); ++i) {
    left -= std::exp(values[i] - total);
    if (left < 0.0) return i;
  }
  return values.size() - 1;
}

/// The end of a segmentation, from `begin` on.
struct Hypothesis {
  double estimate;  ///< score of the end plus the best score of what stands before it
  double score;
  uint32_t begin;
  int32_t piece;  ///< index into the pieces taken so far

  bool operator<(const Hypothesis& other) const { return estimate < other.estimate; }
};

struct TakenPiece {
  Piece piece;
  int32_t next;  ///< the piece behind it, or -1
};

}  // namespace

UnigramLattice::UnigramLattice(const Unigram& model, std::string_view piece)
    : ending_(piece.size() + 1) {
  const Trie& trie = model.vocabulary().trie();
  for (size_t begin = 0; begin < piece.size();) {
    const uint32_t char_length = decode_char(piece.substr(begin)).length;
    const auto from = static_cast<uint32_t>(begin);
    bool has_single = false;
    uint32_t node = Trie::kRoot;
    for (size_t i = begin; i < piece.size(); ++i) {
      node = trie.step(node, piece[i]);
      if (node == Trie::kNone) break;
      const int32_t id = trie.value(node);
      if (id < 0) continue;
      const auto end = static_cast<uint32_t>(i + 1);
      ending_[end].push_back({{id, from, end}, model.score(id)});
      has_single = has_single || end - from == char_length;
    }
    if (!has_single) {
      const uint32_t end = from + char_length;
      ending_[end].push_back({{model.needed_unknown_id(), from, end}, model.unknown_score()});
    }
    begin += char_length;
  }
}

std::vector<Piece> UnigramLattice::sample(SubwordSampler& sampler) const {
  const double alpha = sampler.options().alpha;
  std::vector<double> mass(ending_.size(), kImpossible);  // log of the mass of all ways to a byte
  mass[0] = 0.0;
  std::vector<double> ways;
  const auto weigh = [&](const std::vector<Node>& nodes) {
    ways.clear();
    for (const Node& node : nodes) ways.push_back(mass[node.piece.begin] + alpha * node.score);
  };
  for (size_t end = 1; end < ending_.size(); ++end) {
    if (ending_[end].empty()) continue;
    weigh(ending_[end]);
    mass[end] = log_sum(ways);
  }
  std::vector<Piece> reversed;
  for (size_t end = ending_.size() - 1; end > 0; end = reversed.back().begin) {
    weigh(ending_[end]);
    reversed.push_back(ending_[end][draw(ways, sampler)].piece);
  }
  return reversed;
}

std::vector<double> UnigramLattice::best_scores() const {
  std::vector<double> scores(ending_.size(), kImpossible);
  scores[0] = 0.0;
  for (size_t end = 1; end < ending_.size(); ++end) {
    for (const Node& node : ending_[end]) {
      scores[end] = std::max(scores[end], scores[node.piece.begin] + node.score);
    }
  }
  return scores;
}

std::vector<UnigramLattice::Segmentation> UnigramLattice::best(int32_t count) const {
  const std::vector<double> before = best_scores();
  std::vector<Segmentation> found;
  std::vector<TakenPiece> taken;
  std::priority_queue<Hypothesis> agenda;
  const auto size = static_cast<uint32_t>(ending_.size() - 1);
  agenda.push({before[size], 0.0, size, -1});
  while (!agenda.empty() && found.size() < static_cast<size_t>(count)) {
    const Hypothesis top = agenda.top();
    agenda.pop();
    if (top.begin == 0) {
      Segmentation segmentation{{}, top.score};
      for (int32_t i = top.piece; i >= 0; i = taken[static_cast<size_t>(i)].next) {
        segmentation.reversed.push_back(taken[static_cast<size_t>(i)].piece);
      }
      std::reverse(segmentation.reversed.begin(), segmentation.reversed.end());
      found.push_back(std::move(segmentation));
      continue;
    }
    for (const Node& node : ending_[top.begin]) {
      const double score = top.score + node.score;
      taken.push_back({node.piece, top.piece});
      agenda.push({score + before[node.piece.begin], score, node.piece.begin,
                   static_cast<int32_t>(taken.size() - 1)});
    }
    if (agenda.size() > kMaxAgenda) {
      std::priority_queue<Hypothesis> shorter;
      for (size_t i = 0; i < kMinAgenda; ++i, agenda.pop()) shorter.push(agenda.top());
      agenda = std::move(shorter);
    }
  }
  return found;
}

std::vector<Piece> UnigramLattice::sample_of_best(SubwordSampler& sampler) const {
  std::vector<Segmentation> candidates = best(sampler.options().nbest);
  std::vector<double> weights;
  weights.reserve(candidates.size());
  for (const Segmentation& candidate : candidates) {
    weights.push_back(sampler.options().alpha * candidate.score);
  }
  return std::move(candidates[draw(weights, sampler)].reversed);
}

}  // namespace finetune::text
