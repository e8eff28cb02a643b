#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "text/tokenizer.h"

namespace finetune::text {

/// Decodes ids as they come, for generation: text is given out as soon as no later id can change
/// it, which is when it ends in a whole character. What it gives out, joined, is a prefix of what
/// decode() makes of all ids, for every decoder that does not take back what it wrote (all that
/// models which generate text use). Equal, chunk by chunk, to DecodeStream of `tokenizers` 0.22.2,
/// but for runs of more than kPatience ids that form no character: these are looked at ever more
/// rarely, so that the time is linear in the number of ids.
class DecodeStream {
 public:
  static constexpr size_t kPatience = 16;

  /// `tokenizer` must outlive the stream.
  DecodeStream(const Tokenizer& tokenizer, bool skip_special_tokens)
      : tokenizer_(&tokenizer), skip_special_tokens_(skip_special_tokens) {}

  /// The text that has become whole with this id, often "".
  std::string step(int32_t id);

  /// What is left when no id follows: incomplete characters, as U+FFFD.
  std::string finish();

 private:
  bool is_skipped(int32_t id) const;
  std::string decode() const { return tokenizer_->decode_uncleaned(ids_, skip_special_tokens_); }

  const Tokenizer* tokenizer_;
  bool skip_special_tokens_;
  std::vector<int32_t> ids_;  ///< those of the last text given out, and those since
  std::string prefix_;        ///< what the former decode to
  size_t num_given_ = 0;      ///< how many of ids_ they are
  size_t next_look_ = 0;      ///< how many of ids_ there must be before they are decoded again
};

}  // namespace finetune::text
