#include "base/error.h"

#include <catch2/catch.hpp>

using namespace finetune;

TEST_CASE("a report shows the outermost context first and the reason last") {
  CheckpointError error("header describes 512 bytes but the file holds 448");
  CHECK(error.report() == "error: header describes 512 bytes but the file holds 448");
  error.add_context("reading 'model.safetensors'");
  error.add_context("loading the model");
  CHECK(error.report() ==
        "error: loading the model\n"
        "  because: reading 'model.safetensors'\n"
        "  because: header describes 512 bytes but the file holds 448");
  CHECK(error.chain().size() == 3);
}

TEST_CASE("context added on the way up keeps the type of the error") {
  const auto fails = [] { throw DataError("train.tsv:3: no column 'label'"); };
  try {
    with_context("reading the data", [&] { with_context("reading 'train.tsv'", fails); });
    FAIL("nothing was thrown");
  } catch (const DataError& error) {
    CHECK(error.chain() == std::vector<std::string>{"reading the data", "reading 'train.tsv'",
                                                    "train.tsv:3: no column 'label'"});
    CHECK(error.exit_code() == ExitCode::kData);
  }
  CHECK_THROWS_AS(with_context("x", []() -> int { throw std::bad_alloc(); }), std::bad_alloc);
}

TEST_CASE("without an error the result passes through, references too") {
  int value = 1;
  const auto reference = [&]() -> int& { return value; };
  with_context("counting", reference) = 2;
  CHECK(value == 2);
}

TEST_CASE("every type of error has the exit code of who must act") {
  CHECK(ConfigError("").exit_code() == ExitCode::kConfig);
  CHECK(DataError("").exit_code() == ExitCode::kData);
  CHECK(CheckpointError("").exit_code() == ExitCode::kCheckpoint);
  CHECK(IoError("").exit_code() == ExitCode::kIo);
  CHECK(BusyError("").exit_code() == ExitCode::kBusy);
  CHECK(DivergedError("").exit_code() == ExitCode::kDiverged);
  CHECK(InternalError("").exit_code() == ExitCode::kInternal);
}
