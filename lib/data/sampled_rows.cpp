#include "data/sampled_rows.h"

#include "base/random.h"

namespace finetune::data {
namespace {

constexpr size_t kTextsPerRow = 3;
constexpr uint64_t kNumSides = 2;
constexpr uint64_t kSource = 0;
constexpr uint64_t kTarget = 1;

}  // namespace

SampledRows::SampledRows(const EncodedDataset& dataset, const FileOptions& file,
                         const Tokenizers& tokenizers, const RowSampling& sampling)
    : dataset_(dataset), encoding_(file.encoding), tokenizers_(tokenizers), sampling_(sampling) {
  ends_.reserve(kTextsPerRow * static_cast<size_t>(dataset.size()));
  visit_examples(file.path, file.read, dataset, [this](int64_t, const Example& example) {
    for (const std::string* text : {&example.text, &example.text_pair, &example.target}) {
      texts_ += *text;
      ends_.push_back(texts_.size());
    }
  });
}

Batch SampledRows::make_batch(std::span<const int64_t> rows, int64_t epoch) const {
  const RowEncoder encoder(encoding_, tokenizers_);
  Drawn drawn;
  return data::make_batch(dataset_, rows,
                          [&](int64_t row) { return draw(row, epoch, encoder, drawn); });
}

RowTokens SampledRows::draw(int64_t row, int64_t epoch, const RowEncoder& encoder,
                            Drawn& drawn) const {
  const Example example = example_of(row);
  const RowTokens kept = tokens_of(dataset_, row);
  RowTokens tokens = kept;
  if (sampling_.source) {
    text::SubwordSampler sampler = sampler_of(row, epoch, kSource);
    encoder.encode_text(example, 0, &sampler, drawn.text);
    if (drawn.text.num_cut > 0 && dataset_.tokens_cut(row) == 0) return kept;
    tokens.text = drawn.text.ids;
    tokens.second_segment_begin = second_begin(drawn.text);
  }
  if (sampling_.target && !example.target.empty()) {
    text::SubwordSampler sampler = sampler_of(row, epoch, kTarget);
    encoder.encode_target(example.target, &sampler, drawn.target);
    tokens.labels = drawn.target.ids;
  }
  const Fit fit = encoder.fit({std::ssize(tokens.text), std::ssize(tokens.labels)});
  return fit == Fit::kFits || fit == Fit::kUneven ? tokens : kept;
}

text::SubwordSampler SampledRows::sampler_of(int64_t row, int64_t epoch, uint64_t side) const {
  const base::RandomStream stream(sampling_.seed, base::StreamPurpose::kSubwordSampling,
                                  static_cast<uint64_t>(epoch),
                                  kNumSides * static_cast<uint64_t>(row) + side);
  return {sampling_.segmentation, stream};
}

Example SampledRows::example_of(int64_t row) const {
  const size_t first = kTextsPerRow * static_cast<size_t>(row);
  const auto text_at = [this](size_t index) {
    const size_t begin = index == 0 ? 0 : ends_[index - 1];
    return texts_.substr(begin, ends_[index] - begin);
  };
  return {.text = text_at(first), .text_pair = text_at(first + 1), .target = text_at(first + 2)};
}

}  // namespace finetune::data
