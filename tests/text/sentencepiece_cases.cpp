#include "sentencepiece_cases.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "base/strings.h"
#include "support/test_support.h"

namespace finetune::text {
namespace {

namespace fs = std::filesystem;

std::string field(int number, const std::string& bytes) {
  return std::string(1, static_cast<char>(number * 8 + 2)) + static_cast<char>(bytes.size()) +
         bytes;
}

std::string piece(const std::string& text, float score, char kind) {
  std::string bytes = field(1, text) + "\x15";
  bytes.append(reinterpret_cast<const char*>(&score), sizeof(score));
  return field(1, bytes + "\x18" + kind);
}

}  // namespace

const fs::path& sentencepiece_reference() {
  static const test::TemporaryFolder folder;
  static const fs::path filled = [] {
    const auto python = test::python();
    if (!python) return fs::path();
    const auto shared = test::shared_data("tokenizer-sentencepiece/t5_base.model");
    const std::string data = shared ? shared->parent_path().parent_path().string() : "-";
    const std::string script = test::fixture("text/sentencepiece_reference.py").string();
    const auto result = test::run_shell(
        base::cat(test::shell_quote(python->string()), " ", test::shell_quote(script), " ",
                  test::shell_quote(folder.path().string()), " ", test::shell_quote(data)));
    INFO(result.err);
    REQUIRE(result.exit_code == 0);
    return folder.path();
  }();
  return filled;
}

void check_against(const Tokenizer& tokenizer, const nlohmann::json& cases) {
  Encoding found;
  EncodeOptions options;
  options.want_offsets = true;
  for (const nlohmann::json& item : cases) {
    const auto text = item.at("text").get<std::string>();
    INFO(base::quote(text, 400));
    tokenizer.encode(text, options, found);
    CHECK(found.ids == item.at("ids").get<std::vector<int32_t>>());
    if (item.contains("offsets")) {
      CHECK(found.offsets == item.at("offsets").get<std::vector<std::pair<int32_t, int32_t>>>());
    }
    for (size_t i = 0; i < item.at("decoded").size(); ++i) {
      CHECK(tokenizer.decode(found.ids, i == 1) == item.at("decoded").at(i));
    }
  }
}

std::string small_model() {
  return piece("<unk>", 0, 2) + piece("<s>", 0, 3) + piece("</s>", 0, 3) + piece("\u2581", -1, 1) +
         piece("a", -2, 1) +
         piece(
             "\u2581"
             "a",
             -2.5F, 1) +
         piece("b", -3, 1);
}

}  // namespace finetune::text
