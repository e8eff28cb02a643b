#include "text/template_json.h"

#include <nlohmann/json.hpp>

namespace finetune::text {
namespace {

using nlohmann::json;

json steps_json(const std::vector<TemplateStep>& steps) {
  json list = json::array();
  for (const TemplateStep& step : steps) {
    list.push_back({{step.is_text ? "Sequence" : "SpecialToken",
                     {{"id", step.id}, {"type_id", step.type_id}}}});
  }
  return list;
}

}  // namespace

json make_template(const std::vector<TemplateStep>& single, const std::vector<TemplateStep>& pair,
                   const std::vector<std::pair<std::string, int32_t>>& specials) {
  json tokens = json::object();
  for (const auto& [content, id] : specials) {
    tokens[content] = {
        {"id", content}, {"ids", json::array({id})}, {"tokens", json::array({content})}};
  }
  return {{"type", "TemplateProcessing"},
          {"single", steps_json(single)},
          {"pair", steps_json(pair)},
          {"special_tokens", tokens}};
}

}  // namespace finetune::text
