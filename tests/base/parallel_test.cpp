#include "base/parallel.h"

#include <atomic>
#include <catch2/catch.hpp>
#include <limits>
#include <mutex>
#include <set>
#include <stdexcept>
#include <thread>
#include <vector>

using finetune::base::parallel_for;

TEST_CASE("every index is visited exactly once") {
  for (const int num_threads : {1, 2, 8}) {
    for (const int64_t count : {1, 7, 64, 1000}) {
      for (const int64_t grain : {1, 7, 64, 5000}) {
        std::vector<std::atomic<int>> visits(static_cast<size_t>(count));
        parallel_for(count, grain, num_threads, [&](int64_t begin, int64_t end) {
          for (int64_t i = begin; i < end; ++i) ++visits[static_cast<size_t>(i)];
        });
        for (const auto& number : visits) REQUIRE(number == 1);
      }
    }
  }
}

TEST_CASE("nothing to do calls nothing") {
  int num_calls = 0;
  parallel_for(0, 1, 4, [&](int64_t, int64_t) { ++num_calls; });
  parallel_for(-5, 1, 4, [&](int64_t, int64_t) { ++num_calls; });
  CHECK(num_calls == 0);
}

TEST_CASE("odd settings still do all the work") {
  int64_t covered = 0;
  const auto add = [&](int64_t begin, int64_t end) { covered += end - begin; };
  parallel_for(10, 0, 0, add);
  parallel_for(10, -3, -1, add);
  CHECK(covered == 20);
  constexpr int64_t kHuge = std::numeric_limits<int64_t>::max();
  std::atomic<int64_t> sum{0};
  parallel_for(kHuge, kHuge / 2, 2, [&](int64_t begin, int64_t end) { sum += end - begin; });
  CHECK(sum == kHuge);
}

TEST_CASE("the caller works too, and one thread means no other") {
  const auto caller = std::this_thread::get_id();
  parallel_for(100, 1, 1, [&](int64_t, int64_t) { REQUIRE(std::this_thread::get_id() == caller); });
}

TEST_CASE("several threads work at the same time") {
  std::atomic<int> num_waiting{0};
  parallel_for(2, 1, 2, [&](int64_t, int64_t) {
    ++num_waiting;
    while (num_waiting < 2) std::this_thread::yield();  // ends only if both ranges are open at once
  });
  CHECK(num_waiting == 2);
}

TEST_CASE("the first exception reaches the caller and stops the rest") {
  std::atomic<int> num_calls{0};
  CHECK_THROWS_WITH(parallel_for(1'000'000, 1, 4,
                                 [&](int64_t begin, int64_t) {
                                   ++num_calls;
                                   if (begin >= 10) throw std::runtime_error("at ten");
                                 }),
                    "at ten");
  CHECK(num_calls < 1'000'000);
}
