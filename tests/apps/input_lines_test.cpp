#include "input_lines.h"

#include <unistd.h>

#include <array>
#include <catch2/catch.hpp>
#include <vector>

#include "base/error.h"
#include "support/standard_stream.h"
#include "support/test_support.h"

using namespace finetune;
using Strings = std::vector<std::string>;
using Batches = std::vector<Strings>;

namespace {

Batches batches_of(size_t max_lines) {
  Batches batches;
  apps::for_each_line_batch(max_lines, [&](std::span<const std::string> lines) {
    batches.emplace_back(lines.begin(), lines.end());
  });
  return batches;
}

/// The batches of a standard input that holds `text`.
Batches batches_of(const std::string& text, size_t max_lines) {
  const test::TemporaryFolder folder;
  test::write_file(folder.path() / "input", text);
  const test::StandardStream input(STDIN_FILENO, folder.path() / "input");
  return batches_of(max_lines);
}

Strings lines_of(const std::string& text) {
  Strings lines;
  for (const Strings& batch : batches_of(text, 1000)) {
    lines.insert(lines.end(), batch.begin(), batch.end());
  }
  return lines;
}

}  // namespace

TEST_CASE("lines end in LF or CR LF, the last one needs no end") {
  CHECK(lines_of("") == Strings{});
  CHECK(lines_of("a\n") == Strings{"a"});
  CHECK(lines_of("a") == Strings{"a"});
  CHECK(lines_of("a\r\nb\r\n\r\nc\rd\n") == Strings{"a", "b", "", "c\rd"});
  CHECK(lines_of("\n\n") == Strings{"", ""});
  CHECK(lines_of("a\nb\r") == Strings{"a", "b"});
  CHECK(lines_of(std::string("a\0b\n", 4)) == Strings{std::string("a\0b", 3)});
}

TEST_CASE("a file comes in full batches and a rest") {
  CHECK(batches_of("1\n2\n3\n4\n5\n", 2) == Batches{{"1", "2"}, {"3", "4"}, {"5"}});
  CHECK(batches_of("1\n2\n", 2) == Batches{{"1", "2"}});
}

TEST_CASE("lines longer than any buffer come whole") {
  const std::string a(200'000, 'a');
  const std::string b(65'536, 'b');
  CHECK(lines_of(a + "\n" + b + "\nc") == Strings{a, b, "c"});
}

TEST_CASE("a line of more than 64 MiB is an error that names it") {
  const std::string text = "short\n" + std::string((size_t{64} << 20) + 1, 'x');
  std::string message;
  try {
    lines_of(text);
  } catch (const DataError& error) {
    message = error.report();
  }
  CHECK_THAT(message, Catch::Matchers::Contains("line 2") && Catch::Matchers::Contains("64 MiB"));
}

TEST_CASE("whoever types gets an answer to each line") {
  std::array<int, 2> ends{};
  REQUIRE(pipe(ends.data()) == 0);
  const auto type = [&](const std::string& text) {
    REQUIRE(write(ends[1], text.data(), text.size()) == static_cast<ssize_t>(text.size()));
  };
  const test::StandardStream input(STDIN_FILENO, ends[0]);
  Batches batches;
  type("first\nsec");
  apps::for_each_line_batch(64, [&](std::span<const std::string> lines) {
    batches.emplace_back(lines.begin(), lines.end());
    if (batches.size() == 1) type("ond\n");  // only after the first answer
    if (batches.size() == 2) close(ends[1]);
  });
  CHECK(batches == Batches{{"first"}, {"second"}});
}

TEST_CASE("an input that cannot be read is an error") {
  const test::TemporaryFolder folder;
  const test::StandardStream input(STDIN_FILENO, folder.path());
  CHECK_THROWS_AS(batches_of(64), IoError);
}
