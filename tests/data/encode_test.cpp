#include "data/encode.h"

#include <atomic>

#include "base/error.h"
#include "base/log.h"
#include "data_files.h"
#include "fake_tokenizer.h"

namespace {

using namespace finetune;

data::EncodedColumns encode(const std::string& content, int32_t max_length, int num_threads,
                            const data::ReadOptions& read = {}) {
  const test::DataFile file("a.tsv", content);
  const data::FileOptions options{
      .path = file.path(),
      .read = read,
      .encoding = {.max_length = max_length, .num_threads = num_threads}};
  return data::encode_file(options, {}, test::FakeTokenizer());
}

}  // namespace

TEST_CASE("Rows become tokens, lines and class ids; cuts are counted") {
  const auto columns = encode("text\tlabel\nw1 w2\tb\n\nw3 w4 w5 w6\ta\nodd\tb\n", 5, 1);
  CHECK(columns.offsets == std::vector<int64_t>{0, 4, 9, 12});
  CHECK(columns.token_ids == std::vector<int32_t>{1, 11, 12, 2, 1, 13, 14, 15, 2, 1, 0, 2});
  CHECK(columns.second_begins == std::vector<int32_t>{4, 5, 3});
  CHECK(columns.tokens_cut == std::vector<int32_t>{0, 1, 0});
  CHECK(columns.class_ids == std::vector<int32_t>{1, 0, 1});
  CHECK(columns.lines == std::vector<int64_t>{2, 4, 5});
  CHECK(columns.notes.label_names == test::Strings{"a", "b"});
  CHECK(columns.notes.blank_lines == 1);
}

TEST_CASE("Pairs get two segments") {
  data::ReadOptions read;
  read.text_pair_column = "pair";
  const auto columns = encode("text\tpair\tlabel\nw1 w2\tw3\tx\n", 0, 1, read);
  CHECK(columns.token_ids == std::vector<int32_t>{1, 11, 12, 2, 13, 2});
  CHECK(columns.second_begins == std::vector<int32_t>{4});
}

TEST_CASE("Any number of threads gives the same columns, over many chunks") {
  std::string content = "text\tlabel\n";
  for (int i = 0; i < 20'000; ++i) {
    content += "w" + std::to_string(i) + (i % 3 == 0 ? " w1 w2" : "") + "\t" +
               std::to_string(i % 5) + "\n";
  }
  const auto one = encode(content, 0, 1);
  const auto four = encode(content, 0, 4);
  CHECK(one.lines.size() == 20'000);
  CHECK(one.token_ids[one.token_ids.size() - 2] == 19'999 + 10);
  CHECK(data::hash_of(data::view_of(one)) == data::hash_of(data::view_of(four)));
}

TEST_CASE("Reading and encoding end at once when the poll says so") {
  struct Enough {};
  std::string content = "text\tlabel\n";
  for (int i = 0; i < 20'000; ++i) content += "w1 w2\t" + std::to_string(i % 2) + "\n";
  const test::DataFile file("a.tsv", content);
  for (const int num_threads : {1, 4}) {
    std::atomic<int> calls = 0;
    data::FileOptions options{.path = file.path(), .encoding = {.num_threads = num_threads}};
    options.encoding.poll = [&calls] { ++calls; };
    data::encode_file(options, {}, test::FakeTokenizer());
    CHECK(calls > 20'000 + 20'000 / 64);  // every row read, every piece encoded
    calls = 0;
    options.encoding.poll = [&calls] {
      if (++calls > 8192) throw Enough();
    };
    CHECK_THROWS_AS(data::encode_file(options, {}, test::FakeTokenizer()), Enough);
    CHECK(calls < 8192 + 8);  // the first chunk was read, none of it encoded
  }
}

TEST_CASE("A text without any token is a bad row") {
  CHECK(test::error_of<DataError>([] {
          encode("text\tlabel\nw1\tx\nnothing\tx\n", 0, 1);
        }).find("a.tsv:3: ") != std::string::npos);
  base::set_log_level(base::LogLevel::kOff);
  data::ReadOptions read;
  read.on_bad_row = data::BadRowPolicy::kSkip;
  const auto columns = encode("text\tlabel\nw1\tx\nnothing\ty\nw2\ty\n", 0, 1, read);
  base::set_log_level(base::LogLevel::kInfo);
  CHECK(columns.lines == std::vector<int64_t>{2, 4});
  CHECK(columns.class_ids == std::vector<int32_t>{0, 1});
  CHECK(columns.notes.rows_bad == std::map<std::string, int64_t>{{"no_token", 1}});
}

TEST_CASE("Examples at hand are encoded in order, unlabelled") {
  const std::vector<data::Example> examples{{.text = "w1 w2 w3 w4"},
                                            {.text = "w1", .text_pair = "w2"}};
  const auto dataset =
      data::encode_examples(examples, {.max_length = 5, .num_threads = 2}, test::FakeTokenizer());
  REQUIRE(dataset->size() == 2);
  CHECK(dataset->length(0) == 5);
  CHECK(dataset->second_segment_begin(1) == 3);
  CHECK(dataset->class_id(1) == -1);
  CHECK(dataset->num_targets() == 0);
  const std::vector<data::Example> bad{
      {.text = "w1"}, {.text = "w2"}, {.text = "nothing"}, {.text = "w4"}, {.text = "nothing"}};
  const auto good = data::encode_examples(bad, {}, test::FakeTokenizer());
  REQUIRE(good->size() == 2);
  CHECK(good->token_ids(1)[1] == 12);
  CHECK(data::encode_examples({}, {}, test::FakeTokenizer())->size() == 0);
}

TEST_CASE("Examples at hand keep their targets, and end before one that is too long") {
  const std::vector<data::Example> examples{{.text = "w1 w2", .target = "w3"},
                                            {.text = "w1", .target = "w2 w3 w4 w5 w6"}};
  data::EncodingOptions options;
  options.target.max_length_ratio = 1.1;  // which drops rows of training data
  const auto dataset = data::encode_examples(examples, options, test::FakeTokenizer());
  REQUIRE(dataset->size() == 2);
  CHECK(dataset->has_label_ids());
  CHECK(dataset->label_ids(1).size() > dataset->label_ids(0).size());
  options.target.max_length = 5;
  CHECK(data::encode_examples(examples, options, test::FakeTokenizer())->size() == 1);
}

TEST_CASE("The text hash tells text and pair apart") {
  const auto hash = [](const std::string& text, const std::string& pair) {
    return data::text_hash({.text = text, .text_pair = pair, .labels = {"any"}, .line = 1});
  };
  CHECK(hash("a", "b") != hash("ab", ""));
  CHECK(hash("a", "b") != hash("b", "a"));
  CHECK(hash("a", "") == hash("a", ""));
}
