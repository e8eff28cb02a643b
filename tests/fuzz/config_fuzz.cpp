// A config file, then overrides, each behind a zero byte. What is accepted is written, and read
// again it is the same.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "../config/sample.h"
#include "claims.h"
#include "config/writer.h"

using namespace finetune;

namespace {

std::string rendered(std::string_view text, std::vector<std::string> overrides) {
  test::Sample sample = test::read_sample(text, std::move(overrides));
  return config::to_line(config::write(test::fields_of(sample)));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  std::vector<std::string> parts;
  for (size_t end = 0; end != std::string_view::npos;) {
    end = rest.find('\0');
    parts.emplace_back(rest.substr(0, end));
    if (end != std::string_view::npos) rest.remove_prefix(end + 1);
  }
  const std::string text = parts.front();
  parts.erase(parts.begin());
  std::string first;
  if (!fuzz::accepts([&] { first = rendered(text, parts); })) return 0;
  fuzz::require(rendered(first, {}) == first, "what was written reads as the same");
  return 0;
}
