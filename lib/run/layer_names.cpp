#include "run/layer_names.h"

#include <algorithm>
#include <cstdint>
#include <map>

#include "base/strings.h"

namespace finetune::run {

namespace {

std::string pattern_of(const std::string& name) {
  std::vector<std::string> parts = base::split(name, '.');
  std::ranges::replace_if(
      parts, [](const std::string& part) { return base::parse_int64(part).has_value(); },
      std::string("*"));
  return base::join(parts, ".");
}

}  // namespace

std::vector<std::string> collapse_layers(std::span<const std::string> names) {
  std::map<std::string, int64_t> left;  // names of each pattern that nothing stands for yet
  for (const std::string& name : names) ++left[pattern_of(name)];
  std::vector<std::string> collapsed;
  for (const std::string& name : names) {
    const std::string pattern = pattern_of(name);
    int64_t& count = left[pattern];
    if (count > 0) collapsed.push_back(count == 1 ? name : pattern);
    count = 0;
  }
  return collapsed;
}

}  // namespace finetune::run
