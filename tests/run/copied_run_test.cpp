#include <catch2/catch.hpp>

#include "base/error.h"
#include "run/model_folder.h"
#include "run/tiny_run.h"
#include "run/train_run.h"

using namespace finetune;
using namespace finetune::run;
using Catch::Matchers::Contains;
using test::TinyRun;

namespace {

namespace fs = std::filesystem;

/// Trains in "run" and copies that to "copy" as tools do that know no links.
TrainSummary train_and_copy(const TinyRun& tiny) {
  const TrainSummary summary = tiny.train();
  fs::copy(tiny / "run", tiny / "copy", fs::copy_options::recursive);  // follows links
  REQUIRE_FALSE(fs::is_symlink(tiny / "copy/last"));
  return summary;
}

void go_on_in_copy(const TinyRun& tiny, const TrainSummary& first) {
  const TrainSummary again = tiny.train(R"({"output_dir": "copy"})");
  CHECK((again.validation == first.validation));
  CHECK(again.best_step == first.best_step);
  CHECK(fs::read_symlink(tiny / "copy/last") == "checkpoint-9");
  CHECK(fs::read_symlink(tiny / "copy/best") == fs::read_symlink(tiny / "run/best"));
}

}  // namespace

TEST_CASE("a copy of a run with folders for links can be used and gone on with") {
  const TinyRun tiny;
  const TrainSummary first = train_and_copy(tiny);
  CHECK(load_trained_model(tiny / "copy").folder == fs::canonical(tiny / "copy/best"));
  go_on_in_copy(tiny, first);
  CHECK_FALSE(fs::exists(tiny / "copy/copied-last"));
}

TEST_CASE("a copy of a run without its links says what it lacks, and gets them at the next start") {
  const TinyRun tiny;
  const TrainSummary first = train_and_copy(tiny);
  for (const char* link : {"copy/best", "copy/last"}) fs::remove_all(tiny / link);
  CHECK_THAT(test::error_of<CheckpointError>([&] { resolve_model_folder(tiny / "copy"); }),
             Contains("'best' and 'last'") && Contains((tiny / "copy/checkpoint-9").string()) &&
                 Contains("finetune train"));
  go_on_in_copy(tiny, first);
}
