#include "metrics/edit_rate.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <tuple>

namespace finetune::metrics {
namespace {

constexpr size_t kMaxShiftSize = 10;
constexpr size_t kMaxShiftDistance = 50;
constexpr int64_t kBeamWidth = 25;
constexpr int kMaxShiftCandidates = 1000;
constexpr int32_t kInfinity = 1 << 29;

/// A row of the edit matrix: costs of columns first ... first + size - 1, infinite elsewhere.
struct Row {
  int64_t first = 0;
  std::vector<int32_t> costs;

  int32_t at(int64_t column) const {
    const int64_t i = column - first;
    return i < 0 || i >= static_cast<int64_t>(costs.size()) ? kInfinity
                                                            : costs[static_cast<size_t>(i)];
  }
};

/// Edit distances to one reference within the beam, for hypotheses of one length. Row i holds the
/// distances of the first i words of the hypothesis to each beginning of the reference.
class BeamEditDistance {
 public:
  BeamEditDistance(const Symbols& reference, size_t num_words)
      : reference_(reference), num_words_(static_cast<int64_t>(num_words)) {
    const auto length = static_cast<double>(reference.size());
    if (num_words > 0) ratio_ = length / static_cast<double>(num_words);
    if (static_cast<double>(kBeamWidth) < ratio_ / 2.0) {
      beam_ = static_cast<int64_t>(std::ceil(ratio_ / 2.0 + static_cast<double>(kBeamWidth)));
    }
  }

  Row first_row() const {
    Row row;
    for (size_t j = 0; j <= reference_.size(); ++j) row.costs.push_back(static_cast<int32_t>(j));
    return row;
  }

  /// Row i, for the i-th word (from 1), from the row above.
  void next_row(int64_t i, uint32_t word, const Row& above, Row& row) const {
    const auto columns = static_cast<int64_t>(reference_.size()) + 1;
    const auto diagonal = static_cast<int64_t>(std::floor(static_cast<double>(i) * ratio_));
    row.first = std::max<int64_t>(0, diagonal - beam_);
    const int64_t end = i == num_words_ ? columns : std::min(columns, diagonal + beam_);
    row.costs.clear();
    int32_t left = kInfinity, above_left = above.at(row.first - 1);
    for (int64_t j = row.first; j < end; ++j) {
      const int32_t above_here = above.at(j);
      int32_t cost = std::min(above_here, left) + 1;
      if (j > 0) {
        cost = std::min(cost, above_left + (word != reference_[static_cast<size_t>(j - 1)]));
      }
      cost = std::min(cost, kInfinity);
      row.costs.push_back(cost);
      left = cost;
      above_left = above_here;
    }
  }

  int32_t distance(const Row& last) const {
    return last.at(static_cast<int64_t>(reference_.size()));
  }

 private:
  const Symbols& reference_;
  int64_t num_words_;
  double ratio_ = 1.0;
  int64_t beam_ = kBeamWidth;
};

/// A run of the hypothesis moved: better is a larger gain, then a longer run, then an earlier one,
/// then an earlier target.
struct Shift {
  int32_t gain = 0;
  size_t length = 0;
  size_t start = 0;
  size_t target = 0;

  bool is_better_than(const Shift& other) const {
    return std::tie(gain, length, other.start, other.target) >
           std::tie(other.gain, other.length, start, target);
  }
};

/// `words` with a run of them moved in front of place `target` of the unmoved words.
void perform_shift(const Symbols& words, const Shift& shift, Symbols& shifted) {
  shifted.assign(words.begin(), words.end());
  const auto at = [&](size_t i) { return shifted.begin() + static_cast<ptrdiff_t>(i); };
  const size_t end = shift.start + shift.length;
  if (shift.target < shift.start) {
    std::rotate(at(shift.target), at(shift.start), at(end));
  } else if (shift.target > end) {
    std::rotate(at(shift.start), at(end), at(shift.target));
  } else {  // into itself: Tercom moves it on by as many words
    std::rotate(at(shift.start), at(end), at(std::min(shift.length + shift.target, words.size())));
  }
}

class ShiftSearch {
 public:
  ShiftSearch(const Symbols& hypothesis, const Symbols& reference)
      : words_(hypothesis), reference_(reference), beam_(reference, hypothesis.size()) {
    rows_.resize(words_.size() + 1);
    rows_[0] = beam_.first_row();
    update(0);
  }

  int64_t run() {
    int64_t num_shifts = 0;
    for (;;) {
      const std::optional<Shift> best = best_shift();
      if (num_checked_ >= kMaxShiftCandidates || !best || best->gain <= 0) break;
      ++num_shifts;
      perform_shift(words_, *best, shifted_);
      words_.swap(shifted_);
      update(0);
    }
    return num_shifts + beam_.distance(rows_.back());
  }

 private:
  /// The rows of the words, from row `begin` + 1.
  void update(size_t begin) {
    for (size_t i = begin; i < words_.size(); ++i) {
      beam_.next_row(static_cast<int64_t>(i + 1), words_[i], rows_[i], rows_[i + 1]);
    }
    align();
  }

  /// Reads the alignment back from the rows. Of equal costs a match or substitution is preferred,
  /// then a word too many, then a word missing.
  void align() {
    aligned_.assign(reference_.size(), -1);
    reference_errors_.assign(reference_.size(), 0);
    hypothesis_errors_.assign(words_.size(), 0);
    auto i = static_cast<int64_t>(words_.size()), j = static_cast<int64_t>(reference_.size());
    while (i > 0 || j > 0) {
      const int32_t cost = rows_[static_cast<size_t>(i)].at(j);
      const bool has_both = i > 0 && j > 0;
      const auto hypothesis_index = static_cast<size_t>(i - 1);
      const auto reference_index = static_cast<size_t>(j - 1);
      const uint8_t differs = has_both && words_[hypothesis_index] != reference_[reference_index];
      if (has_both && cost == rows_[hypothesis_index].at(j - 1) + differs) {
        hypothesis_errors_[hypothesis_index] = reference_errors_[reference_index] = differs;
        aligned_[reference_index] = --i;
        --j;
      } else if (i > 0 && cost == rows_[hypothesis_index].at(j) + 1) {
        hypothesis_errors_[hypothesis_index] = 1;
        --i;
      } else {
        reference_errors_[reference_index] = 1;
        aligned_[reference_index] = i - 1;  // the word before, -1 at the beginning
        --j;
      }
    }
  }

  /// Looks at every run of words that stands in the reference, too.
  std::optional<Shift> best_shift() {
    std::optional<Shift> best;
    for (size_t start = 0; start < words_.size(); ++start) {
      const size_t begin = start > kMaxShiftDistance ? start - kMaxShiftDistance : 0;
      const size_t end = std::min(reference_.size(), start + kMaxShiftDistance + 1);
      for (size_t place = begin; place < end; ++place) {
        for (size_t length = 1; length <= match_length(start, place); ++length) {
          if (!is_worth_trying(start, place, length)) continue;
          try_targets(start, place, length, best);
          if (num_checked_ >= kMaxShiftCandidates) return best;
        }
      }
    }
    return best;
  }

  size_t match_length(size_t start, size_t place) const {
    size_t length = 0;
    while (length < kMaxShiftSize && start + length < words_.size() &&
           place + length < reference_.size() &&
           words_[start + length] == reference_[place + length]) {
      ++length;
    }
    return length;
  }

  /// Both sides must hold an error, and the run must not be aligned with itself.
  bool is_worth_trying(size_t start, size_t place, size_t length) const {
    const auto has_error = [length](const std::vector<uint8_t>& errors, size_t from) {
      const auto begin = errors.begin() + static_cast<ptrdiff_t>(from);
      return std::any_of(begin, begin + static_cast<ptrdiff_t>(length),
                         [](uint8_t error) { return error != 0; });
    };
    if (!has_error(hypothesis_errors_, start) || !has_error(reference_errors_, place)) return false;
    const int64_t at = aligned_[place];
    return at < static_cast<int64_t>(start) || at >= static_cast<int64_t>(start + length);
  }

  /// Tries the run before and behind every word that the run's place in the reference is aligned
  /// with.
  void try_targets(size_t start, size_t place, size_t length, std::optional<Shift>& best) {
    std::optional<size_t> tried;
    for (size_t offset = 0; offset <= length; ++offset) {
      const size_t next = place + offset;  // the reference word behind the target
      const size_t target = next == 0 ? 0 : static_cast<size_t>(aligned_[next - 1] + 1);
      if (tried == target) continue;
      tried = target;
      Shift shift{0, length, start, target};
      shift.gain = beam_.distance(rows_.back()) - shifted_distance(shift);
      ++num_checked_;
      if (!best || shift.is_better_than(*best)) best = shift;
    }
  }

  /// Rows of words before the first that moves are known.
  int32_t shifted_distance(const Shift& shift) {
    perform_shift(words_, shift, shifted_);
    const auto differs = std::ranges::mismatch(words_, shifted_);
    const auto begin = static_cast<size_t>(differs.in1 - words_.begin());
    const Row* above = &rows_[begin];
    for (size_t i = begin; i < words_.size(); ++i) {
      Row& row = scratch_[i % 2];
      beam_.next_row(static_cast<int64_t>(i + 1), shifted_[i], *above, row);
      above = &row;
    }
    return beam_.distance(*above);
  }

  Symbols words_;
  const Symbols& reference_;
  BeamEditDistance beam_;
  std::vector<Row> rows_;         ///< of words_
  std::vector<int64_t> aligned_;  ///< by reference word: the last hypothesis word up to it, or -1
  std::vector<uint8_t> reference_errors_, hypothesis_errors_;
  int num_checked_ = 0;
  Symbols shifted_;
  Row scratch_[2];
};

}  // namespace

int64_t translation_edits(const Symbols& hypothesis, const Symbols& reference) {
  if (reference.empty()) return static_cast<int64_t>(hypothesis.size());
  return ShiftSearch(hypothesis, reference).run();
}

}  // namespace finetune::metrics
