#include "decode/logit_rules.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

namespace finetune::decode {
namespace {

constexpr float kForbidden = -std::numeric_limits<float>::infinity();

float& score_of(std::span<float> scores, int32_t id) { return scores[static_cast<size_t>(id)]; }

void penalize_repetition(double penalty, std::span<const int32_t> ids, std::span<float> scores) {
  if (penalty == 1.0) return;
  std::vector<int32_t> distinct(ids.begin(), ids.end());
  std::sort(distinct.begin(), distinct.end());
  distinct.erase(std::unique(distinct.begin(), distinct.end()), distinct.end());
  const auto factor = static_cast<float>(penalty);
  for (const int32_t id : distinct) {
    float& score = score_of(scores, id);
    score = score < 0.0F ? score * factor : score / factor;
  }
}

/// Whether the sequence ends with `words` without its last token.
bool ends_before_last(std::span<const int32_t> ids, std::span<const int32_t> words) {
  const auto known = words.first(words.size() - 1);
  if (known.size() > ids.size()) return false;
  return std::equal(known.begin(), known.end(), ids.last(known.size()).begin());
}

void block_ngrams(int64_t size, std::span<const int32_t> ids, std::span<float> scores) {
  const auto n = static_cast<size_t>(size);
  if (n == 0 || ids.size() < n) return;
  for (size_t begin = 0; begin + n <= ids.size(); ++begin) {
    const auto ngram = ids.subspan(begin, n);
    if (ends_before_last(ids, ngram)) score_of(scores, ngram.back()) = kForbidden;
  }
}

void forbid_bad_words(const Options& options, std::span<const int32_t> ids,
                      std::span<float> scores) {
  for (const auto& words : options.bad_words_ids) {
    const bool is_end = words.size() == 1 && std::ranges::find(options.eos_token_ids, words[0]) !=
                                                 options.eos_token_ids.end();
    // As in transformers, a phrase is looked for only once the text is as long as all of it.
    if (is_end || (words.size() > 1 && words.size() > ids.size())) continue;
    if (ends_before_last(ids, words)) score_of(scores, words.back()) = kForbidden;
  }
}

void force(int32_t id, std::span<float> scores) {
  std::ranges::fill(scores, kForbidden);
  score_of(scores, id) = 0.0F;
}

std::vector<size_t> order_by_score(std::span<const float> scores) {
  std::vector<size_t> order(scores.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](size_t a, size_t b) { return scores[a] > scores[b]; });
  return order;
}

void keep_top_k(size_t count, std::span<float> scores) {
  if (count >= scores.size()) return;
  std::vector<float> sorted(scores.begin(), scores.end());
  std::nth_element(sorted.begin(), sorted.begin() + static_cast<std::ptrdiff_t>(count) - 1,
                   sorted.end(), std::greater<>());
  const float least = sorted[count - 1];
  for (float& score : scores) {
    if (score < least) score = kForbidden;
  }
}

/// exp(score - largest) of each, and their sum.
struct Weights {
  explicit Weights(std::span<const float> scores) : values(scores.size()) {
    const double largest = *std::ranges::max_element(scores);
    std::ranges::transform(scores, values.begin(),
                           [&](float score) { return std::exp(score - largest); });
    sum = std::accumulate(values.begin(), values.end(), 0.0);
  }
  std::vector<double> values;
  double sum = 0.0;
};

/// The least likely tokens go as long as those dropped hold at most 1 - p of the probability.
void keep_top_p(double p, size_t min_kept, std::span<float> scores) {
  const std::vector<size_t> order = order_by_score(scores);
  const Weights weights(scores);
  double dropped = 0.0;
  for (size_t rank = order.size(); rank > min_kept; --rank) {
    dropped += weights.values[order[rank - 1]] / weights.sum;
    if (dropped > 1.0 - p) break;
    scores[order[rank - 1]] = kForbidden;
  }
}

/// Tokens less likely than p times the likeliest one go.
void keep_min_p(double p, size_t min_kept, std::span<float> scores) {
  const std::vector<size_t> order = order_by_score(scores);
  const Weights weights(scores);  // the likeliest has weight 1
  for (size_t rank = min_kept; rank < order.size(); ++rank) {
    if (weights.values[order[rank]] < p) scores[order[rank]] = kForbidden;
  }
}

}  // namespace

void apply_rules(const Options& options, const Prefix& prefix, std::span<float> scores) {
  const auto length = static_cast<int64_t>(prefix.ids.size());
  penalize_repetition(options.repetition_penalty, prefix.ids, scores);
  block_ngrams(options.no_repeat_ngram_size, prefix.ids, scores);
  forbid_bad_words(options, prefix.ids, scores);
  const int64_t num_new = length - prefix.prompt_length;
  if (length < options.min_length || num_new < options.min_new_tokens) {
    for (const int32_t id : options.eos_token_ids) score_of(scores, id) = kForbidden;
  }
  if (options.forced_bos_token_id && length == 1) force(*options.forced_bos_token_id, scores);
  if (options.forced_eos_token_id && length == prefix.length_limit - 1) {
    force(*options.forced_eos_token_id, scores);
  }
  for (const int32_t id : options.suppress_tokens) score_of(scores, id) = kForbidden;
}

void apply_sampling_rules(const Options& options, std::span<float> scores) {
  const size_t min_kept = options.num_beams > 1 ? options.eos_token_ids.size() + 1 : 1;
  if (options.temperature != 1.0) {
    for (float& score : scores) score /= static_cast<float>(options.temperature);
  }
  if (options.top_k > 0) {
    keep_top_k(std::max(static_cast<size_t>(options.top_k), min_kept), scores);
  }
  if (options.top_p < 1.0) keep_top_p(options.top_p, min_kept, scores);
  if (options.min_p) keep_min_p(*options.min_p, min_kept, scores);
}

void renormalize(std::span<float> scores) {
  const float largest = *std::ranges::max_element(scores);
  if (largest == kForbidden) return;
  const double log_sum = largest + std::log(Weights(scores).sum);
  for (float& score : scores) score = static_cast<float>(score - log_sum);
}

}  // namespace finetune::decode
