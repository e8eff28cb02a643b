#include "text/word_layouts.h"

#include <mutex>

namespace finetune::text {

const WordLayout& WordLayouts::find(std::string_view word, WordPrefix prefix) const {
  {
    const std::shared_lock<std::shared_mutex> lock(mutex_);
    const auto known = layouts_.find(Key(word, prefix));
    if (known != layouts_.end()) return known->second;  // entries never change
  }
  thread_local WordLayout learnt;
  learnt = learner_.lay_out(word, prefix);
  const std::lock_guard<std::shared_mutex> lock(mutex_);
  if (layouts_.size() < kMostWords) layouts_.try_emplace({std::string(word), prefix}, learnt);
  return learnt;
}

}  // namespace finetune::text
