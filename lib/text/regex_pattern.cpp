#include "text/regex_pattern.h"

#include "base/strings.h"
#include "text/known_patterns.h"

namespace finetune::text {

std::unique_ptr<TextPattern> read_regex(const JsonNode& node) {
  const std::string& regex = node.string();
  if (const auto known = find_known_pattern(regex)) return make_known_pattern(*known);
  node.fail(base::cat("the regular expression ", base::quote(regex), " is not supported yet"));
}

}  // namespace finetune::text
