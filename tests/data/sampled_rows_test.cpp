#include "data/sampled_rows.h"

#include <cmath>
#include <numeric>
#include <thread>

#include "sampling_tokenizers.h"

namespace {

using namespace finetune;
using Ids = std::vector<int64_t>;

constexpr const char* kPairs =
    "source\ttarget\n"
    "ab ab ab ab ab ab\tab ab ab\n"
    "c\tab\n"
    "ab c ab c ab\tab ab ab ab ab c\n";

/// A file of texts with target texts, encoded by `tokenizer`.
struct Corpus {
  Corpus(const text::Tokenizer& its, const std::string& content,
         const data::EncodingOptions& encoding = {})
      : tokenizer(its), file("train.tsv", content) {
    options.path = file.path();
    options.read.text_column = "source";
    options.read.label_column = "target";
    options.read.target_kind = data::TargetKind::kText;
    options.encoding = encoding;
    rows = data::prepare_file(options, {}, tokenizer).dataset;
  }

  data::SampledRows sampled(const data::RowSampling& sampling) const {
    return {*rows, options, tokenizer, sampling};
  }

  Ids all_rows() const {
    Ids all(static_cast<size_t>(rows->size()));
    std::iota(all.begin(), all.end(), 0);
    return all;
  }

  const text::Tokenizer& tokenizer;
  test::DataFile file;
  data::FileOptions options;
  std::shared_ptr<const data::EncodedDataset> rows;
};

/// Every number of a batch.
std::vector<Ids> numbers_of(const data::Batch& batch) {
  return {batch.token_ids, batch.positions, batch.segments,      batch.offsets,
          batch.class_ids, batch.label_ids, batch.label_offsets, batch.example_indices};
}

Ids text_of(const data::SampledRows& rows, int64_t row, int64_t epoch) {
  return rows.make_batch(Ids{row}, epoch).token_ids;
}

}  // namespace

TEST_CASE("The tokens of a row are a function of seed, epoch and row, whoever draws them") {
  const auto tokenizer = test::unigram_tokenizer();
  const Corpus corpus(*tokenizer, kPairs);
  const auto sampled = corpus.sampled({.segmentation = {0.3, -1}, .seed = 7});
  const Ids all = corpus.all_rows();
  const auto expected = numbers_of(sampled.make_batch(all, 4));
  std::vector<std::vector<Ids>> found(4);
  std::vector<std::thread> threads;
  for (size_t i = 0; i < found.size(); ++i) {
    threads.emplace_back([&, i] {
      for (int64_t epoch = 0; epoch < 50; ++epoch) sampled.make_batch(all, epoch);
      found[i] = numbers_of(sampled.make_batch(all, 4));
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const auto& numbers : found) CHECK(numbers == expected);

  const data::Batch alone = sampled.make_batch(Ids{2}, 4);
  const data::Batch together = sampled.make_batch(Ids{0, 2, 1}, 4);
  const auto begin = together.token_ids.begin();
  CHECK(alone.token_ids == Ids(begin + together.offsets[1], begin + together.offsets[2]));
  CHECK(numbers_of(sampled.make_batch(all, 5)) != expected);
  const auto of_other_seed = corpus.sampled({.segmentation = {0.3, -1}, .seed = 8});
  CHECK(numbers_of(of_other_seed.make_batch(all, 4)) != expected);
}

TEST_CASE("Without anything to draw the batches are those of the data set") {
  const auto unigram = test::unigram_tokenizer();
  const auto bpe = test::bpe_tokenizer();
  const Corpus of_unigram(*unigram, kPairs);
  const Corpus of_bpe(*bpe, kPairs);
  const Ids all = of_bpe.all_rows();
  CHECK(numbers_of(of_unigram.sampled({.segmentation = {0.3, 1}}).make_batch(all, 0)) ==
        numbers_of(data::make_batch(*of_unigram.rows, all)));
  CHECK(numbers_of(of_bpe.sampled({.segmentation = {0.0, -1}}).make_batch(all, 0)) ==
        numbers_of(data::make_batch(*of_bpe.rows, all)));
  CHECK(numbers_of(of_bpe.sampled({.segmentation = {1.0, -1}}).make_batch(all, 0)) !=
        numbers_of(data::make_batch(*of_bpe.rows, all)));
}

TEST_CASE("A side that is not sampled keeps its tokens") {
  const auto tokenizer = test::bpe_tokenizer();
  const Corpus corpus(*tokenizer, kPairs);
  const Ids all = corpus.all_rows();
  const data::Batch usual = data::make_batch(*corpus.rows, all);
  const text::SubwordSampling nothing_merged{1.0, -1};
  const auto source =
      corpus.sampled({.segmentation = nothing_merged, .target = false}).make_batch(all, 0);
  CHECK(source.token_ids.size() > usual.token_ids.size());
  CHECK(source.label_ids == usual.label_ids);
  const auto target =
      corpus.sampled({.segmentation = nothing_merged, .source = false}).make_batch(all, 0);
  CHECK(target.token_ids == usual.token_ids);
  CHECK(target.label_ids.size() > usual.label_ids.size());
  CHECK(target.num_tokens() == std::ssize(usual.token_ids) + std::ssize(target.label_ids));
}

TEST_CASE("A row that only sampling makes too long keeps its tokens") {
  const auto tokenizer = test::bpe_tokenizer();
  data::EncodingOptions options;
  options.max_length = 3;
  options.target.max_length = 3;
  const data::RowSampling nothing_merged{.segmentation = {1.0, -1}};
  const std::string rows = "source\ttarget\nab c\tab\nab ab\tc\nc\tab ab\n";
  const auto check = [&](const Corpus& corpus) {
    REQUIRE(corpus.rows->size() == 3);
    const auto sampled = corpus.sampled(nothing_merged);
    const auto first = sampled.make_batch(Ids{0}, 0);
    CHECK(first.token_ids == Ids{0, 1, 3});
    CHECK(first.label_ids == Ids{0, 1});
    CHECK(text_of(sampled, 1, 0) == Ids{2, 2});
    CHECK(sampled.make_batch(Ids{2}, 0).label_ids == Ids{2, 2});
  };
  options.long_rows = data::LongRows::kDrop;
  check(Corpus(*tokenizer, rows, options));
  options.long_rows = data::LongRows::kCut;
  check(Corpus(*tokenizer, rows, options));
}

TEST_CASE("A row that is cut to length anyway is so when it is sampled, too") {
  const auto tokenizer = test::bpe_tokenizer();
  data::EncodingOptions options;
  options.max_length = 3;
  const Corpus corpus(*tokenizer, "source\ttarget\nab ab c c\tc\n", options);
  REQUIRE(corpus.rows->tokens_cut(0) == 1);
  CHECK(text_of(corpus.sampled({.segmentation = {1.0, -1}}), 0, 0) == Ids{0, 1, 0});
}

TEST_CASE("A ratio of lengths is asked of the usual tokens alone") {
  const auto tokenizer = test::bpe_tokenizer();
  data::EncodingOptions options;
  options.target.max_length_ratio = 1.5;
  const Corpus corpus(*tokenizer, "source\ttarget\nab ab\tc c\n", options);
  CHECK(text_of(corpus.sampled({.segmentation = {1.0, -1}}), 0, 0) == Ids{0, 1, 0, 1});
}

TEST_CASE("Segmentations come as often as their probabilities say, on both sides independently") {
  const auto tokenizer = test::unigram_tokenizer();
  const Corpus corpus(*tokenizer, "source\ttarget\nab\tab\nab\tab\n");
  constexpr double kAlpha = 0.5;
  const auto sampled = corpus.sampled({.segmentation = {kAlpha, -1}});
  constexpr int kEpochs = 20000;
  double first = 0;
  double target = 0;
  double both = 0;
  double rows_alike = 0;
  for (int64_t epoch = 0; epoch < kEpochs; ++epoch) {
    const data::Batch batch = sampled.make_batch(Ids{0, 1}, epoch);
    const bool is_whole = batch.offsets[1] == 1;
    const bool is_target_whole = batch.label_offsets[1] == 1;
    first += is_whole;
    target += is_target_whole;
    both += is_whole && is_target_whole;
    rows_alike += is_whole == (batch.offsets[2] - batch.offsets[1] == 1);
  }
  const double whole = std::exp(-3.0 * kAlpha);
  const double p = whole / (whole + std::exp(-4.0 * kAlpha));  // 0.62
  // five standard deviations of a mean of draws
  const double margin = 5.0 * 0.5 / std::sqrt(static_cast<double>(kEpochs));
  CHECK(first / kEpochs == Approx(p).margin(margin));
  CHECK(target / kEpochs == Approx(p).margin(margin));
  CHECK(both / kEpochs == Approx(p * p).margin(margin));
  CHECK(rows_alike / kEpochs == Approx(p * p + (1 - p) * (1 - p)).margin(margin));
}

TEST_CASE("Pairs of texts are sampled with their labels and segments") {
  const auto tokenizer = test::bpe_tokenizer();
  const test::DataFile file("train.tsv", "text\tother\tlabel\nab c\tab\tx\nc\tc\ty\n");
  data::FileOptions options{.path = file.path()};
  options.read.text_pair_column = "other";
  const auto rows = data::prepare_file(options, data::LabelMap({"x", "y"}), *tokenizer).dataset;
  const data::SampledRows sampled(*rows, options, *tokenizer, {.segmentation = {1.0, -1}});
  const data::Batch batch = sampled.make_batch(Ids{1, 0}, 0);
  CHECK(batch.token_ids == Ids{3, 3, 0, 1, 3, 0, 1});
  CHECK(batch.segments == Ids{0, 1, 0, 0, 0, 1, 1});
  CHECK(batch.class_ids == Ids{1, 0});
  CHECK(batch.label_offsets.empty());
}

TEST_CASE("Rows that are left after a validation set was split off keep their own texts") {
  const auto tokenizer = test::bpe_tokenizer();
  std::string content = "text\tlabel\n";
  for (int i = 1; i <= 20; ++i) {
    for (int n = 0; n < i; ++n) content += n == 0 ? "ab" : " ab";
    content += i % 2 == 0 ? "\teven\n" : "\todd\n";
  }
  const test::DataFile file("train.tsv", content);
  const data::DataOptions options{.train = file.path(), .validation_fraction = 0.5};
  const auto prepared = data::prepare_data(options, *tokenizer);
  const data::SampledRows sampled(*prepared.train, data::file_of_split(options, "train"),
                                  *tokenizer, {.segmentation = {1.0, -1}});
  REQUIRE(prepared.train->size() == 10);
  for (int64_t row = 0; row < prepared.train->size(); ++row)
    CHECK(std::ssize(text_of(sampled, row, 0)) == 2 * prepared.train->length(row));
}
