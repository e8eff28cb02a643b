#pragma once

#include <functional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "text/tokenizer.h"

namespace finetune::text {

struct BatchOptions {
  EncodeOptions encode;
  int num_threads = 1;
};

/// Encodes many texts on up to `num_threads` threads. `take(index, encoding)` is called for every
/// text, from several threads and in any order; the encoding is reused after it returns. The first
/// exception is rethrown here.
void encode_each(const Tokenizer& tokenizer, std::span<const std::string_view> texts,
                 const BatchOptions& options,
                 const std::function<void(size_t index, Encoding& encoding)>& take);

/// The same with the encodings kept, in the order of the texts.
std::vector<Encoding> encode_batch(const Tokenizer& tokenizer,
                                   std::span<const std::string_view> texts,
                                   const EncodeOptions& options, int num_threads);

using TextPair = std::pair<std::string_view, std::string_view>;

/// The same for texts that belong together two by two.
std::vector<Encoding> encode_pair_batch(const Tokenizer& tokenizer, std::span<const TextPair> pairs,
                                        const EncodeOptions& options, int num_threads);

}  // namespace finetune::text
