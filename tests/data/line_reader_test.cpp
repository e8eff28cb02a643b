#include "data/line_reader.h"

#include <algorithm>

#include "data_files.h"

namespace {

using namespace finetune;

/// Gives `text` in pieces of `step` bytes.
class Pieces final : public data::ByteSource {
 public:
  Pieces(std::string text, size_t step) : text_(std::move(text)), step_(step) {}
  size_t read(std::span<char> buffer) override {
    const size_t count = std::min({step_, buffer.size(), text_.size() - at_});
    std::copy_n(text_.begin() + static_cast<std::ptrdiff_t>(at_), count, buffer.begin());
    at_ += count;
    return count;
  }

 private:
  std::string text_;
  size_t step_;
  size_t at_ = 0;
};

/// A line that never ends.
class Endless final : public data::ByteSource {
 public:
  size_t read(std::span<char> buffer) override {
    std::fill(buffer.begin(), buffer.end(), '\0');
    num_read += buffer.size();
    return buffer.size();
  }
  size_t num_read = 0;
};

}  // namespace

TEST_CASE("Lines come whole with number and offset, however the bytes arrive") {
  for (const size_t step : {1U, 2U, 3U, 7U, 1000U}) {
    data::LineReader lines(std::make_unique<Pieces>("one\r\n\ntwo\rx\n\xEF\xBB\xBFlast", step),
                           100);
    data::Line line;
    std::vector<std::string> seen;
    while (lines.next(line)) {
      seen.push_back(std::to_string(line.number) + "@" + std::to_string(line.byte) + ":" +
                     std::string(line.text()));
    }
    CHECK(seen == test::Strings{"1@0:one", "2@5:", "3@6:two\rx", "4@12:\xEF\xBB\xBFlast"});
  }
}

TEST_CASE("A byte-order mark at the very start is dropped") {
  for (const size_t step : {1U, 3U, 100U}) {
    data::LineReader lines(std::make_unique<Pieces>("\xEF\xBB\xBFhead\nrow\n", step), 100);
    data::Line line;
    REQUIRE(lines.next(line));
    CHECK(line.text() == "head");
    CHECK(line.byte == 3);
    REQUIRE(lines.next(line));
    CHECK(line.byte == 8);
    CHECK_FALSE(lines.next(line));
  }
}

TEST_CASE("A line longer than the limit is cut, and reading goes on behind it") {
  const std::string text = "12345\n" + std::string(1'000'000, 'x') + "\n1234\n123456";
  data::LineReader lines(std::make_unique<Pieces>(text, 4096), 6);
  data::Line line;
  REQUIRE(lines.next(line));
  CHECK_FALSE(line.is_too_long);
  REQUIRE(lines.next(line));
  CHECK(line.is_too_long);
  CHECK(line.bytes == "xxxxxx");
  REQUIRE(lines.next(line));
  CHECK(line.text() == "1234");
  CHECK(line.number == 3);
  CHECK(line.byte == 1'000'007);
  REQUIRE(lines.next(line));
  CHECK_FALSE(line.is_too_long);  // exactly the limit, no line end
  CHECK_FALSE(lines.next(line));
}

TEST_CASE("An endless line is reported after the limit, not read on") {
  auto source = std::make_unique<Endless>();
  const Endless& endless = *source;
  data::LineReader lines(std::move(source), 1 << 20);
  data::Line line;
  REQUIRE(lines.next(line));
  CHECK(line.is_too_long);
  CHECK(endless.num_read < 4U << 20U);
}
