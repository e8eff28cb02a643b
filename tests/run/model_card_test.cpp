#include "run/model_card.h"

#include <catch2/catch.hpp>

#include "run/tiny_run.h"

namespace finetune::run {
namespace {

TEST_CASE("the card of a run's model tells its results, settings and labels") {
  const test::TinyRun tiny;
  tiny.train();
  const auto run_folder = tiny / "run";
  REQUIRE(std::filesystem::exists(run_folder / "best"));
  const std::string card = model_card(load_trained_model(run_folder), run_folder);
  CHECK(card.starts_with("---\n"));
  CHECK_THAT(card, Catch::Contains("library_name: transformers") &&
                       Catch::Contains("text-classification") && Catch::Contains("accuracy") &&
                       Catch::Contains("adamw") && Catch::Contains("fair"));
}

TEST_CASE("another model folder keeps its own card, or has none") {
  const test::TinyRun tiny;
  tiny.train();
  export_model(tiny / "run", tiny / "out", false);
  const std::string card = test::read_file(tiny / "out" / "README.md");
  CHECK(model_card(load_trained_model(tiny / "out"), tiny / "out") == card);
  std::filesystem::remove(tiny / "out" / "README.md");
  CHECK(model_card(load_trained_model(tiny / "out"), tiny / "out").empty());
}

}  // namespace
}  // namespace finetune::run
