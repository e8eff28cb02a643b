#pragma once

#include <cstdint>
#include <vector>

#include "text/token_buffer.h"
#include "text/tokenizer.h"

namespace finetune::text {

/// One step of a template: the tokens of a text, or fixed special tokens.
struct TemplatePiece {
  enum class Source { kFirst, kSecond, kSpecial };
  Source source = Source::kFirst;
  int32_t type_id = 0;
  std::vector<int32_t> special_ids{};
};

/// The tokens of one or two texts, cut to length and put into a template ("[CLS] $A [SEP]"). BERT's
/// and the general post-processor of `tokenizers`, and none at all, are all templates. Truncation
/// is `longest_first` from the right.
class PostProcessor {
 public:
  using Template = std::vector<TemplatePiece>;

  /// "$A" and "$A $B:1": what a tokenizer without a post-processor does.
  PostProcessor();
  PostProcessor(Template single, Template pair);

  /// Both cut `first` and `second` in place and replace `out`. Throw ConfigError when
  /// options.max_length leaves no room for the special tokens.
  void process(TokenBuffer& first, const EncodeOptions& options, Encoding& out) const;
  void process_pair(TokenBuffer& first, TokenBuffer& second, const EncodeOptions& options,
                    Encoding& out) const;

  const Template& single() const { return single_; }
  const Template& pair() const { return pair_; }

 private:
  Template single_;
  Template pair_;
};

}  // namespace finetune::text
