#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "decode/options.h"

namespace finetune::decode {

/// A hypothesis that is still growing.
struct RunningBeam {
  std::vector<int32_t> ids;  ///< prompt and generated tokens
  float score = 0.0F;        ///< sum of log-probabilities
  int64_t parent = 0;        ///< row of the step before that it goes on from, within its search
};

/// A finished hypothesis: its generated tokens and its score with length penalty.
struct FinishedBeam {
  std::vector<int32_t> ids;
  float log_probability = 0.0F;
  float score = 0.0F;
};

/// The beam search of one prompt, as transformers 4.57.6 defines it.
struct BeamState {
  std::vector<RunningBeam> running;    ///< the best first, at most num_beams
  std::vector<FinishedBeam> finished;  ///< the best first, at most num_beams
  int64_t prompt_length = 0;
  int64_t length_limit = 0;  ///< of prompt and new tokens together
  bool can_improve = true;   ///< a running beam could still enter the finished ones
};

/// A continuation of a running beam by one token.
struct Candidate {
  int64_t beam = 0;
  int32_t token = 0;
  float score = 0.0F;  ///< accumulated
};

/// One search step is expand -> split by whether a candidate ends -> finish -> go on; each is a
/// function of its own.

/// The best max(2, 1 + end tokens) x num_beams continuations, the best first. log_probs [running,
/// V] row-major, rules applied. With `noise` (same shape; Gumbel variates) continuations are drawn
/// without replacement instead, in the order of the draws (Kool et al. 2019, arXiv:1903.06059).
std::vector<Candidate> expand(const BeamState& state, std::span<const float> log_probs,
                              std::span<const float> noise, const Options& options);

/// Whether `candidate` ends its sequence: an end token, or no room for more.
bool is_end(const BeamState& state, const Candidate& candidate, const Options& options);

/// Enters the ending ones among the first num_beams candidates into the finished beams.
void finish(BeamState& state, std::span<const Candidate> candidates, const Options& options);

/// Replaces the running beams by the best candidates that do not end.
void go_on(BeamState& state, std::span<const Candidate> candidates, const Options& options);

/// Where the rules leave no token to any running beam: the search is over, and these beams, which
/// can neither end nor go on, are the result as they stand unless others have finished before.
void give_up(BeamState& state, const Options& options);

/// Notes whether going on can improve the finished beams, after a step.
void judge(BeamState& state, const Options& options);

bool is_done(const BeamState& state, const Options& options);

}  // namespace finetune::decode
