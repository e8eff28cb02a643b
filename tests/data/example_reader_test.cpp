#include "data/example_reader.h"

#include "base/error.h"
#include "base/log.h"
#include "data_files.h"

namespace {

using namespace finetune;
using namespace std::string_literals;
using Counts = std::map<std::string, int64_t>;

struct Read {
  test::Strings texts;
  Counts bad;
};

Read read(const std::string& name, const std::string& content, data::ReadOptions options = {}) {
  base::set_log_level(base::LogLevel::kOff);
  options.on_bad_row = data::BadRowPolicy::kSkip;
  const test::DataFile file(name, content);
  data::BadRows bad_rows(file.path(), "train", options);
  data::ExampleReader reader(file.path(), options, bad_rows);
  Read result;
  data::Example example;
  while (reader.next(example)) result.texts.push_back(example.text);
  base::set_log_level(base::LogLevel::kInfo);
  result.bad = bad_rows.by_reason();
  return result;
}

/// A kind of bad row, and what a reader must make of it.
struct Kind {
  std::string row;
  std::string reason;
};

/// A file of 3,000 good rows with a bad one, of each kind in turn, behind every seventh.
struct Spread {
  std::string content;
  Counts expected;
};

Spread spread(const std::string& header, const std::string& good, const std::vector<Kind>& kinds) {
  Spread file{header, {}};
  size_t next = 0;
  for (int i = 0; i < 3000; ++i) {
    file.content += good + "\n";
    if (i % 7 != 0) continue;
    const Kind& kind = kinds[next++ % kinds.size()];
    file.content += kind.row + "\n";
    ++file.expected[kind.reason];
  }
  return file;
}

void check_spread(const std::string& name, const Spread& file) {
  data::ReadOptions options;
  options.max_row_bytes = 5000;
  const Read result = read(name, file.content, options);
  CAPTURE(name);
  CHECK(result.texts.size() == 3000);
  CHECK(result.bad == file.expected);
}

const std::string kLongText(6000, 'x');

}  // namespace

TEST_CASE("Known bad rows among good ones are all found, each for its reason: TSV") {
  check_spread("a.tsv", spread("text\tlabel\n", "good row\t1",
                               {{"bad \xC3\x28 byte\t1", "invalid_utf8"},
                                {"zero \0 byte\t1"s, "nul"},
                                {"no label", "ragged"},
                                {"one\ttoo\tmany", "ragged"},
                                {"\t1", "empty_text"},
                                {" \t1", "empty_text"},
                                {"no label\t", "missing_field"},
                                {kLongText + "\t1", "too_long"}}));
}

TEST_CASE("Known bad rows among good ones are all found, each for its reason: CSV") {
  check_spread("a.csv", spread("text,label\n", "\"good, \"\"row\"\"\",1",
                               {{"bad \xFF,1", "invalid_utf8"},
                                {"zero \0,1"s, "nul"},
                                {"a,b,c", "ragged"},
                                {"one", "ragged"},
                                {"\"\",1", "empty_text"},
                                {"x,\"\"", "missing_field"},
                                {"a \"b\" c,1", "stray_quote"},
                                {kLongText + ",1", "too_long"}}));
}

TEST_CASE("Known bad rows among good ones are all found, each for its reason: JSONL") {
  check_spread("a.jsonl", spread("", R"({"text": "good row", "label": 1})",
                                 {{"{\"text\": \"\xFF\", \"label\": 1}", "invalid_utf8"},
                                  {R"({"text": "a\u0000b", "label": 1})", "nul"},
                                  {R"({"text": "\ud83d", "label": 1})", "invalid_json"},
                                  {R"({"text": "a", "label": 1)", "invalid_json"},
                                  {R"({"label": 1})", "missing_field"},
                                  {R"({"text": "a"})", "missing_field"},
                                  {R"({"text": 3, "label": 1})", "wrong_type"},
                                  {R"({"text": "", "label": 1})", "empty_text"},
                                  {R"({"text": "a", "label": ""})", "missing_field"},
                                  {"{\"text\": \"" + kLongText + "\"}", "too_long"}}));
}

TEST_CASE("A regression target must be a finite number") {
  data::ReadOptions options;
  options.target_kind = data::TargetKind::kRegression;
  const Read result =
      read("a.tsv", "text\tlabel\na\t1.5\nb\tNaN\nc\tinf\nd\t-2e3\ne\t1,5\nf\tgood\ng\t1e999\n",
           options);
  CHECK(result.texts == test::Strings{"a", "d"});
  CHECK(result.bad == Counts{{"invalid_number", 5}});
}

TEST_CASE("A pair needs both texts") {
  data::ReadOptions options;
  options.text_pair_column = "pair";
  const Read result = read("a.tsv", "text\tpair\tlabel\na\tb\t1\nc\t\t1\n\td\t1\n", options);
  CHECK(result.texts == test::Strings{"a"});
  CHECK(result.bad == Counts{{"empty_text", 2}});
}

TEST_CASE("An example may be refused after it was given") {
  const test::DataFile file("a.tsv", "text\tlabel\nx\ty\n");
  data::BadRows bad_rows(file.path(), "train", {});
  data::ExampleReader reader(file.path(), {}, bad_rows);
  data::Example example;
  REQUIRE(reader.next(example));
  const std::string message = test::error_of<DataError>([&] {
    reader.refuse({"unknown_label", "no such label"});
  });
  CHECK(message.find("a.tsv:2: no such label") != std::string::npos);
}

TEST_CASE("A blank line is an example where every line is a text, an empty field never") {
  const data::ReadOptions options{
      .text_unit = data::TextUnit::kEveryLine, .label_column = "", .target_kind = {}};
  CHECK(read("a.txt", "one\n\nthree\n", options).texts == test::Strings{"one", "", "three"});
  const Read table = read("a.tsv", "text\tother\none\tx\n\ty\n", options);
  CHECK(table.texts == test::Strings{"one"});
  CHECK(table.bad == Counts{{"empty_text", 1}});
}
