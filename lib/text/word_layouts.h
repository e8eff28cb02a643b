#pragma once

#include <map>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <utility>

#include "text/word_learner.h"

namespace finetune::text {

/// The layouts of words whose tokens do not simply follow one another, each learnt once. Any number
/// of threads may ask at once.
class WordLayouts {
 public:
  explicit WordLayouts(const WordLearner& learner) : learner_(learner) {}  ///< which outlives this

  /// Empty where the word lies differently in different places. Valid until this thread's next
  /// call.
  const WordLayout& find(std::string_view word, WordPrefix prefix) const;

 private:
  static constexpr size_t kMostWords = 1 << 14;  ///< further ones are learnt again and again

  using Key = std::pair<std::string_view, WordPrefix>;
  struct Less {
    using is_transparent = void;
    bool operator()(const auto& a, const auto& b) const {
      return Key(a.first, a.second) < Key(b.first, b.second);
    }
  };

  const WordLearner& learner_;
  mutable std::shared_mutex mutex_;
  mutable std::map<std::pair<std::string, WordPrefix>, WordLayout, Less> layouts_;
};

}  // namespace finetune::text
