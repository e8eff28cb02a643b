// Decoding token by token against the same tokens computed at once, for every fixture that writes.

#include "models/stack_decoder.h"

#include <ATen/ops/cat.h>
#include <ATen/ops/tensor.h>
#include <c10/core/GradMode.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "models/load.h"
#include "models/models_test_support.h"
#include "models/parity/parity.h"

namespace finetune::models {
namespace {

using Texts = std::vector<std::vector<int64_t>>;

// Products of one row and of many may sum in another order.
constexpr double kTolerance = 1e-5;

nn::TokenBatch batch_of(const Texts& texts) {
  std::vector<test::Sequence> sequences;
  for (const auto& ids : texts) sequences.push_back({ids, {}});
  return test::make_batch(sequences);
}

/// Texts and, beside them, what was said of their last tokens.
class Comparison {
 public:
  /// `uncached` gives the states of all tokens of texts; `sources[r]` of which source row r is.
  using Uncached = std::function<at::Tensor(const Texts&, const std::vector<int64_t>& sources)>;

  Comparison(IncrementalDecoder& decoder, Uncached uncached)
      : decoder_(decoder), uncached_(std::move(uncached)) {}

  void begin(const Texts& prompts) {
    texts_ = prompts;
    for (size_t b = 0; b < prompts.size(); ++b) sources_.push_back(static_cast<int64_t>(b));
    const nn::TokenBatch batch = batch_of(prompts);
    check(decoder_.prefill(batch.token_ids, batch.sequences));
  }

  void step(const std::vector<int64_t>& ids, const std::vector<int64_t>& parents) {
    Texts texts;
    std::vector<int64_t> sources;
    for (size_t r = 0; r < ids.size(); ++r) {
      texts.push_back(texts_[static_cast<size_t>(parents[r])]);
      texts.back().push_back(ids[r]);
      sources.push_back(sources_[static_cast<size_t>(parents[r])]);
    }
    texts_ = texts;
    sources_ = sources;
    check(decoder_.step(ids, parents));
  }

 private:
  void check(const at::Tensor& states) const {
    std::vector<int64_t> last;
    for (const int64_t offset : batch_of(texts_).sequences.offsets) last.push_back(offset - 1);
    last.erase(last.begin());
    const at::Tensor expected = uncached_(texts_, sources_).index_select(0, at::tensor(last));
    REQUIRE(states.sizes() == expected.sizes());
    CHECK(test::largest_difference(states, expected) < kTolerance);
  }

  IncrementalDecoder& decoder_;
  Uncached uncached_;
  Texts texts_;
  std::vector<int64_t> sources_;
};

void run_steps(Comparison& comparison) {
  comparison.step({9, 8, 7}, {0, 1, 2});
  comparison.step({5, 6, 7, 8, 9}, {0, 0, 0, 2, 2});  // rows branch, row 1 has ended
  comparison.step({11, 12}, {3, 1});                  // and change their order
  for (int64_t i = 0; i < 6; ++i) comparison.step({6 + i, 13 - i}, {i % 2, 1 - i % 2});
}

TEST_CASE("a language model continues token by token as it reads at once") {
  const c10::NoGradGuard no_grad;
  const std::string name = GENERATE("gpt2", "gpt2_other_switches");
  INFO(name);
  const auto model = load_language_model(test::fixture_folder(name), {}, 1, {}).model;
  const auto decoder = model->start_decoding();
  Comparison comparison(*decoder, [&](const Texts& texts, const auto&) {
    return model->hidden(batch_of(texts), {}, {});
  });
  comparison.begin({{7, 8, 9, 10}, {12}, {5, 6}});
  run_steps(comparison);
}

TEST_CASE("an encoder-decoder continues token by token as it reads at once") {
  const c10::NoGradGuard no_grad;
  const std::string name = GENERATE("bart", "mbart", "marian");
  INFO(name);
  const auto model = load_seq2seq_model(test::fixture_folder(name), {}, 1, {}).model;
  const Texts source_texts = {{7, 8, 9}, {20, 21, 22, 23, 24}, {5}};
  const EncodedSource source = model->encode(batch_of(source_texts), {});
  const auto decoder = model->start_decoding(source);
  Comparison comparison(*decoder, [&](const Texts& texts, const std::vector<int64_t>& sources) {
    Texts read;
    for (const int64_t b : sources) read.push_back(source_texts[static_cast<size_t>(b)]);
    return model->decode(batch_of(texts), model->encode(batch_of(read), {}), {}, {});
  });
  const int64_t start = *model->special_ids().decoder_start;
  comparison.begin({{start}, {start, 17}, {start}});
  run_steps(comparison);
}

TEST_CASE("decoding refuses beginnings without sources, orphans, and texts beyond the positions") {
  const auto model = load_seq2seq_model(test::fixture_folder("bart"), {}, 1, {}).model;
  const c10::NoGradGuard no_grad;
  const EncodedSource source = model->encode(batch_of({{7, 8}, {9}}), {});
  const auto prefill = [&](const Texts& prompts) {
    const nn::TokenBatch batch = batch_of(prompts);
    auto decoder = model->start_decoding(source);
    decoder->prefill(batch.token_ids, batch.sequences);
    return decoder;
  };
  CHECK_THROWS_AS(prefill({{2}}), InternalError);
  const auto decoder = prefill({{2}, std::vector<int64_t>(24, 7)});  // 24 positions
  CHECK_THROWS_AS(decoder->step(std::vector<int64_t>{5}, std::vector<int64_t>{2}), InternalError);
  CHECK_THROWS_AS(decoder->step(std::vector<int64_t>{5, 6}, std::vector<int64_t>{0}),
                  InternalError);
  CHECK_THROWS_AS(decoder->step(std::vector<int64_t>{5}, std::vector<int64_t>{1}), InternalError);
}

}  // namespace
}  // namespace finetune::models
