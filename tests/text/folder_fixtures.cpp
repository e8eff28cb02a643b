#include "folder_fixtures.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "base/json.h"

namespace finetune::text {
namespace {

using nlohmann::json;

const json& expected() {
  static const json value = base::read_json_file(test::fixture("text/fixtures/expected.json"));
  return value.at("folders");
}

}  // namespace

std::vector<ExpectedCase> expected_cases(const std::string& name) {
  std::vector<ExpectedCase> cases;
  for (const json& item : expected().at(name)) {
    ExpectedCase c;
    c.text = item.at("text");
    c.has_pair = item.contains("pair");
    c.pair = item.value("pair", "");
    c.options.max_length = item.value("max_length", 0);
    c.options.want_offsets = true;
    c.encoding.ids = item.at("ids").get<std::vector<int32_t>>();
    c.encoding.type_ids = item.at("type_ids").get<std::vector<int32_t>>();
    c.encoding.offsets = item.at("offsets").get<std::vector<std::pair<int32_t, int32_t>>>();
    c.decoded = item.at("decoded").at(0);
    c.decoded_without_specials = item.at("decoded").at(1);
    cases.push_back(c);
  }
  return cases;
}

std::vector<std::string> fixture_folders() {
  std::vector<std::string> names;
  for (const auto& [name, cases] : expected().items()) names.push_back(name);
  return names;
}

void check_cases(const Tokenizer& tokenizer, const std::string& name) {
  for (const ExpectedCase& c : expected_cases(name)) {
    INFO(name << ": '" << c.text << "' '" << c.pair << "' " << c.options.max_length);
    Encoding found;
    if (c.has_pair) {
      tokenizer.encode_pair(c.text, c.pair, c.options, found);
    } else {
      tokenizer.encode(c.text, c.options, found);
    }
    CHECK(found.ids == c.encoding.ids);
    CHECK(found.type_ids == c.encoding.type_ids);
    CHECK(found.offsets == c.encoding.offsets);
    CHECK(tokenizer.decode_uncleaned(c.encoding.ids, false) == c.decoded);
    CHECK(tokenizer.decode_uncleaned(c.encoding.ids, true) == c.decoded_without_specials);
  }
}

}  // namespace finetune::text
