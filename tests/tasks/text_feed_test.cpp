#include "tasks/text_feed.h"

#include <ATen/ops/eye.h>

#include <catch2/catch.hpp>

#include "tasks/fake_models.h"

using namespace finetune;
using namespace finetune::tasks;
using test::Ids;
using test::ids_of;

TEST_CASE("an encoder-decoder reads the texts and start plus labels, and predicts the labels") {
  test::TableSeq2Seq model(at::eye(6));
  const TokenPredictions predictions = Seq2SeqFeed(model).predict(test::text_batch(), {});
  CHECK(ids_of(model.fed_source.token_ids) == Ids{2, 3, 4});
  CHECK(ids_of(model.fed_target.token_ids) == Ids{0, 5, 0, 3, 5});
  CHECK(ids_of(model.fed_target.positions) == Ids{0, 1, 0, 1, 2});
  CHECK(ids_of(model.fed_target.segments) == Ids{0, 0, 0, 0, 0});
  CHECK(model.fed_target.sequences.offsets == Ids{0, 2, 5});
  CHECK(ids_of(predictions.labels) == Ids{5, 1, 3, 5, 1});
  CHECK(predictions.hidden.size(0) == 5);
  CHECK(predictions.offsets == Ids{0, 2, 5});
}

TEST_CASE("a prefix model reads text and target as one and predicts the target's part") {
  test::TableModel model(at::eye(6));
  const TokenPredictions predictions = PrefixFeed(model).predict(test::text_batch(), {});
  CHECK(ids_of(model.fed.token_ids) == Ids{2, 3, 5, 4, 3, 5});
  CHECK(ids_of(model.fed.positions) == Ids{0, 1, 2, 0, 1, 2});
  CHECK(model.fed.sequences.offsets == Ids{0, 3, 6});
  // the tokens that stand before each label: the state of token t is row t of the identity
  CHECK(ids_of(predictions.hidden.argmax(-1)) == Ids{3, 5, 4, 3, 5});
  CHECK(ids_of(predictions.labels) == Ids{5, 1, 3, 5, 1});
}

TEST_CASE("a language model predicts every token but the first, inside each text") {
  test::TableModel model(at::eye(6));
  data::Batch batch = test::text_batch();
  batch.token_ids = {2, 3, 4, 5, 1};
  batch.offsets = {0, 3, 5};
  batch.label_offsets.clear();
  LanguageFeed feed(model);
  CHECK(feed.has_labels(batch));
  const TokenPredictions predictions = feed.predict(batch, {});
  CHECK(ids_of(model.fed.token_ids) == Ids{2, 3, 5});
  CHECK(ids_of(model.fed.positions) == Ids{0, 1, 0});
  CHECK(model.fed.sequences.offsets == Ids{0, 2, 3});
  CHECK(ids_of(predictions.labels) == Ids{3, 4, 1});
  CHECK(predictions.offsets == Ids{0, 2, 3});
}

TEST_CASE("a text of one token has nothing for a language model to predict") {
  test::TableModel model(at::eye(6));
  data::Batch batch = test::text_batch();
  LanguageFeed feed(model);
  const TokenPredictions predictions = feed.predict(batch, {});
  CHECK(ids_of(model.fed.token_ids) == Ids{2});
  CHECK(model.fed.sequences.offsets == Ids{0, 1});
  CHECK(ids_of(predictions.labels) == Ids{3});
  batch.token_ids = {2, 4};
  batch.offsets = {0, 1, 2};
  CHECK_FALSE(feed.has_labels(batch));
}

TEST_CASE("texts are written for every sequence, without a look at labels") {
  test::TableSeq2Seq model(at::eye(6));
  data::Batch batch = test::text_batch();
  batch.label_offsets.clear();
  batch.label_ids.clear();
  Seq2SeqFeed feed(model);
  CHECK_FALSE(feed.has_labels(batch));
  const auto written = feed.write(batch, test::at_most(5), 0);
  REQUIRE(written.size() == 2);
  CHECK(written[1].at(0).token_ids == std::vector<int32_t>{4, 1});
}

TEST_CASE("what is sampled for a row does not depend on the batch it is in") {
  test::TableSeq2Seq model(at::eye(6));
  data::Batch batch = test::text_batch();
  decode::Options options = test::at_most(40);
  options.min_new_tokens = 20;
  options.do_sample = true;
  options.temperature = 20.0;  // anything may come
  Seq2SeqFeed feed(model);
  batch.example_indices = {4, 9};
  const auto first = feed.write(batch, options, 0);
  batch.example_indices = {9, 2};
  const auto second = feed.write(batch, options, 0);
  CHECK(second[0][0].token_ids == first[1][0].token_ids);
  CHECK(second[1][0].token_ids != first[1][0].token_ids);
  batch.example_indices = {0, 1};
  const auto later = feed.write(batch, options, 8);  // the same rows of an input read in parts
  CHECK(later[1][0].token_ids == first[1][0].token_ids);
  CHECK(later[0][0].token_ids != first[0][0].token_ids);
}
