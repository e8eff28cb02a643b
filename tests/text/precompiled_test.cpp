#include "text/precompiled.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/json.h"
#include "base/strings.h"
#include "support/test_support.h"
#include "text/base64.h"

namespace finetune::text {
namespace {

using nlohmann::json;

std::string little_endian(uint32_t value) {
  std::string bytes;
  for (int shift = 0; shift < 32; shift += 8) bytes.push_back(static_cast<char>(value >> shift));
  return bytes;
}

/// A map with one rule, 'a' to "X", on units that the test may spoil.
struct OneRule {
  std::vector<uint32_t> units = std::vector<uint32_t>(512, 0x800000FF);
  std::string replacements{"X\0", 2};

  OneRule() {
    units[0] = 256 << 10;  // the root's children begin at 256
    units[256 ^ 'a'] = ((256 ^ 'a') ^ 300) << 10 | 1 << 8 | 'a';  // a leaf at 300
    units[300] = 1u << 31;
  }
  std::string bytes() const {
    std::string all = little_endian(static_cast<uint32_t>(4 * units.size()));
    for (const uint32_t unit : units) all += little_endian(unit);
    return all + replacements;
  }
};

std::string error_of(const std::string& bytes) {
  try {
    PrecompiledMap::parse(bytes);
  } catch (const CheckpointError& error) {
    return error.report();
  }
  return "no error";
}

}  // namespace

TEST_CASE("normalised text and origins equal those of tokenizers") {
  const auto python = test::python();
  if (!python) return;
  const test::TemporaryFolder folder;
  const auto out = folder.path() / "cases.json";
  const std::string script = test::fixture("text/precompiled_reference.py").string();
  const auto result =
      test::run_shell(base::cat(test::shell_quote(python->string()), " ", test::shell_quote(script),
                                " ", test::shell_quote(out.string()), " -"));
  INFO(result.err);
  REQUIRE(result.exit_code == 0);
  const json reference = base::read_json_file(out);
  CHECK(reference.size() == 3);
  for (const json& part : reference) {
    const auto bytes = decode_base64(part.at("charsmap").get<std::string>());
    REQUIRE(bytes.has_value());
    const PrecompiledNormalizer normalizer(PrecompiledMap::parse(*bytes));
    for (const json& item : part.at("cases")) {
      const auto text = item.at(0).get<std::string>();
      INFO(base::quote(text));
      AlignedText aligned(text, 0);
      normalizer.normalize(aligned);
      CHECK(aligned.utf8() == item.at(1));
      std::string plain;
      normalizer.normalize(text, plain);
      CHECK(plain == item.at(1));
      if (item.at(2).is_null()) continue;
      std::vector<CharRange> origins;
      for (size_t i = 0; i < aligned.size(); ++i) origins.push_back(aligned.origin(i));
      CHECK(origins == item.at(2).get<std::vector<CharRange>>());
    }
  }
}

TEST_CASE("the shortest and the longest rule are found") {
  const PrecompiledMap map = PrecompiledMap::parse(OneRule().bytes());
  REQUIRE(map.shortest("ab").has_value());
  CHECK(map.shortest("ab")->replacement == "X");
  CHECK(map.longest("ab")->length == 1);
  CHECK_FALSE(map.shortest("b").has_value());
  CHECK_FALSE(map.shortest("").has_value());
  CHECK(map.is_untouched('b'));
  CHECK_FALSE(map.is_untouched('a'));
}

TEST_CASE("hostile tables of rewrite rules are refused") {
  const std::string whole = OneRule().bytes();
  CHECK(error_of(whole) == "no error");
  for (size_t size = 0; size + 2 < whole.size(); size += 7) {
    INFO(size);
    CHECK(error_of(whole.substr(0, size)) != "no error");
  }
  OneRule outside;
  outside.units[0] = 512 << 10;
  CHECK_THAT(error_of(outside.bytes()), Catch::Contains("leads out"));
  OneRule circle;
  circle.units[256 ^ 'a'] = ((256 ^ 'a') ^ 256) << 10 | 'a';
  CHECK_THAT(error_of(circle.bytes()), Catch::Contains("leads back"));
  OneRule nowhere;
  nowhere.units[300] = 1u << 31 | 2;
  CHECK_THAT(error_of(nowhere.bytes()), Catch::Contains("no replacement"));
  OneRule broken;
  broken.replacements = "\xFF";
  CHECK_THAT(error_of(broken.bytes()), Catch::Contains("not UTF-8"));
}

TEST_CASE("a Precompiled section that is no base64 is refused with its path") {
  const json section = {{"type", "Precompiled"}, {"precompiled_charsmap", "!"}};
  CHECK_THROWS_WITH(read_precompiled(JsonNode(section)), Catch::Contains("precompiled_charsmap"));
}

}  // namespace finetune::text
