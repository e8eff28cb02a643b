#include "run/predictions.h"

#include <nlohmann/json.hpp>

#include "base/json.h"

namespace finetune::run {

using nlohmann::json;

void meet_examples(tasks::Answers& answers, const DataText& text) {
  if (!answers.needs_examples() || text.path == "-") return;
  data::visit_examples(
      text.path, text.read, text.dataset,
      [&](int64_t row, const data::Example& example) { answers.meet(row, example); });
}

std::string predictions_jsonl(const DataText& text, const tasks::Answers& answers) {
  std::string lines;
  const auto add = [&](int64_t row, const data::Example* example) {
    json line = {{"line", text.dataset.source_line(row)}};
    if (example != nullptr) {
      line["text"] = example->text;
      if (!example->text_pair.empty()) line["text_pair"] = example->text_pair;
      const json expected = answers.expected_json(*example);
      if (!expected.is_null()) line["target"] = expected;
    }
    line.update(answers.to_json(row));
    lines += base::dump_json(line) + "\n";
  };
  if (text.path == "-") {
    for (int64_t row = 0; row < text.dataset.size(); ++row) add(row, nullptr);
  } else {
    data::visit_examples(text.path, text.read, text.dataset,
                         [&](int64_t row, const data::Example& example) { add(row, &example); });
  }
  return lines;
}

}  // namespace finetune::run
