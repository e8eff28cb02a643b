#include "train/train_state.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "base/error.h"

namespace finetune::train {
namespace {

TrainState sample_state() {
  TrainState state;
  state.position = {12, 1.0 / 3.0, 345, 6.7};
  state.previous_boundary = {11, 0.1, 340, 6.5};
  state.is_boundary_pending = true;
  state.epoch = 2;
  state.group_in_epoch = 3;
  state.sampler = {uint64_t{1} << 63, 16, 512, 2, true, false};
  state.epoch_parts = {{{7, 8, 0, 1, true, true}, 5}, {{7, 4, 0, 3, false, true}, 2}};
  state.extra_updates = -4;
  state.micro_batches = 24;
  state.examples = 96;
  state.window_loss = 0.1 + 0.2;
  state.window_updates = 2;
  state.total_loss = 8.25;
  state.best_metric = 0.875;
  state.best_step = 10;
  state.early_stopping = {0.875, 1};
  state.listener_state = R"({"metrics_offset":17})";
  return state;
}

std::string error_of(const std::string& text) {
  try {
    train_state_from_json(text, "state.json");
  } catch (const CheckpointError& error) {
    return error.report();
  }
  return "";
}

TEST_CASE("a state survives JSON to the last bit") {
  const TrainState state = sample_state();
  const TrainState read = train_state_from_json(to_json_text(state), "state.json");
  CHECK(to_json_text(read) == to_json_text(state));
  CHECK(read.position.epoch == state.position.epoch);
  CHECK(read.window_loss == state.window_loss);
  CHECK(read.best_metric == state.best_metric);
  CHECK(read.early_stopping.best == state.early_stopping.best);
  CHECK(read.is_boundary_pending);
  CHECK(read.sampler == state.sampler);
  REQUIRE(read.epoch_parts.size() == 2);
  CHECK(read.epoch_parts[1].sampler == state.epoch_parts[1].sampler);
  CHECK(read.epoch_parts[1].groups == 2);
}

TEST_CASE("a state without a best metric keeps it absent") {
  CHECK_FALSE(
      train_state_from_json(to_json_text(TrainState{}), "state.json").best_metric.has_value());
}

TEST_CASE("a damaged state names the file and the key") {
  auto object = nlohmann::json::parse(to_json_text(sample_state()));
  object.erase("micro_batches");
  CHECK_THAT(error_of(object.dump()),
             Catch::Contains("state.json") && Catch::Contains("micro_batches"));
  object["micro_batches"] = "24";
  CHECK_THAT(error_of(object.dump()),
             Catch::Contains("micro_batches") && Catch::Contains("an integer"));
  object["micro_batches"] = 24;
  object["epoch_parts"] = {5};
  CHECK_THAT(error_of(object.dump()), Catch::Contains("groups"));
  object["epoch_parts"] = 5;
  CHECK_THAT(error_of(object.dump()), Catch::Contains("epoch_parts") && Catch::Contains("a list"));
  CHECK_THAT(error_of("[]"), Catch::Contains("JSON object"));
  CHECK_THAT(error_of("{\"format_version\": 99}"), Catch::Contains("another version"));
  CHECK_THAT(error_of("{"), Catch::Contains("state.json"));
}

}  // namespace
}  // namespace finetune::train
