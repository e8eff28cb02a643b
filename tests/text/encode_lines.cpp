// Answers encoding requests for pipeline_reference.py: a tokenizer.json as argument, one JSON
// object a line in ({"text", "pair", "special", "max_length", "strategy", "side", "stride"}), one
// out.
#include <iostream>
#include <nlohmann/json.hpp>
#include <string>

#include "text/tokenizer.h"

namespace {

using finetune::text::EncodeOptions;
using finetune::text::Encoding;
using nlohmann::json;

EncodeOptions read_options(const json& request) {
  using namespace finetune::text;
  EncodeOptions options;
  options.want_offsets = true;
  options.want_word_ids = true;
  options.want_overflowing = true;
  options.add_special_tokens = request.value("special", true);
  options.max_length = request.value("max_length", 0);
  options.stride = request.value("stride", 0);
  const std::string strategy = request.value("strategy", "longest_first");
  if (strategy == "only_first") options.strategy = TruncationStrategy::kOnlyFirst;
  if (strategy == "only_second") options.strategy = TruncationStrategy::kOnlySecond;
  if (request.value("side", "right") == "left") options.side = TruncationSide::kLeft;
  if (request.value("bytes", false)) options.offset_unit = OffsetUnit::kBytes;
  return options;
}

json to_json(const Encoding& encoding) {
  json windows = json::array();
  for (const Encoding& window : encoding.overflowing) windows.push_back(to_json(window));
  return {{"ids", encoding.ids},         {"types", encoding.type_ids},
          {"offsets", encoding.offsets}, {"mask", encoding.special_mask},
          {"words", encoding.word_ids},  {"overflowing", windows}};
}

json answer(const finetune::text::Tokenizer& tokenizer, const json& request) {
  const EncodeOptions options = read_options(request);
  const auto text = request.at("text").get<std::string>();
  Encoding encoding;
  if (request.contains("pair")) {
    tokenizer.encode_pair(text, request.at("pair").get<std::string>(), options, encoding);
  } else {
    tokenizer.encode(text, options, encoding);
  }
  json result = to_json(encoding);
  result["decoded"] = {tokenizer.decode(encoding.ids, false), tokenizer.decode(encoding.ids, true)};
  return result;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  try {
    const auto tokenizer = finetune::text::load_tokenizer(argv[1]);
    std::string line;
    while (std::getline(std::cin, line)) {
      try {
        std::cout << answer(*tokenizer, json::parse(line)).dump() << "\n";
      } catch (const std::exception& error) {
        std::cout << json{{"error", error.what()}}.dump() << "\n";
      }
    }
  } catch (const std::exception& error) {
    std::cout << json{{"load_error", error.what()}}.dump() << "\n";
    return 1;
  }
  return 0;
}
