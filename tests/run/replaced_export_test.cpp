#include <catch2/catch.hpp>
#include <map>
#include <string>
#include <vector>

#include "base/error.h"
#include "run/model_folder.h"
#include "run/tiny_run.h"
#include "support/crash_fs.h"

using namespace finetune;
using namespace finetune::run;
using test::TinyRun;

TEST_CASE("a power cut leaves the old or the new export, with both of its tokenizers, whole") {
  const TinyRun tiny;
  TrainedModel trained = load_trained_model(tiny / "model");
  trained.tokenizers.target = load_tokenizers(tiny / "model").source;
  trained.tokenizers.target_files = {{"vocab.txt", "of the target\n"}};
  const auto scenario = [&](test::CrashFs& files) {
    for (const std::string text : {"old", "new"}) {
      trained.generation_config = text;
      write_export(files, "/out", trained, tiny / "model");
    }
  };
  test::CrashFs whole;
  scenario(whole);
  const auto texts_of = [](base::Fs& files) {  // of all but the file that differs
    std::map<std::string, std::string> texts;
    for (const std::string folder : {"/out/", "/out/target_tokenizer/"}) {
      for (const std::string& name : files.list(folder)) {
        if (name != "target_tokenizer" && name != "generation_config.json")
          texts[folder + name] = files.read(folder + name);
      }
    }
    return texts;
  };
  const auto expected = texts_of(whole);
  int num_there = 0;
  test::for_each_crash(scenario, [&](test::CrashFs& survivor, const test::CrashPoint& point) {
    if (!survivor.exists("/out")) return;
    INFO(point.description);
    ++num_there;
    CHECK((texts_of(survivor) == expected));
    const std::string text = survivor.read("/out/generation_config.json");
    CHECK((text == "old" || text == "new"));
  });
  CHECK(num_there > 8);
}

TEST_CASE("an export that the disk fails leaves the earlier one and nothing behind") {
  const TinyRun tiny;
  const TrainedModel trained = load_trained_model(tiny / "model");
  test::CrashFs whole;
  write_export(whole, "/out", trained, tiny / "model");
  const auto first = static_cast<int64_t>(whole.operations().size());
  for (const int64_t at : {first, first + 1, first + 5, first + 9}) {
    test::CrashFs::Plan plan;
    plan.fail_at = at;
    test::CrashFs files(plan);
    write_export(files, "/out", trained, tiny / "model");
    CHECK_THROWS_AS(write_export(files, "/out", trained, tiny / "model"), IoError);
    CHECK(files.list("/") == std::vector<std::string>{"out"});
    CHECK(files.read("/out/config.json") == whole.read("/out/config.json"));
  }
}
