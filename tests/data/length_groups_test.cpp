#include "data/length_groups.h"

#include <nlohmann/json.hpp>

#include "data_files.h"

using namespace finetune;

TEST_CASE("Grouping equals transformers' get_length_grouped_indices for the same permutation") {
  const auto cases =
      nlohmann::json::parse(test::read_file(test::fixture("data/fixtures/length_groups.json")));
  REQUIRE(cases.size() == 22);
  for (const auto& one : cases) {
    const std::vector<int64_t> lengths = one.at("lengths");
    const std::vector<int64_t> grouped = one.at("grouped");
    CAPTURE(lengths.size(), one.at("batch").get<int64_t>());
    CHECK(data::group_by_length(lengths, one.at("order"), one.at("batch")) == grouped);
  }
}

TEST_CASE("Grouping nothing gives nothing") { CHECK(data::group_by_length({}, {}, 8).empty()); }

TEST_CASE("The batch of the grouping is what one update sees") {
  const std::vector<int64_t> lengths(100, 20);
  data::SamplerOptions options;
  options.batch_size = 8;
  options.gradient_accumulation_steps = 4;
  CHECK(data::examples_per_update(lengths, options) == 32);
  options.batch_tokens = 200;
  CHECK(data::examples_per_update(lengths, options) == 40);
  options.batch_tokens = 5;
  CHECK(data::examples_per_update(lengths, options) == 4);
}
