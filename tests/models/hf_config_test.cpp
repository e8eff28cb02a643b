#include "models/hf_config.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "base/error.h"

namespace finetune::models {
namespace {

using nlohmann::json;

std::string problems_of(const HfConfig& reader) {
  try {
    reader.check();
  } catch (const CheckpointError& error) {
    return error.what();
  }
  return "";
}

TEST_CASE("present keys are read and absent ones have their fallback") {
  const json config = {{"layers", 3}, {"eps", 1e-5}, {"act", "relu"}, {"drop", nullptr}};
  HfConfig reader(config);
  CHECK(reader.integer("layers", 12, {1, 100}) == 3);
  CHECK(reader.integer("heads", 12, {1, 100}) == 12);
  CHECK(reader.number("eps", 1e-12, {0.0, 1.0}) == 1e-5);
  CHECK(reader.choice("act", "gelu", {"gelu", "relu"}) == "relu");
  CHECK_FALSE(reader.optional_number("drop", {0.0, 1.0}).has_value());
  reader.require_off("is_decoder");
  CHECK(problems_of(reader).empty());
}

TEST_CASE("values of a wrong type or out of range are named with key, value and range") {
  const json bad_integers = {json(0),   json(1000000000), json(2.5),
                             json("3"), json(nullptr),    json(true),
                             json(-1),  json(UINT64_MAX), json::array()};
  for (const json& value : bad_integers) {
    const json config = {{"layers", value}};
    HfConfig reader(config);
    reader.integer("layers", 12, {1, 1024});
    INFO(value.dump());
    CHECK_THAT(problems_of(reader), Catch::Contains("'layers' is") &&
                                        Catch::Contains("expected an integer from 1 to 1024"));
  }
  for (const json& value : {json(-0.1), json(1.0), json("0.1"), json(false), json(nullptr)}) {
    const json config = {{"dropout", value}};
    HfConfig reader(config);
    reader.number("dropout", 0.1, {0.0, 1.0});
    INFO(value.dump());
    CHECK_THAT(problems_of(reader), Catch::Contains("'dropout' is"));
  }
}

TEST_CASE("all problems of a config are reported together") {
  const json config = {{"layers", 0}, {"act", "swish"}, {"is_decoder", true}};
  HfConfig reader(config);
  reader.integer("layers", 12, {1, 100});
  reader.choice("act", "gelu", {"gelu", "relu"});
  reader.require_off("is_decoder");
  reader.add_problem("sizes do not fit");
  CHECK_THAT(problems_of(reader),
             Catch::Contains("'layers' is") && Catch::Contains("supported is gelu, relu") &&
                 Catch::Contains("'is_decoder' is 'true'") && Catch::Contains("sizes do not fit"));
}

TEST_CASE("a feature counts as off when it is false, null, zero or empty") {
  const json config = {
      {"a", false}, {"b", nullptr}, {"c", json::object()}, {"d", 0}, {"e", json::array()}};
  HfConfig reader(config);
  for (const auto& item : config.items()) reader.require_off(item.key());
  CHECK(problems_of(reader).empty());
}

TEST_CASE("booleans are read as such, and nothing else as a boolean") {
  const json config = {{"on", true}, {"one", 1}, {"text", "true"}, {"none", nullptr}};
  HfConfig reader(config);
  CHECK(reader.boolean("on", false));
  CHECK(reader.boolean("absent", true));
  CHECK_NOTHROW(reader.check());
  for (const char* key : {"one", "text", "none"}) {
    HfConfig strict(config);
    strict.boolean(key, false);
    CHECK_THAT(problems_of(strict), Catch::Contains(std::string("'") + key + "' is") &&
                                        Catch::Contains("expected true or false"));
  }
}

TEST_CASE("a config that is no object is refused") {
  const json config = json::array({1});
  CHECK_THROWS_AS(HfConfig(config), CheckpointError);
}

TEST_CASE("keys that name code are removed from an export") {
  json config = {{"auto_map", {{"AutoModel", "x.y"}}}, {"hidden_size", 4}};
  remove_code_keys(config);
  CHECK(config == json{{"hidden_size", 4}});
}

TEST_CASE("labels of the source are kept where their number fits and replaced elsewhere") {
  json config = {{"id2label", {{"0", "no"}, {"1", "yes"}}}, {"label2id", {{"no", 0}, {"yes", 1}}}};
  fit_labels(config, 2);
  CHECK(config["id2label"]["1"] == "yes");
  CHECK(config["num_labels"] == 2);
  fit_labels(config, 3);
  CHECK(config["id2label"] == json{{"0", "LABEL_0"}, {"1", "LABEL_1"}, {"2", "LABEL_2"}});
  CHECK(config["label2id"]["LABEL_2"] == 2);
}

TEST_CASE("an export says twice that its weights are fp32, whatever the source said") {
  json config = {{"torch_dtype", "bfloat16"}};
  note_fp32(config);
  CHECK(config == json{{"dtype", "float32"}, {"torch_dtype", "float32"}});
}

TEST_CASE("weights beyond the memory of the machine are refused before they are allocated") {
  CHECK_NOTHROW(check_fits_in_memory(1e6));
  CHECK_THROWS_AS(check_fits_in_memory(1e15), CheckpointError);
}

}  // namespace
}  // namespace finetune::models
