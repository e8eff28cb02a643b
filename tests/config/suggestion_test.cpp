#include "config/suggestion.h"

#include <catch2/catch.hpp>

#include "sample.h"

namespace finetune::config {
namespace {

std::string remark(const std::string& section, const std::string& key, const JsonValue& value,
                   const Translator& translator = {}) {
  return remark_on({section, key, value}, test::sample_keys(), translator);
}

TEST_CASE("a typing error gets the line with the nearest key") {
  CHECK(remark("training", "batch_siz", json_number("8")) ==
        "unknown key; did you mean \"batch_size\": 8?");
  CHECK(remark("", "is_lout", json_boolean(true)) ==
        "unknown key; did you mean \"is_loud\": true?");
}

TEST_CASE("a key in the wrong section gets the line with the right one") {
  CHECK(remark("", "batch_size", json_number("8")) ==
        "unknown key; did you mean \"training\": {\"batch_size\": 8}?");
  CHECK(remark("training", "is_loud", json_boolean(true)) ==
        "unknown key; did you mean \"is_loud\": true at the top?");
  CHECK(remark("", "batch_sizes", json_number("8")) ==
        "unknown key; did you mean \"training\": {\"batch_size\": 8}?");
}

TEST_CASE("a suggested number loses the quotes that were wrong as well") {
  CHECK(remark("training", "learning_rat", json_string("1e-4")) ==
        "unknown key; did you mean \"learning_rate\": 1e-4?");
  CHECK(remark("training", "mod", json_string("5")) ==
        "unknown key; did you mean \"mode\": \"5\"?");
}

TEST_CASE("what resembles nothing gets the keys of its section") {
  CHECK(remark("", "patiense", json_object()).find("the keys at the top are") != std::string::npos);
  CHECK(remark("stopping", "zzz", json_number("8")) == "unknown key; the keys here are patience");
  CHECK(
      remark("", "zzzzzz", json_number("8")) ==
      "unknown key; the keys at the top are output_dir, is_loud, names, model, training, stopping");
}

TEST_CASE("an override is suggested as an override, an unknown value not at all") {
  JsonValue value = json_number("8");
  value.raw = "8";
  value.position.override_index = 0;
  CHECK(remark("training", "batch_siz", value) ==
        "unknown key; did you mean training.batch_size=8?");
  value.kind = JsonKind::kInvalid;
  CHECK(remark("training", "batch_siz", value) == "unknown key; did you mean training.batch_size?");
}

TEST_CASE("keys of a misspelt section on the command line are suggested one by one") {
  JsonValue inner = json_string("fast");
  inner.raw = "fast";
  JsonValue section = json_object({{"mode", inner}});
  section.position.override_index = 0;
  CHECK(remark("", "trainin", section) == "unknown key; did you mean training.mode=fast?");
  add_member(section, "every", inner);
  CHECK(remark("", "trainin", section) == "unknown key; did you mean training?");
  section.raw = "{}";
  CHECK(remark("", "trainin", section).find("did you mean training={}?") != std::string::npos);
}

TEST_CASE("long values and those that would act on a terminal are not repeated") {
  CHECK(remark("training", "mod", json_string(std::string(100, 'x'))) ==
        "unknown key; did you mean \"mode\": ...?");
  CHECK(remark("training", "mod", json_string("\xe2\x80\xae")) ==
        "unknown key; did you mean \"mode\": ...?");
}

TEST_CASE("keys of other programs are translated, or explained where there is none") {
  const Translator translator = [](const UnknownKey& unknown) -> std::optional<Translation> {
    if (unknown.key == "pace") return Translation{"training.every", json_string("1 epochs"), ""};
    if (unknown.key == "lr") return Translation{"training.learning_rate", {}, "(a note)"};
    if (unknown.key == "gone") return Translation{"", {}, "leave it out"};
    return {};
  };
  CHECK(remark("", "pace", json_string("epoch"), translator) ==
        "unknown key; did you mean \"training\": {\"every\": \"1 epochs\"}?");
  CHECK(remark("training", "lr", json_number("1"), translator) ==
        "unknown key; did you mean \"learning_rate\": 1? (a note)");
  CHECK(remark("", "gone", json_number("1"), translator) == "unknown key; leave it out");
  CHECK(remark("", "is_lout", json_number("1"), translator) ==
        "unknown key; did you mean \"is_loud\": 1?");
}

TEST_CASE("a key that another type of the section has is told from a typing error") {
  CHECK(remark("training", "mode", json_string("fast")) ==
        "it belongs to another \"type\" of training: leave it out");
}

}  // namespace
}  // namespace finetune::config
