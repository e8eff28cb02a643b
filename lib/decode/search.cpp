#include "decode/search.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <optional>
#include <utility>

#include "decode/beam_search.h"
#include "decode/logit_rules.h"
#include "decode/sampling.h"

namespace finetune::decode {
namespace {

class BeamSearch final : public Search {
 public:
  BeamSearch(const Options& options, SearchStart start) : options_(options), stream_(start.stream) {
    state_.prompt_length = static_cast<int64_t>(start.prompt.size());
    state_.length_limit = start.length_limit;
    state_.running.push_back({std::move(start.prompt)});
  }

  void advance(std::span<float> log_probs, std::span<const float> /*log_sums*/) override {
    const size_t vocab_size = log_probs.size() / state_.running.size();
    for (size_t beam = 0; beam < state_.running.size(); ++beam) {
      const auto row = log_probs.subspan(beam * vocab_size, vocab_size);
      apply_rules(options_, {state_.running[beam].ids, state_.prompt_length, state_.length_limit},
                  row);
      if (options_.do_sample) apply_sampling_rules(options_, row);
      if (options_.renormalize_logits) renormalize(row);
    }
    std::vector<float> noise;
    if (options_.do_sample) {
      noise = gumbel_noise(options_.seed, stream_, num_steps_, log_probs.size());
    }
    ++num_steps_;
    const std::vector<Candidate> candidates = expand(state_, log_probs, noise, options_);
    if (candidates.empty()) return give_up(state_, options_);
    finish(state_, candidates, options_);
    go_on(state_, candidates, options_);
    judge(state_, options_);
  }

  std::vector<NextRow> next_rows() const override {
    std::vector<NextRow> rows;
    if (is_done(state_, options_)) return rows;
    for (const RunningBeam& beam : state_.running) rows.push_back({beam.ids.back(), beam.parent});
    return rows;
  }

  Hypotheses results() const override {
    Hypotheses results;
    for (const FinishedBeam& beam : state_.finished) {
      if (static_cast<int64_t>(results.size()) == options_.num_return_sequences) break;
      results.push_back({beam.ids, beam.log_probability, beam.score});
    }
    return results;
  }

 private:
  const Options& options_;
  BeamState state_;
  uint64_t stream_;
  uint64_t num_steps_ = 0;
};

/// Greedy search or sampling: each continuation for itself.
class Continuations final : public Search {
 public:
  Continuations(const Options& options, SearchStart start)
      : options_(options), start_(std::move(start)) {
    chains_.resize(static_cast<size_t>(options.num_return_sequences), Chain{start_.prompt});
  }

  void advance(std::span<float> scores, std::span<const float> log_sums) override {
    const size_t vocab_size = scores.size() / log_sums.size();
    int64_t row = 0;
    for (size_t index = 0; index < chains_.size(); ++index) {
      if (chains_[index].is_finished) continue;
      const auto at = static_cast<size_t>(row);
      chains_[index].row = row;
      extend(index, scores.subspan(at * vocab_size, vocab_size), log_sums[at]);
      if (num_steps_ > 0) ++row;  // all of them start from the one row of the prompt
    }
    ++num_steps_;
  }

  std::vector<NextRow> next_rows() const override {
    std::vector<NextRow> rows;
    for (const Chain& chain : chains_) {
      if (!chain.is_finished) rows.push_back({chain.ids.back(), chain.row});
    }
    return rows;
  }

  Hypotheses results() const override {
    Hypotheses results;
    for (const Chain& chain : chains_) {
      const auto begin = chain.ids.begin() + static_cast<std::ptrdiff_t>(start_.prompt.size());
      const std::vector<int32_t> ids(begin, chain.ids.end());
      const auto length = static_cast<double>(std::max<size_t>(1, ids.size()));
      const double divisor = std::pow(length, options_.length_penalty);
      results.push_back({ids, chain.log_probability, chain.log_probability / divisor});
    }
    std::ranges::stable_sort(results, std::greater<>(), &Hypothesis::score);
    return results;
  }

 private:
  struct Chain {
    std::vector<int32_t> ids;
    double log_probability = 0.0;
    int64_t row = 0;  ///< of the last step
    bool is_finished = false;
  };

  void extend(size_t index, std::span<const float> logits, float log_sum) {
    Chain& chain = chains_[index];
    scores_.assign(logits.begin(), logits.end());
    const auto prompt_length = static_cast<int64_t>(start_.prompt.size());
    apply_rules(options_, {chain.ids, prompt_length, start_.length_limit}, scores_);
    if (options_.do_sample) apply_sampling_rules(options_, scores_);
    const std::optional<int32_t> token = choose(index);
    if (token) {
      chain.ids.push_back(*token);
      chain.log_probability += logits[static_cast<size_t>(*token)] - log_sum;
    }
    chain.is_finished =
        !token || static_cast<int64_t>(chain.ids.size()) >= start_.length_limit ||
        std::ranges::find(options_.eos_token_ids, *token) != options_.eos_token_ids.end();
  }

  /// Nothing where every token is forbidden and one is to be drawn; greedy search then takes the
  /// first, as in transformers.
  std::optional<int32_t> choose(size_t index) const {
    if (!options_.do_sample) return argmax(scores_);
    return draw(scores_, uniform_number(options_.seed, start_.stream, index, num_steps_));
  }

  const Options& options_;
  SearchStart start_;
  std::vector<Chain> chains_;
  std::vector<float> scores_;  ///< of one row, rules applied
  uint64_t num_steps_ = 0;
};

}  // namespace

std::unique_ptr<Search> make_search(const Options& options, SearchStart start) {
  if (options.num_beams > 1) return std::make_unique<BeamSearch>(options, std::move(start));
  return std::make_unique<Continuations>(options, std::move(start));
}

}  // namespace finetune::decode
