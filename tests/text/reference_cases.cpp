#include "reference_cases.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cstring>
#include <stdexcept>

#include "base/files.h"
#include "base/strings.h"
#include "text/tokenizer.h"

namespace finetune::text {
namespace {

namespace fs = std::filesystem;

/// Reads the records that reference.py writes.
class CaseReader {
 public:
  explicit CaseReader(std::string_view bytes) : bytes_(bytes) {}

  bool at_end() const { return bytes_.empty(); }
  template <class T>
  T take() {
    T value;
    std::memcpy(&value, take_bytes(sizeof(T)).data(), sizeof(T));
    return value;
  }
  std::string_view take_bytes(size_t size) {
    if (size > bytes_.size()) throw std::runtime_error("the case file is cut short");
    const std::string_view taken = bytes_.substr(0, size);
    bytes_.remove_prefix(size);
    return taken;
  }
  std::vector<int32_t> take_numbers(size_t count) {
    std::vector<int32_t> numbers(count);
    const std::string_view taken = take_bytes(count * sizeof(int32_t));
    if (count > 0) std::memcpy(numbers.data(), taken.data(), taken.size());
    return numbers;
  }
  std::optional<std::string_view> take_text() {
    const auto size = take<int32_t>();
    if (size < 0) return std::nullopt;
    return take_bytes(static_cast<size_t>(size));
  }

 private:
  std::string_view bytes_;
};

struct Case {
  EncodeOptions options;
  std::string_view first;
  std::optional<std::string_view> second;
  std::vector<int32_t> ids, type_ids, offsets, special_mask;
  std::optional<std::string_view> decoded, decoded_without_specials;
};

Case read_case(CaseReader& reader) {
  Case c;
  c.options.max_length = reader.take<int32_t>();
  c.options.add_special_tokens = reader.take<uint8_t>() != 0;
  c.options.want_offsets = true;
  c.first = reader.take_text().value();
  c.second = reader.take_text();
  const auto count = static_cast<size_t>(reader.take<int32_t>());
  c.ids = reader.take_numbers(count);
  c.type_ids = reader.take_numbers(count);
  c.offsets = reader.take_numbers(2 * count);
  c.special_mask = reader.take_numbers(count);
  if (reader.take<uint8_t>() != 0) {
    c.decoded = reader.take_text();
    c.decoded_without_specials = reader.take_text();
  }
  return c;
}

void encode(const Tokenizer& tokenizer, const Case& c, const EncodeOptions& options,
            Encoding& out) {
  if (c.second) {
    tokenizer.encode_pair(c.first, *c.second, options, out);
  } else {
    tokenizer.encode(c.first, options, out);
  }
}

/// What differs, or "".
std::string difference(const Tokenizer& tokenizer, const Case& c, Encoding& out) {
  EncodeOptions ids_only = c.options;
  ids_only.want_offsets = false;
  encode(tokenizer, c, ids_only, out);
  if (out.ids != c.ids) return "ids without offsets";
  encode(tokenizer, c, c.options, out);
  if (out.ids != c.ids) return "ids";
  if (out.type_ids != c.type_ids) return "type ids";
  const bool same_mask = std::equal(out.special_mask.begin(), out.special_mask.end(),
                                    c.special_mask.begin(), c.special_mask.end());
  if (!same_mask) return "special mask";
  for (size_t i = 0; i < out.ids.size(); ++i) {
    if (out.offsets[i] != std::pair(c.offsets[2 * i], c.offsets[2 * i + 1])) {
      return base::cat("offsets of token ", i, ": ", out.offsets[i].first, "-",
                       out.offsets[i].second);
    }
  }
  if (c.decoded && tokenizer.decode(c.ids, false) != *c.decoded) return "decoded text";
  if (c.decoded && tokenizer.decode(c.ids, true) != *c.decoded_without_specials) {
    return "decoded text without specials";
  }
  return "";
}

}  // namespace

void compare_with_reference(const fs::path& cases_file) {
  const auto tokenizer = load_tokenizer(fs::path(cases_file).replace_extension(".json"));
  const base::MappedFile file(cases_file);
  CaseReader reader(file.text());
  Encoding out;
  int num_different = 0;
  std::string report;
  int64_t num_cases = 0;
  while (!reader.at_end()) {
    const Case c = read_case(reader);
    ++num_cases;
    const std::string what = difference(*tokenizer, c, out);
    if (what.empty() || ++num_different > 5) continue;
    report += base::cat("\n", what, ": ", base::quote(c.first, 400), " ",
                        base::quote(c.second.value_or("(no second text)"), 400), " max_length ",
                        c.options.max_length);
  }
  INFO(cases_file.stem().string() << ": " << num_different << " of " << num_cases << " differ"
                                  << report);
  CHECK(num_cases > 1000);
  CHECK(num_different == 0);
}

}  // namespace finetune::text
