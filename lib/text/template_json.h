#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <utility>
#include <vector>

namespace finetune::text {

/// One step of a template as tokenizer.json spells it: "A" and "B" are the texts (`is_text`), else
/// a special token.
struct TemplateStep {
  std::string id;
  int32_t type_id = 0;
  bool is_text = false;
};

/// {"type": "TemplateProcessing", ...}; `specials` are the ids of the special tokens.
nlohmann::json make_template(const std::vector<TemplateStep>& single,
                             const std::vector<TemplateStep>& pair,
                             const std::vector<std::pair<std::string, int32_t>>& specials);

}  // namespace finetune::text
