// The first two bytes choose a format and how it is read, the rest are the bytes of a data file.
// Whatever they are, each row is an example or a bad row, and no text holds broken UTF-8.
#include <array>
#include <cstddef>
#include <cstdint>

#include "base/strings.h"
#include "claims.h"
#include "data/example_reader.h"
#include "scratch_folder.h"

using namespace finetune;

namespace {

constexpr std::array kFormats = {"tsv", "csv", "jsonl", "text"};
constexpr std::array kKinds = {data::TargetKind::kNone, data::TargetKind::kText,
                               data::TargetKind::kSingleLabel, data::TargetKind::kMultiLabel,
                               data::TargetKind::kRegression};

data::ReadOptions options_of(uint8_t format, uint8_t how) {
  data::ReadOptions options;
  options.format = kFormats[format % kFormats.size()];
  options.target_kind = kKinds[how % kKinds.size()];
  options.has_header = (how & 8) == 0;
  options.text_column = options.has_header ? "text" : "0";
  options.label_column = options.has_header ? "label" : "1";
  if ((how & 16) != 0) options.text_pair_column = options.has_header ? "pair" : "2";
  if ((how & 32) != 0) options.max_row_bytes = 64;
  options.text_unit = (how & 64) != 0 ? data::TextUnit::kParagraph : data::TextUnit::kLine;
  options.on_bad_row = data::BadRowPolicy::kQuarantine;
  options.quarantine_folder = fuzz::scratch_folder();
  if (options.format == "text") {
    options.target_kind = data::TargetKind::kNone;
    options.text_pair_column.clear();
  }
  return options;
}

void check(const data::Example& example) {
  fuzz::require(base::is_valid_utf8(example.text), "a text is UTF-8");
  fuzz::require(base::is_valid_utf8(example.text_pair), "a second text is UTF-8");
  fuzz::require(base::is_valid_utf8(example.target), "a target is UTF-8");
  fuzz::require(example.line > 0, "a row has a line");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 2) return 0;
  const data::ReadOptions options = options_of(data[0], data[1]);
  fuzz::empty_scratch();
  const std::string file =
      fuzz::write_scratch("rows", {reinterpret_cast<const char*>(data) + 2, size - 2});
  fuzz::accepts([&] {
    data::BadRows bad_rows(file, "train", options);
    data::ExampleReader reader(file, options, bad_rows);
    data::Example example;
    while (reader.next(example)) check(example);
  });
  return 0;
}
