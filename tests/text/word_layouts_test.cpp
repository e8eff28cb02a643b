#include "text/word_layouts.h"

#include <catch2/catch.hpp>
#include <thread>

#include "base/strings.h"
#include "text/utf8.h"

namespace finetune::text {
namespace {

/// A token a character, each a piece of its own; counts how often it is asked.
class Letters final : public SegmentEncoder {
 public:
  void encode(const Segment& segment, bool, TokenBuffer& out) const override {
    ++num_calls;
    int32_t next = segment.first_char;
    for (const char32_t c : decode_text(segment.text)) {
      if (c != U' ') {
        out.ids.push_back(static_cast<int32_t>(c));
        out.offsets.emplace_back(next, next + 1);
        out.finish_piece();
      }
      ++next;
    }
  }
  mutable std::atomic<int> num_calls = 0;
};

}  // namespace

TEST_CASE("a layout is learnt once for a word and its prefix") {
  const Letters letters;
  const WordwiseOptions options;
  const WordLearner learner(letters, nullptr, options);
  const WordLayouts layouts(learner);
  const WordLayout expected = {{0, 1, true}, {1, 2, true}};
  CHECK(layouts.find("ab", WordPrefix::kSpace) == expected);
  const int num_calls = letters.num_calls;
  CHECK(layouts.find("ab", WordPrefix::kSpace) == expected);
  CHECK(letters.num_calls == num_calls);
  CHECK(layouts.find("ab", WordPrefix::kNone) == expected);
  CHECK(letters.num_calls > num_calls);
}

TEST_CASE("threads that ask at once, for more words than are kept, get the same layouts") {
  const Letters letters;
  const WordwiseOptions options;
  const WordLearner learner(letters, nullptr, options);
  const WordLayouts layouts(learner);
  std::atomic<int> num_wrong = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 3; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 20'000; ++i) {
        const std::string word = base::cat(i);
        num_wrong += layouts.find(word, WordPrefix::kSpace).size() == word.size() ? 0 : 1;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(num_wrong == 0);
}

}  // namespace finetune::text
