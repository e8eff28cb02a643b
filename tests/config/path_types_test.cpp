#include <catch2/catch.hpp>

#include "value_case.h"

namespace finetune::config {
namespace {

using test::read_value;
using test::rewritten;
using Path = std::filesystem::path;

TEST_CASE("a path begins at the config file's folder, that of an override at the working folder") {
  CHECK(rewritten<Path>("\"../a/b.tsv\"") == "\"/a/b.tsv\"");
  CHECK(rewritten<Path>("\"a\"") == "\"/base/a\"");
  CHECK(rewritten<Path>("\"/abs/./x\"") == "\"/abs/x\"");
  CHECK(rewritten<Path>("\"-\"") == "\"-\"");
  JsonValue value = json_string("a");
  value.position.override_index = 0;
  Path path;
  CHECK_FALSE(type_of<Path>().read(value, {}, {"/base", "/data"}, &path).has_value());
  CHECK(path == "/data/a");
}

TEST_CASE("paths with spaces, line ends and leading dashes are only paths") {
  CHECK(rewritten<Path>(R"("a b\nc")") == R"("/base/a b\nc")");
  CHECK(rewritten<Path>("\"-x\"") == "\"/base/-x\"");
  CHECK(rewritten<Path>("\"é\"") == "\"/base/é\"");
}

TEST_CASE("what can be no path is refused") {
  CHECK(rewritten<Path>("\"\"") == "!a path cannot be empty");
  CHECK(rewritten<Path>(R"("a\u0000b")") == "!a path cannot hold the character NUL");
  CHECK(rewritten<Path>("3") == "!");
}

TEST_CASE("a number for a path on the command line is its text") {
  JsonValue value = json_number("2024");
  value.raw = "2024";
  value.position.override_index = 0;
  Path path;
  CHECK_FALSE(type_of<Path>().read(value, {}, {"/base", "/data"}, &path).has_value());
  CHECK(path == "/data/2024");
}

TEST_CASE("a file or a share of another is told apart") {
  FileOrPercent source;
  CHECK(read_value("\"5 percent\"", source).empty());
  CHECK(source == FileOrPercent{{}, 5.0});
  CHECK(read_value("\"5.tsv\"", source).empty());
  CHECK(source == FileOrPercent{"/base/5.tsv", 0.0});
  CHECK(rewritten<FileOrPercent>("\"0.5 percent\"") == "\"0.5 percent\"");
  CHECK(rewritten<FileOrPercent>("\"dev.tsv\"") == "\"/base/dev.tsv\"");
}

TEST_CASE("a share that is badly written or out of range is not taken for a file") {
  for (const char* text :
       {"\"5%\"", "\"5 %\"", "\"5 percents\"", "\"5percent\"", "\"1.2.3 percent\""}) {
    CAPTURE(text);
    CHECK(rewritten<FileOrPercent>(text) == "!write a share as \"5 percent\"");
  }
  CHECK(rewritten<FileOrPercent>("\"0 percent\"") == "!a share lies between 0 and 100");
  CHECK(rewritten<FileOrPercent>("\"100 percent\"") == "!a share lies between 0 and 100");
  CHECK(rewritten<FileOrPercent>("5") == "!");
}

TEST_CASE("a data file is one path, or two that belong together") {
  CHECK(rewritten<DataFile>("\"a.tsv\"") == "\"/base/a.tsv\"");
  CHECK(rewritten<DataFile>(R"({"target": "a.de", "source": "/x/a.en"})") ==
        R"({"source": "/x/a.en", "target": "/base/a.de"})");
  CHECK(rewritten<FileOrPercent>(R"({"source": "a.en", "target": "a.de"})") ==
        R"({"source": "/base/a.en", "target": "/base/a.de"})");
  const std::string advice = R"(!write {"source": "a.en", "target": "a.de"})";
  for (const char* text : {R"({"source": "a.en"})", R"({"source": "a.en", "target": 1})",
                           R"({"source": "a", "target": "b", "x": "c"})", "{}"}) {
    CAPTURE(text);
    CHECK(rewritten<DataFile>(text) == advice);
  }
  CHECK(rewritten<DataFile>(R"({"source": "a.en", "target": ""})") == "!a path cannot be empty");
  CHECK(rewritten<DataFile>("3") == "!");
}

TEST_CASE("a path or an object that says what to do instead") {
  CHECK(rewritten<PathOrObject>("\"t\"") == "\"/base/t\"");
  CHECK(rewritten<PathOrObject>(R"({"train": "unigram"})") == R"({"train": "unigram"})");
  CHECK(rewritten<PathOrObject>("\"\"") == "!a path cannot be empty");
  CHECK(rewritten<PathOrObject>(R"({"path": "t"})") == "\"/base/t\"");
  CHECK(rewritten<PathOrObject>("[]") == "!");
}

TEST_CASE("a switch may name a folder") {
  CHECK(rewritten<SwitchOrFolder>("false") == "false");
  CHECK(rewritten<SwitchOrFolder>("true") == "true");
  CHECK(rewritten<SwitchOrFolder>("\"c\"") == "\"/base/c\"");
  CHECK(rewritten<SwitchOrFolder>("\"false\"") == "!write it without quotes");
  CHECK(rewritten<SwitchOrFolder>("0") == "!");
}

}  // namespace
}  // namespace finetune::config
