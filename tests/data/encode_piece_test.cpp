#include "data/encode_piece.h"

#include "base/error.h"
#include "data/encode.h"
#include "data_files.h"
#include "fake_tokenizer.h"

namespace {

using namespace finetune;
using Ids = std::vector<int32_t>;

data::Piece piece_of(const data::Example& example, const data::EncodingOptions& options) {
  const test::FakeTokenizer tokenizer;
  return data::encode_piece(std::span(&example, 1), options, tokenizer);
}

Ids ids_of(std::span<const int32_t> ids) { return {ids.begin(), ids.end()}; }

data::Fit fit_of(const std::string& text, const std::string& target,
                 const data::EncodingOptions& options) {
  return piece_of({.text = text, .target = target}, options).fits.at(0);
}

/// Columns of plain text encoded for language modelling.
data::EncodedColumns blocks_of(const std::string& content, const data::EncodingOptions& options) {
  const test::DataFile file("a.txt", content);
  data::FileOptions file_options{.path = file.path(), .encoding = options};
  file_options.read.target_kind = data::TargetKind::kNone;
  file_options.read.label_column.clear();
  return data::encode_file(file_options, {}, test::FakeTokenizer());
}

}  // namespace

TEST_CASE("A target loses the decoder's start, and gets the end that it lacks") {
  data::EncodingOptions options;
  const data::Example example{.text = "w1", .target = "w5 w6"};
  CHECK(ids_of(piece_of(example, options).labels(0)) == Ids{1, 15, 16, 2});
  options.target.decoder_start = 1;
  options.target.end_of_text = 2;
  CHECK(ids_of(piece_of(example, options).labels(0)) == Ids{15, 16, 2});
  options.target.end_of_text = 9;
  CHECK(ids_of(piece_of(example, options).labels(0)) == Ids{15, 16, 2, 9});
  CHECK(ids_of(piece_of(example, options).text(0)) == Ids{1, 11, 2});
}

TEST_CASE("Prefix, suffix and target prefix are part of the texts") {
  data::EncodingOptions options;
  options.prefix = "w7 ";
  options.suffix = " w8";
  options.target_prefix = "w9 ";
  const auto piece = piece_of({.text = "w1", .target = "w5"}, options);
  CHECK(ids_of(piece.text(0)) == Ids{1, 17, 11, 18, 2});
  CHECK(ids_of(piece.labels(0)) == Ids{1, 19, 15, 2});
}

TEST_CASE("What does not fit is told apart, and no target is ever cut") {
  data::EncodingOptions options;
  options.max_length = 4;  // two words
  options.target.max_length = 5;
  CHECK(fit_of("w1 w2", "w1 w2 w3", options) == data::Fit::kFits);
  CHECK(fit_of("w1 w2 w3", "w1", options) == data::Fit::kFits);  // the text is cut
  options.long_rows = data::LongRows::kDrop;
  CHECK(fit_of("w1 w2 w3", "w1", options) == data::Fit::kLongText);
  CHECK(fit_of("w1", "w1 w2 w3 w4", options) == data::Fit::kLongTarget);
  options.target.shared_length = 7;
  CHECK(fit_of("w1 w2", "w1", options) == data::Fit::kFits);
  CHECK(fit_of("w1 w2", "w1 w2", options) == data::Fit::kLongTogether);
  CHECK(fit_of("nothing", "w1", options) == data::Fit::kNoToken);
}

TEST_CASE("A text may lose its beginning instead of its end") {
  data::EncodingOptions options;
  options.max_length = 4;
  options.long_rows = data::LongRows::kCutBeginning;
  const auto piece = piece_of({.text = "w1 w2 w3"}, options);
  CHECK(ids_of(piece.text(0)) == Ids{1, 12, 13, 2});
  CHECK(piece.tokens_cut == Ids{1});
}

TEST_CASE("What stands between text and target is not cut, and a text makes room for its target") {
  data::EncodingOptions options;
  options.max_length = 6;
  options.target.shared_length = 6;
  options.prefix = "w7 ";
  options.suffix = " w8 w9";
  CHECK(ids_of(piece_of({.text = "w1"}, options).text(0)) == Ids{1, 17, 11, 18, 19, 2});
  const auto cut = piece_of({.text = "w1 w2 w3"}, options);
  CHECK(ids_of(cut.text(0)) == Ids{1, 17, 11, 18, 19, 2});
  CHECK(cut.tokens_cut == Ids{2});

  options.suffix = " w8";
  options.target.shared_length = 9;  // of which a target of two words takes four
  const auto both = piece_of({.text = "w1 w2 w3", .target = "w5 w6"}, options);
  CHECK(both.fits.at(0) == data::Fit::kFits);
  CHECK(ids_of(both.text(0)) == Ids{1, 17, 11, 18, 2});
  CHECK(fit_of("w1", "w1 w2 w3 w4 w5 w6 w7", options) == data::Fit::kLongTogether);
  options.long_rows = data::LongRows::kDrop;
  CHECK(fit_of("w1 w2 w3", "w5 w6", options) == data::Fit::kLongText);
}

TEST_CASE("Sides of very different length are told where a ratio is set") {
  data::EncodingOptions options;
  CHECK(fit_of("w1", "w1 w2 w3 w4 w5", options) == data::Fit::kFits);
  options.target.max_length_ratio = 2.0;
  CHECK(fit_of("w1", "w1 w2 w3 w4", options) == data::Fit::kFits);  // 3 and 6 tokens
  CHECK(fit_of("w1", "w1 w2 w3 w4 w5", options) == data::Fit::kUneven);
  CHECK(fit_of("w1 w2 w3 w4 w5", "w1", options) == data::Fit::kUneven);
}

TEST_CASE("A tokenizer whose type ids are no two segments is told what has to be mended") {
  const test::DataFile file("tokenizer.json", R"({
    "model": {"type": "WordLevel", "vocab": {"a": 0}, "unk_token": "a"},
    "post_processor": {"type": "TemplateProcessing", "special_tokens": {},
                       "single": [{"Sequence": {"id": "A", "type_id": 0}}],
                       "pair": [{"Sequence": {"id": "B", "type_id": 1}},
                                {"Sequence": {"id": "A", "type_id": 0}}]}})");
  const auto tokenizer = text::load_tokenizer(file.path());
  data::Example example{.text = "a"};
  const auto encode = [&] { data::encode_piece(std::span(&example, 1), {}, *tokenizer); };
  encode();
  example.text_pair = "a";
  CHECK_THAT(test::error_of<CheckpointError>(encode),
             Catch::Contains("type ids 1 0") && Catch::Contains("/post_processor"));
}

TEST_CASE("Blocks overlap by one token, so that each but the first of a text is predicted once") {
  data::EncodingOptions options;
  options.block_length = 3;
  options.block_end = 99;
  const auto columns = blocks_of("w1 w2 w3 w4\nw5\n", options);
  // the first text: 1 11 12 13 14 2 99, the second: 1 15 2 99
  CHECK(columns.token_ids == Ids{1, 11, 12, 13, 13, 14, 2, 99, 1, 15, 2, 99});
  CHECK(columns.offsets == std::vector<int64_t>{0, 4, 8, 12});
  CHECK(columns.lines == std::vector<int64_t>{1, 1, 2});
  CHECK(columns.class_ids == Ids{-1, -1, -1});
  CHECK(columns.text_hashes[0] != columns.text_hashes[1]);
  CHECK(columns.label_offsets.empty());
}

TEST_CASE("Long rows are dropped and counted, or end the run, as the options say") {
  const test::DataFile file("a.tsv", "source\ttarget\nw1\tw2\nw1 w2 w3\tw4\nw1\tw1 w2 w3\n");
  data::FileOptions options{.path = file.path()};
  options.read.text_column = "source";
  options.read.label_column = "target";
  options.read.target_kind = data::TargetKind::kText;
  options.encoding.max_length = 4;
  options.encoding.target.max_length = 4;
  options.encoding.long_rows = data::LongRows::kDrop;
  const auto columns = data::encode_file(options, {}, test::FakeTokenizer());
  CHECK(columns.lines == std::vector<int64_t>{2});
  CHECK(columns.label_ids == Ids{1, 12, 2});
  CHECK(columns.label_offsets == std::vector<int64_t>{0, 3});
  CHECK(columns.notes.rows_dropped ==
        std::map<std::string, int64_t>{{"long_text", 1}, {"long_target", 1}});

  options.encoding.long_rows = data::LongRows::kCutOrDrop;
  const auto cut = data::encode_file(options, {}, test::FakeTokenizer());
  CHECK(cut.lines == std::vector<int64_t>{2, 3});
  CHECK(cut.tokens_cut == Ids{0, 1});
  CHECK(cut.notes.rows_dropped == std::map<std::string, int64_t>{{"long_target", 1}});

  options.encoding.long_rows = data::LongRows::kCut;  // of the text alone
  CHECK_THAT(
      test::error_of<DataError>([&] { data::encode_file(options, {}, test::FakeTokenizer()); }),
      Catch::Contains("a.tsv:4") && Catch::Contains("target has more than 4 tokens") &&
          Catch::Contains("on_long_row"));
  options.encoding.long_rows = data::LongRows::kError;
  CHECK_THAT(
      test::error_of<DataError>([&] { data::encode_file(options, {}, test::FakeTokenizer()); }),
      Catch::Contains("a.tsv:3") && Catch::Contains("text has more than 4 tokens"));
}
