#include "models/special_ids.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "models/models_test_support.h"
#include "support/standard_stream.h"
#include "support/test_support.h"

namespace finetune::models {
namespace {

using nlohmann::json;

SpecialIds read(const json& config, const SpecialIds& defaults = {}) {
  HfConfig reader(config);
  SpecialIds ids = read_special_ids(reader, 30, defaults);
  reader.check();
  return ids;
}

std::string error_with(const std::string& key, const json& value) {
  return test::error_of<CheckpointError>([&] { read({{key, value}}); });
}

TEST_CASE("special ids are read, one or several ends, and null is none") {
  SpecialIds defaults;
  defaults.bos = 5;
  defaults.pad = 6;
  defaults.eos = {7};
  const SpecialIds ids =
      read({{"pad_token_id", nullptr},
            {"eos_token_id", {1, 2}},
            {"decoder_start_token_id", 3},
            {"forced_bos_token_id", 4},
            {"forced_eos_token_id", 2},
            {"bad_words_ids", json::array({json::array({8}), json::array({9, 10})})}},
           defaults);
  CHECK(ids.bos == 5);
  CHECK_FALSE(ids.pad);
  CHECK(ids.eos == std::vector<int64_t>{1, 2});
  CHECK(ids.decoder_start == 3);
  CHECK(ids.forced_bos == 4);
  CHECK(ids.forced_eos == 2);
  CHECK(ids.bad_words == std::vector<std::vector<int64_t>>{{8}, {9, 10}});
  CHECK(read(json::object(), defaults).eos == std::vector<int64_t>{7});
  CHECK(read({{"eos_token_id", 29}}).eos == std::vector<int64_t>{29});
  CHECK(read({{"eos_token_id", nullptr}}, defaults).eos.empty());
}

TEST_CASE("an end, a beginning or a padding beyond the vocabulary stands in no text") {
  const SpecialIds ids =
      read({{"bos_token_id", 50256}, {"eos_token_id", {50256, 3}}, {"pad_token_id", 30}});
  CHECK_FALSE(ids.bos);
  CHECK_FALSE(ids.pad);
  CHECK(ids.eos == std::vector<int64_t>{3});
}

TEST_CASE("ids beyond the vocabulary are named with their file, a decoder's own too") {
  const test::TemporaryFolder folder;
  test::write_file(folder.path() / "stderr", "");
  {
    const test::StandardStream errors(STDERR_FILENO, folder.path() / "stderr");
    warn_of_unknown_ids({{"bos_token_id", 29},
                         {"eos_token_id", {50256, 3}},
                         {"pad_token_id", nullptr},
                         {"decoder", {{"bos_token_id", 30}}}},
                        30, "config.json");
  }
  const std::string warnings = test::read_file(folder.path() / "stderr");
  CHECK_THAT(warnings, Catch::Contains("config.json: eos_token_id 50256 is beyond") &&
                           Catch::Contains("config.json: decoder: bos_token_id 30 is beyond"));
  CHECK(std::count(warnings.begin(), warnings.end(), '\n') == 2);
}

TEST_CASE("ids that a decoder must write are refused beyond the vocabulary") {
  for (const char* key : {"decoder_start_token_id", "forced_bos_token_id", "forced_eos_token_id"}) {
    for (const json& value : {json(30), json(-1), json("a"), json(1.5)}) {
      CHECK_THAT(error_with(key, value), Catch::Contains(std::string("'") + key + "' is"));
    }
  }
  for (const json& value :
       {json(-1), json("a"), json::array({1, "b"}), json::array({json::array({1})})}) {
    CHECK_THAT(error_with("eos_token_id", value), Catch::Contains("'eos_token_id' is"));
  }
  for (const json& value :
       {json(3), json::array({3}), json::array({json::array({30})}), json("a")}) {
    CHECK_THAT(error_with("bad_words_ids", value), Catch::Contains("'bad_words_ids' is"));
  }
}

TEST_CASE("a target needs an id to begin with") {
  const json config = json::object();
  HfConfig reader(config);
  require_decoder_start(reader, read_special_ids(reader, 30));
  CHECK_THAT(test::error_of<CheckpointError>([&] { reader.check(); }),
             Catch::Contains("'decoder_start_token_id' is missing"));
}

TEST_CASE("what is written is read again") {
  const json config = {{"bos_token_id", 1},
                       {"eos_token_id", {2, 3}},
                       {"pad_token_id", 0},
                       {"decoder_start_token_id", 4}};
  json written = json::object();
  export_special_ids(written, read(config));
  CHECK(written == config);
  written = json::object();
  export_special_ids(written, read({{"eos_token_id", 2}}));
  CHECK(written == json{{"eos_token_id", 2}});
}

}  // namespace
}  // namespace finetune::models
