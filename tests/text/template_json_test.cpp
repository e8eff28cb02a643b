#include "text/template_json.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

namespace finetune::text {

TEST_CASE("a template is written as tokenizers writes it") {
  const TemplateStep first{"A", 0, true}, second{"B", 1, true}, end{"</s>", 1};
  const auto expected = nlohmann::json::parse(R"({"type": "TemplateProcessing",
    "single": [{"Sequence": {"id": "A", "type_id": 0}}],
    "pair": [{"Sequence": {"id": "A", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 1}},
             {"SpecialToken": {"id": "</s>", "type_id": 1}}],
    "special_tokens": {"</s>": {"id": "</s>", "ids": [7], "tokens": ["</s>"]}}})");
  CHECK(make_template({first}, {first, second, end}, {{"</s>", 7}}) == expected);
}

}  // namespace finetune::text
