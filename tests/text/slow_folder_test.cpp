// Equality with transformers on folders without a tokenizer.json, which slow_reference.py makes.
#include "text/slow_folder.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/json.h"
#include "base/strings.h"
#include "support/test_support.h"
#include "text/tokenizer.h"

namespace finetune::text {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

/// The folders that slow_reference.py made, or nothing where there is no Python.
const std::vector<fs::path>& reference_folders() {
  static const test::TemporaryFolder folder;
  static const std::vector<fs::path> folders = [] {
    std::vector<fs::path> found;
    const auto python = test::python();
    if (!python) return found;
    const auto shared = test::shared_data("tokenizer-sentencepiece/t5_base.model");
    const std::string data = shared ? shared->parent_path().parent_path().string() : "-";
    const std::string script = test::fixture("text/slow_reference.py").string();
    const auto result = test::run_shell(
        base::cat(test::shell_quote(python->string()), " ", test::shell_quote(script), " ",
                  test::shell_quote(folder.path().string()), " ", test::shell_quote(data)));
    INFO(result.err);
    REQUIRE(result.exit_code == 0);
    for (const auto& entry : fs::directory_iterator(folder.path())) found.push_back(entry.path());
    std::sort(found.begin(), found.end());
    return found;
  }();
  return folders;
}

json expected_of(const fs::path& folder) { return base::read_json_file(folder / "expected.json"); }

/// The document with its tables put back.
json whole_document(json root, const JsonVocabulary& tables) {
  json& model = root["model"];
  if (model["type"] == "Unigram") {
    for (size_t i = 0; i < tables.tokens.size(); ++i) {
      model["vocab"].push_back({tables.tokens[i].first, tables.scores[i]});
    }
  } else {
    for (const auto& [token, id] : tables.tokens) model["vocab"][token] = id;
    for (const auto& [left, right] : tables.merges) model["merges"].push_back({left, right});
  }
  return root;
}

/// Where two documents differ, or "".
std::string difference(const json& found, const json& expected, const std::string& path) {
  if (found == expected) return "";
  if (found.is_object() && expected.is_object()) {
    for (const auto& [key, value] : expected.items()) {
      if (!found.contains(key)) return path + "/" + key + " is missing";
      const std::string inside = difference(found[key], value, path + "/" + key);
      if (!inside.empty()) return inside;
    }
  }
  if (found.is_array() && expected.is_array() && found.size() == expected.size()) {
    for (size_t i = 0; i < found.size(); ++i) {
      const std::string inside = difference(found[i], expected[i], base::cat(path, "/", i));
      if (!inside.empty()) return inside;
    }
  }
  return base::cat(path, ": ", base::dump_json(found).substr(0, 300), " instead of ",
                   base::dump_json(expected).substr(0, 300));
}

}  // namespace

TEST_CASE("a slow folder becomes the tokenizer.json that transformers makes of it") {
  int count = 0;
  for (const fs::path& folder : reference_folders()) {
    if (fs::exists(folder / "tokenizer.json")) continue;
    TokenizerConfig config = TokenizerConfig::read(folder);
    REQUIRE(is_slow_folder(folder, config));
    JsonVocabulary tables;
    const json root = convert_slow_folder(folder, config, tables);
    const json expected = expected_of(folder).at("document");
    INFO(folder.filename().string());
    CHECK(difference(whole_document(root, tables), expected, "") == "");
    ++count;
  }
  if (!reference_folders().empty()) CHECK(count >= 30);
}

TEST_CASE("folders encode and decode as AutoTokenizer does") {
  for (const fs::path& folder : reference_folders()) {
    const auto tokenizer = load_tokenizer(folder);
    EncodeOptions options;
    options.want_offsets = true;
    Encoding found;
    const json expected = expected_of(folder);
    for (const json& item : expected.at("cases")) {
      const auto text = item.at("text").get<std::string>();
      INFO(folder.filename().string() << ": " << base::quote(text));
      tokenizer->encode(text, options, found);
      CHECK(found.ids == item.at("ids").get<std::vector<int32_t>>());
      CHECK(found.offsets == item.at("offsets").get<std::vector<std::pair<int32_t, int32_t>>>());
      EncodeOptions cut;
      cut.max_length = 6;
      Encoding shorter;
      tokenizer->encode(text, cut, shorter);
      CHECK(shorter.ids == item.at("cut").get<std::vector<int32_t>>());
      CHECK(tokenizer->decode(found.ids, false) == item.at("decoded").at(0));
      CHECK(tokenizer->decode(found.ids, true) == item.at("decoded").at(1));
    }
  }
}

}  // namespace finetune::text
