#pragma once

#include <cstdint>
#include <string>

#include "data/example.h"
#include "data/prepare.h"
#include "text/subword_sampler.h"

namespace finetune::data {

/// Whether an example can become a row.
enum class Fit {
  kFits,
  kNoToken,       ///< the tokenizer gives none for the text
  kLongText,      ///< more tokens than max_length
  kLongTarget,    ///< more than target.max_length
  kLongTogether,  ///< more than target.shared_length
  kUneven,        ///< one side much longer than the other
};

/// Tokens of the two sides of a row.
struct RowLengths {
  int64_t text = 0;
  int64_t target = 0;
};

/// Makes the tokens of one example: the texts get what the options put before and behind them, are
/// cut to length, and target texts get the end that they lack. With a sampler the tokenizer cuts at
/// random. `options` and the tokenizers must outlive it.
class RowEncoder {
 public:
  RowEncoder(const EncodingOptions& options, const Tokenizers& tokenizers);

  /// Of the text, and of its pair where there is one. A text that shares its positions with a
  /// target of `num_labels` tokens is cut to what they leave, where it may be cut and no sampler is
  /// given.
  void encode_text(const Example& example, int64_t num_labels, text::SubwordSampler* sampler,
                   text::Encoding& out) const;
  /// Of the target text, without the decoder's start; only `out.ids` means anything.
  void encode_target(const std::string& target, text::SubwordSampler* sampler,
                     text::Encoding& out) const;

  Fit fit(const RowLengths& lengths) const;

 private:
  bool shares_positions() const { return options_.target.shared_length > 0; }
  /// Of a text beside so many tokens of a target, where it may be cut; 0: it may not.
  int32_t most_tokens(int64_t num_labels) const;
  /// Brings the encoded text down to `limit` tokens, 0 for any number, by what is before the
  /// suffix.
  void cut_before_suffix(const std::string& text, int32_t limit, text::Encoding& out) const;

  const EncodingOptions& options_;
  Tokenizers tokenizers_;
  text::EncodeOptions text_options_;
};

/// First token with type id 1, else their number: type ids are 0 ... 0 or 0 ... 0 1 ... 1, as a
/// model has no other segments. Throws CheckpointError for any others.
int32_t second_begin(const text::Encoding& encoding);

}  // namespace finetune::data
