#include "run/environment.h"

#include <catch2/catch.hpp>

#include "run/build.h"
#include "run/tiny_run.h"

using namespace finetune;
using Catch::Matchers::Contains;
using Catch::Matchers::Matches;

TEST_CASE("the environment names versions, processor, threads, data and labels") {
  const test::TinyRun tiny;
  const auto tokenizer = text::load_tokenizer(tiny / "model");
  tasks::ModelLimits limits;
  limits.max_length = 24;
  const data::PreparedData data =
      data::prepare_data(run::build_data_options(tiny.config(), 1, limits), *tokenizer);
  const report::Environment environment = run::describe_environment(data, 5);
  CHECK(environment.num_threads == 5);
  CHECK(environment.libtorch_version == run::torch_version());
  CHECK_THAT(environment.libtorch_version, Matches("[0-9]+\\.[0-9]+\\.[0-9]+"));
  CHECK_THAT(run::version_text(), Contains(environment.version));
  CHECK_THAT(run::program_text(), Contains(run::version_text()) &&
                                      Contains("LibTorch " + run::torch_version()) &&
                                      Contains(environment.instruction_sets));
  CHECK_THAT(environment.compiler, Contains("g++"));
  CHECK_THAT(environment.instruction_sets, Contains("used by LibTorch: "));
  CHECK_THAT(environment.command, Contains("run_test"));
  CHECK_THAT(environment.started_at, Matches("20[0-9]{2}-[0-9]{2}-[0-9]{2}T[0-9:]{8}Z"));
  CHECK(environment.labels == std::vector<std::string>{"bad", "fair", "good"});
  const std::string size = std::to_string(test::labelled_rows(24, 0).size());
  CHECK_THAT(environment.fingerprints.at("train file"), Contains(size + " bytes"));
  CHECK(environment.fingerprints.contains("validation file"));
  CHECK(environment.fingerprints.contains("test file"));
  CHECK(environment.fingerprints.at("encoded train").size() == 16);
}

TEST_CASE("the version of LibTorch is the one that the reference tools use") {
  const auto python = test::python();
  if (!python) return;
  const auto result =
      test::run_shell(test::shell_quote(python->string()) +
                      " -c 'import torch; print(torch.__version__.split(\"+\")[0])'");
  REQUIRE(result.exit_code == 0);
  CHECK(result.out == run::torch_version() + "\n");
}
