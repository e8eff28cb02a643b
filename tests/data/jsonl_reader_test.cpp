#include "data/jsonl_reader.h"

#include "base/error.h"
#include "data_files.h"

namespace {

using namespace finetune;

test::ReadRows read(const std::string& content, const data::ReadOptions& options = {}) {
  const test::DataFile file("a.jsonl", content);
  return test::read_rows(file.path(), options);
}

}  // namespace

TEST_CASE("JSONL: texts and labels by key; integers and booleans become text") {
  const auto rows = read(
      "{\"text\": \"a\\u00e9\\n\", \"label\": \"pos\", \"more\": [1, {}]}\r\n\n"
      "{\"label\": 3, \"text\": \"b\"}\n{\"label\": -1, \"text\": \"c\"}\n"
      "{\"label\": true, \"text\": \"d\"}");
  CHECK(test::texts(rows.examples) == test::Strings{"a\xC3\xA9\n", "b", "c", "d"});
  test::Strings labels;
  for (const auto& example : rows.examples) labels.push_back(example.labels.at(0));
  CHECK(labels == test::Strings{"pos", "3", "-1", "true"});
  CHECK(rows.examples[1].line == 3);
  CHECK(rows.num_blank_lines == 1);
  CHECK(rows.refused.empty());
}

TEST_CASE("JSONL: each fault of a line has its reason, and the next line is read") {
  struct Fault {
    std::string line;
    std::string reason;
  };
  const std::vector<Fault> faults = {
      {R"({"text": "a", "label": "x")", "invalid_json"},
      {R"({"text": "a", "label": "x"} {})", "invalid_json"},
      {R"({"text": "a", "text": "b", "label": "x"})", "invalid_json"},
      {R"({"text": "\ud800", "label": "x"})", "invalid_json"},
      {R"({"text": "\udc00x", "label": "x"})", "invalid_json"},
      {R"({"text": "a", "label": NaN})", "invalid_json"},
      {R"({'text': "a"})", "invalid_json"},
      {R"([1, 2])", "wrong_type"},
      {R"("text")", "wrong_type"},
      {R"({"label": "x"})", "missing_field"},
      {R"({"text": "a"})", "missing_field"},
      {R"({"text": "a", "label": null})", "missing_field"},
      {R"({"text": 5, "label": "x"})", "wrong_type"},
      {R"({"text": ["a"], "label": "x"})", "wrong_type"},
      {R"({"text": "a", "label": 1.5})", "wrong_type"},
      {R"({"text": "a", "label": ["x"]})", "wrong_type"},
      {R"({"text": "a", "label": {"x": 1}})", "wrong_type"},
      {"{\"text\": \"a\xFF\", \"label\": \"x\"}", "invalid_utf8"},
      {std::string(100, '[') + std::string(100, ']'), "invalid_json"},
      {R"({"text": ")" + std::string(2000, 'a') + R"(", "label": "x"})", "too_long"},
  };
  data::ReadOptions options;
  options.max_row_bytes = 1000;
  for (const Fault& fault : faults) {
    const auto rows = read(fault.line + "\n{\"text\": \"next\", \"label\": \"x\"}\n", options);
    CAPTURE(fault.line);
    REQUIRE(rows.refused.size() == 1);
    CHECK(rows.refused[0].ends_with(":" + fault.reason));
    CHECK(rows.refused[0].starts_with("1:"));
    CHECK(test::texts(rows.examples) == test::Strings{"next"});
  }
}

TEST_CASE("JSONL: of a file that is one array, the message says what is expected instead") {
  for (const char* content :
       {"[\n  {\"text\": \"a\"},\n", "[{\"text\": \"a\", \"label\": \"x\"}]"}) {
    CAPTURE(content);
    const test::DataFile file("a.json", content);
    data::BadRows bad_rows(file.path(), "train", {});
    data::ExampleReader reader(file.path(), {}, bad_rows);
    data::Example example;
    CHECK(test::error_of<DataError>([&] {
            reader.next(example);
          }).find("expected one object a line, not an array of them") != std::string::npos);
  }
}

TEST_CASE("JSONL: multi-label arrays, regression numbers") {
  data::ReadOptions options;
  options.target_kind = data::TargetKind::kMultiLabel;
  const auto many = read(
      "{\"text\": \"a\", \"label\": [\"x\", 2]}\n{\"text\": \"b\", \"label\": []}\n"
      "{\"text\": \"c\", \"label\": \"x\"}\n",
      options);
  REQUIRE(many.examples.size() == 2);
  CHECK(many.examples[0].labels == test::Strings{"x", "2"});
  CHECK(many.examples[1].labels.empty());
  CHECK(many.refused == test::Strings{"3:0:wrong_type"});

  options.target_kind = data::TargetKind::kRegression;
  const auto numbers = read(
      "{\"text\": \"a\", \"label\": 2.75}\n{\"text\": \"b\", \"label\": 4}\n"
      "{\"text\": \"c\", \"label\": true}\n",
      options);
  REQUIRE(numbers.examples.size() == 2);
  CHECK(numbers.examples[0].labels == test::Strings{"2.75"});
  CHECK(numbers.examples[1].labels == test::Strings{"4"});
  CHECK(numbers.refused == test::Strings{"3:0:wrong_type"});
}

TEST_CASE("Names with points reach into objects, as Hugging Face writes translations") {
  const test::DataFile file(
      "a.jsonl",
      "{\"translation\": {\"en\": \"a dog\", \"de\": \"ein Hund\"}}\n"
      "{\"translation\": {\"en\": \"a cat\"}}\n{\"translation\": 3}\n"
      "{\"translation.en\": \"flat\", \"translation\": {\"de\": \"flach\"}}\n");
  data::ReadOptions options;
  options.text_column = "translation.en";
  options.label_column = "translation.de";
  options.target_kind = data::TargetKind::kText;
  const auto rows = test::read_rows(file.path(), options);
  REQUIRE(rows.examples.size() == 2);
  CHECK(rows.examples[0].text == "a dog");
  CHECK(rows.examples[0].target == "ein Hund");
  CHECK(rows.examples[1].text == "flat");
  CHECK(rows.examples[1].target == "flach");
  CHECK(rows.refused == test::Strings{"2:0:missing_field", "3:0:missing_field"});
}
