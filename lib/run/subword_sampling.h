#pragma once

#include <memory>

#include "data/sampled_rows.h"
#include "run/run_config.h"
#include "run/tokenizers.h"

namespace finetune::run {

/// Throws ConfigError where data.subword_sampling asks for random segmentation of texts whose
/// tokenizer has none.
void check_subword_sampling(const RunConfig& config, const Tokenizers& tokenizers);

/// The training rows, cut anew each epoch; null where the config does not ask for it. `train` is of
/// `file`; it and the tokenizers must outlive the result.
std::unique_ptr<data::SampledRows> build_sampled_rows(const RunConfig& config,
                                                      const data::EncodedDataset& train,
                                                      const data::FileOptions& file,
                                                      const Tokenizers& tokenizers);

}  // namespace finetune::run
