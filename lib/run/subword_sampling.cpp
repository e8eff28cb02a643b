#include "run/subword_sampling.h"

#include "base/error.h"
#include "base/strings.h"
#include "tasks/task_type.h"

namespace finetune::run {
namespace {

bool has_target_text(const RunConfig& config) {
  return config.task.chosen().target_kind() == data::TargetKind::kText;
}

void check_side(const char* key, const text::Tokenizer& tokenizer) {
  if (tokenizer.has_sampling()) return;
  throw ConfigError(base::cat(
      key, ": the tokenizer (", tokenizer.description(),
      ") cuts a text in one way only; random segmentation needs a Unigram or BPE vocabulary"));
}

}  // namespace

void check_subword_sampling(const RunConfig& config, const Tokenizers& tokenizers) {
  if (!config.data.subword_sampling) return;
  const SubwordSamplingSection& sampling = *config.data.subword_sampling;
  if (sampling.source) check_side("data.subword_sampling.source", *tokenizers.source);
  if (sampling.target && has_target_text(config))
    check_side("data.subword_sampling.target", *tokenizers.target);
}

std::unique_ptr<data::SampledRows> build_sampled_rows(const RunConfig& config,
                                                      const data::EncodedDataset& train,
                                                      const data::FileOptions& file,
                                                      const Tokenizers& tokenizers) {
  if (!config.data.subword_sampling) return nullptr;
  const SubwordSamplingSection& section = *config.data.subword_sampling;
  const data::RowSampling sampling{
      .segmentation = {section.alpha, static_cast<int32_t>(section.nbest)},
      .source = section.source,
      .target = section.target,
      .seed = static_cast<uint64_t>(config.seed)};
  return std::make_unique<data::SampledRows>(train, file, tokenizers.for_data(), sampling);
}

}  // namespace finetune::run
