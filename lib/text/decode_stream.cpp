#include "text/decode_stream.h"

#include "base/error.h"

namespace finetune::text {
namespace {
constexpr std::string_view kReplacementText = "\xEF\xBF\xBD";
}

std::string DecodeStream::step(int32_t id) {
  if (is_skipped(id)) return "";
  if (prefix_.empty() && !ids_.empty() && ids_.size() + 1 >= next_look_) {
    if (decode().empty()) num_given_ = ids_.size();  // other text may only not have been looked at
  }
  ids_.push_back(id);
  if (ids_.size() < next_look_) return "";
  std::string text = decode();
  if (text.size() <= prefix_.size() || text.ends_with(kReplacementText)) {
    const size_t num_waiting = ids_.size() - num_given_;
    if (num_waiting > kPatience) next_look_ = ids_.size() + num_waiting / 2;
    return "";
  }
  if (!text.starts_with(prefix_)) {
    throw InternalError("this decoder takes back text that it has given out");
  }
  std::string fresh = text.substr(prefix_.size());
  ids_.erase(ids_.begin(), ids_.begin() + static_cast<std::ptrdiff_t>(num_given_));
  prefix_ = decode();
  num_given_ = ids_.size();
  next_look_ = 0;
  return fresh;
}

bool DecodeStream::is_skipped(int32_t id) const {
  const std::span<const int32_t> one(&id, 1);
  return skip_special_tokens_ && tokenizer_->decode(one, true).empty() &&
         !tokenizer_->decode(one, false).empty();
}

std::string DecodeStream::finish() {
  const std::string text = decode();
  std::string rest = text.starts_with(prefix_) ? text.substr(prefix_.size()) : "";
  *this = DecodeStream(*tokenizer_, skip_special_tokens_);
  return rest;
}

}  // namespace finetune::text
