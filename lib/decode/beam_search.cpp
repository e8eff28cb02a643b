#include "decode/beam_search.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "kernels/vocabulary.h"

namespace finetune::decode {
namespace {

bool is_full(const BeamState& state, const Options& options) {
  return static_cast<int64_t>(state.finished.size()) >= options.num_beams;
}

/// Score with length penalty, in the precision of transformers.
float penalized(float log_probability, int64_t length, double length_penalty) {
  return log_probability /
         static_cast<float>(std::pow(static_cast<double>(length), length_penalty));
}

std::vector<int32_t> generated(const BeamState& state, const RunningBeam& beam) {
  return {beam.ids.begin() + state.prompt_length, beam.ids.end()};
}

struct Ranked {
  Candidate candidate;
  float rank = 0.0F;  ///< score, with noise where there is any
};

/// The best `capacity` seen so far; of equals the earlier one stays.
class BestCandidates {
 public:
  explicit BestCandidates(size_t capacity) : capacity_(capacity) { heap_.reserve(capacity); }

  float threshold() const { return threshold_; }

  void add(const Ranked& ranked) {
    if (heap_.size() == capacity_) {
      std::ranges::pop_heap(heap_, is_better);
      heap_.back() = ranked;
    } else {
      heap_.push_back(ranked);
    }
    std::ranges::push_heap(heap_, is_better);
    if (heap_.size() == capacity_) threshold_ = heap_.front().rank;
  }

  std::vector<Candidate> in_order() {
    std::ranges::sort(heap_, is_better);
    std::vector<Candidate> candidates;
    for (const Ranked& ranked : heap_) candidates.push_back(ranked.candidate);
    return candidates;
  }

 private:
  static bool is_better(const Ranked& a, const Ranked& b) {
    if (a.rank != b.rank) return a.rank > b.rank;
    if (a.candidate.beam != b.candidate.beam) return a.candidate.beam < b.candidate.beam;
    return a.candidate.token < b.candidate.token;
  }

  size_t capacity_;
  float threshold_ = -INFINITY;
  std::vector<Ranked> heap_;
};

int64_t new_length(const BeamState& state, const Candidate& candidate) {
  return static_cast<int64_t>(state.running[static_cast<size_t>(candidate.beam)].ids.size()) + 1;
}

std::vector<int32_t> extended(const std::vector<int32_t>& ids, int32_t token) {
  std::vector<int32_t> all;
  all.reserve(ids.size() + 1);
  all = ids;
  all.push_back(token);
  return all;
}

}  // namespace

std::vector<Candidate> expand(const BeamState& state, std::span<const float> log_probs,
                              std::span<const float> noise, const Options& options) {
  const size_t vocab_size = log_probs.size() / state.running.size();
  const size_t factor = std::max<size_t>(2, 1 + options.eos_token_ids.size());
  BestCandidates best(factor * static_cast<size_t>(options.num_beams));
  for (size_t beam = 0; beam < state.running.size(); ++beam) {
    const float score_so_far = state.running[beam].score;
    const auto row = log_probs.subspan(beam * vocab_size, vocab_size);
    // Without noise most tokens are passed over at once.
    const auto next = [&](size_t from) {
      return noise.empty() ? kernels::next_above(row, from, score_so_far, best.threshold()) : from;
    };
    for (size_t token = next(0); token < vocab_size; token = next(token + 1)) {
      const float score = row[token] + score_so_far;
      const float rank = noise.empty() ? score : score + noise[beam * vocab_size + token];
      if (rank > best.threshold()) {
        best.add({{static_cast<int64_t>(beam), static_cast<int32_t>(token), score}, rank});
      }
    }
  }
  return best.in_order();
}

bool is_end(const BeamState& state, const Candidate& candidate, const Options& options) {
  return std::ranges::find(options.eos_token_ids, candidate.token) != options.eos_token_ids.end() ||
         new_length(state, candidate) >= state.length_limit;
}

void finish(BeamState& state, std::span<const Candidate> candidates, const Options& options) {
  const bool stops_when_full = options.early_stopping == EarlyStopping::kFirstFinished;
  if (!state.can_improve || (stops_when_full && is_full(state, options))) return;
  const auto num_beams = static_cast<size_t>(options.num_beams);
  for (const Candidate& candidate : candidates.first(std::min(num_beams, candidates.size()))) {
    if (!is_end(state, candidate, options)) continue;
    const RunningBeam& beam = state.running[static_cast<size_t>(candidate.beam)];
    const int64_t length = new_length(state, candidate) - state.prompt_length;
    state.finished.push_back({extended(generated(state, beam), candidate.token), candidate.score,
                              penalized(candidate.score, length, options.length_penalty)});
  }
  std::ranges::stable_sort(state.finished, [](const FinishedBeam& a, const FinishedBeam& b) {
    return a.score > b.score;
  });
  if (state.finished.size() > num_beams) state.finished.resize(num_beams);
}

void go_on(BeamState& state, std::span<const Candidate> candidates, const Options& options) {
  std::vector<RunningBeam> next;
  for (const Candidate& candidate : candidates) {
    if (static_cast<int64_t>(next.size()) == options.num_beams) break;
    if (is_end(state, candidate, options)) continue;
    next.push_back(
        {extended(state.running[static_cast<size_t>(candidate.beam)].ids, candidate.token),
         candidate.score, candidate.beam});
  }
  state.running = std::move(next);
}

void give_up(BeamState& state, const Options& options) {
  state.can_improve = false;
  if (!state.finished.empty()) return;
  for (const RunningBeam& beam : state.running) {
    std::vector<int32_t> ids = generated(state, beam);
    const auto length = std::max<int64_t>(1, std::ssize(ids));
    state.finished.push_back(
        {std::move(ids), beam.score, penalized(beam.score, length, options.length_penalty)});
  }
}

void judge(BeamState& state, const Options& options) {
  if (state.running.empty()) state.can_improve = false;
  if (!state.can_improve || !is_full(state, options)) return;
  const RunningBeam& best = state.running.front();
  const bool hopes_for_longest =
      options.early_stopping == EarlyStopping::kNever && options.length_penalty > 0.0;
  const int64_t length =
      (hopes_for_longest ? state.length_limit : static_cast<int64_t>(best.ids.size())) -
      state.prompt_length;
  state.can_improve =
      penalized(best.score, length, options.length_penalty) > state.finished.back().score;
}

bool is_done(const BeamState& state, const Options& options) {
  return !state.can_improve ||
         (options.early_stopping == EarlyStopping::kFirstFinished && is_full(state, options));
}

}  // namespace finetune::decode
