#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "decode/generator.h"
#include "decode/options.h"

namespace finetune::decode {

/// Where the search of one prompt begins.
struct SearchStart {
  std::vector<int32_t> prompt;  ///< not empty
  int64_t length_limit = 0;     ///< of prompt and new tokens together, above the prompt's length
  uint64_t stream = 0;          ///< number of its random stream
};

/// A row that the next step is to compute: `token` appended to row `parent` of the search's rows of
/// the step before.
struct NextRow {
  int32_t token = 0;
  int64_t parent = 0;
};

/// The search for the best continuations of one prompt, a step at a time: it begins with one row,
/// the prompt, and says after each step which rows it needs next.
class Search {
 public:
  virtual ~Search() = default;

  /// Scores of the next token for each of its rows, [rows, V] row-major: log-probabilities where
  /// takes_log_probs(), else logits; they may be overwritten. log_sums [rows] holds log(sum(exp))
  /// of each row of logits. Searches of one batch may advance at the same time.
  virtual void advance(std::span<float> scores, std::span<const float> log_sums) = 0;

  virtual std::vector<NextRow> next_rows() const = 0;  ///< none: the search is over
  virtual Hypotheses results() const = 0;
};

/// Whether rules apply to log-probabilities (beam search) or to logits, as in transformers.
inline bool takes_log_probs(const Options& options) { return options.num_beams > 1; }

/// A beam search, or one greedy or sampled continuation per sequence asked for.
std::unique_ptr<Search> make_search(const Options& options, SearchStart start);

}  // namespace finetune::decode
