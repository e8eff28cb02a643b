#include "base/parallel.h"

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <system_error>
#include <thread>
#include <vector>

namespace finetune::base {

void parallel_for(int64_t count, int64_t grain, int num_threads,
                  const std::function<void(int64_t begin, int64_t end)>& body) {
  if (count <= 0) return;
  grain = std::clamp<int64_t>(grain, 1, count);
  const int64_t num_pieces = (count - 1) / grain + 1;
  std::atomic<int64_t> next_piece{0};
  std::exception_ptr first_error;
  std::mutex error_mutex;

  const auto work = [&] {
    try {
      for (int64_t piece = next_piece++; piece < num_pieces; piece = next_piece++) {
        const int64_t begin = piece * grain;
        body(begin, begin + std::min(grain, count - begin));
      }
    } catch (...) {
      next_piece = num_pieces;  // the others stop after their piece
      const std::lock_guard<std::mutex> lock(error_mutex);
      if (!first_error) first_error = std::current_exception();
    }
  };
  {
    std::vector<std::jthread> threads;  // joined at the end of this block
    try {
      for (int64_t i = 1; i < std::min<int64_t>(num_threads, num_pieces); ++i) {
        threads.emplace_back(work);
      }
    } catch (const std::system_error&) {
      // The system gives no more threads: the work is done by those there are.
    }
    work();
  }
  if (first_error) std::rethrow_exception(first_error);
}

}  // namespace finetune::base
