#include "text/encode_batch.h"

#include "base/parallel.h"

namespace finetune::text {
namespace {
constexpr int64_t kGrain = 256;  ///< texts a thread takes at once
}

void encode_each(const Tokenizer& tokenizer, std::span<const std::string_view> texts,
                 const BatchOptions& options,
                 const std::function<void(size_t index, Encoding& encoding)>& take) {
  base::parallel_for(static_cast<int64_t>(texts.size()), kGrain, options.num_threads,
                     [&](int64_t begin, int64_t end) {
                       Encoding encoding;
                       for (int64_t i = begin; i < end; ++i) {
                         const auto index = static_cast<size_t>(i);
                         tokenizer.encode(texts[index], options.encode, encoding);
                         take(index, encoding);
                       }
                     });
}

std::vector<Encoding> encode_batch(const Tokenizer& tokenizer,
                                   std::span<const std::string_view> texts,
                                   const EncodeOptions& options, int num_threads) {
  std::vector<Encoding> encodings(texts.size());
  encode_each(tokenizer, texts, {options, num_threads},
              [&](size_t index, Encoding& encoding) { encodings[index] = encoding; });
  return encodings;
}

std::vector<Encoding> encode_pair_batch(const Tokenizer& tokenizer, std::span<const TextPair> pairs,
                                        const EncodeOptions& options, int num_threads) {
  std::vector<Encoding> encodings(pairs.size());
  base::parallel_for(
      static_cast<int64_t>(pairs.size()), kGrain, num_threads, [&](int64_t begin, int64_t end) {
        for (auto i = static_cast<size_t>(begin); i < static_cast<size_t>(end); ++i) {
          tokenizer.encode_pair(pairs[i].first, pairs[i].second, options, encodings[i]);
        }
      });
  return encodings;
}

}  // namespace finetune::text
