#include "text/generated_merges.h"

#include <algorithm>
#include <string_view>
#include <tuple>

#include "text/trie.h"
#include "text/utf8.h"

namespace finetune::text {
namespace {

struct Merge {
  std::string_view left, right;
  double score;
  int64_t left_chars, right_chars;
  int32_t left_id, right_id;
};

/// All pieces, forwards and backwards: which beginnings and ends of a token are pieces is found in
/// one pass each, however long it is.
class Pieces {
 public:
  explicit Pieces(const SentencePieceModel& model) {
    std::vector<std::string> reversed;
    std::vector<Trie::Entry> forward, backward;
    // The last of equal pieces counts, and of equal strings a trie keeps the first.
    for (size_t i = model.pieces.size(); i-- > 0;) {
      const std::string& text = model.pieces[i].text;
      reversed.emplace_back(text.rbegin(), text.rend());
      forward.emplace_back(text, static_cast<int32_t>(i));
    }
    for (size_t i = 0; i < reversed.size(); ++i) {
      backward.emplace_back(reversed[i], forward[i].second);
    }
    forward_ = Trie(std::move(forward));
    backward_ = Trie(std::move(backward));
  }

  /// Appends the ways to cut `token` into two pieces.
  void cut(std::string_view token, double score, std::vector<Merge>& out) {
    suffix_ids_.assign(token.size() + 1, -1);
    uint32_t node = Trie::kRoot;
    for (size_t begin = token.size(); begin-- > 0 && node != Trie::kNone;) {
      node = backward_.step(node, token[begin]);
      if (node != Trie::kNone) suffix_ids_[begin] = backward_.value(node);
    }
    node = Trie::kRoot;
    for (size_t end = 1; end < token.size(); ++end) {
      node = forward_.step(node, token[end - 1]);
      if (node == Trie::kNone) return;
      if (forward_.value(node) < 0 || suffix_ids_[end] < 0) continue;
      const std::string_view left = token.substr(0, end), right = token.substr(end);
      out.push_back({left, right, score, count_chars(left), count_chars(right),
                     forward_.value(node), suffix_ids_[end]});
    }
  }

 private:
  Trie forward_, backward_;
  std::vector<int32_t> suffix_ids_;
};

}  // namespace

std::vector<std::pair<std::string, std::string>> generate_merges(const SentencePieceModel& model,
                                                                 const JsonVocabulary& tables) {
  Pieces pieces(model);
  std::vector<Merge> merges;
  for (size_t i = 0; i < tables.tokens.size(); ++i) {
    const auto start = static_cast<std::ptrdiff_t>(merges.size());
    pieces.cut(tables.tokens[i].first, tables.scores[i], merges);
    std::sort(merges.begin() + start, merges.end(), [](const Merge& a, const Merge& b) {
      return std::pair(a.left_id, a.right_id) < std::pair(b.left_id, b.right_id);
    });
  }
  std::stable_sort(merges.begin(), merges.end(), [](const Merge& a, const Merge& b) {
    return std::tuple(a.score, a.left_chars, a.right_chars) >
           std::tuple(b.score, b.left_chars, b.right_chars);
  });
  std::vector<std::pair<std::string, std::string>> result;
  result.reserve(merges.size());
  for (const Merge& merge : merges) result.emplace_back(merge.left, merge.right);
  return result;
}

}  // namespace finetune::text
