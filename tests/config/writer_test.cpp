#include "config/writer.h"

#include <catch2/catch.hpp>

#include "sample.h"

namespace finetune::config {
namespace {

using test::fields_of;
using test::read_sample;
using test::Sample;

std::string written(Sample sample) { return to_line(write(fields_of(sample))); }

TEST_CASE("every value that is set is written, in the order of describe()") {
  CHECK(
      written(read_sample(R"({"model": {"path": "m"}, "output_dir": "o"})")) ==
      R"({"output_dir": "/base/o", "is_loud": false, "names": ["a"], "model": {"path": "/base/m"}, )"
      R"("training": {"batch_size": 32, "learning_rate": 5e-05, "every": "1 epochs", "mode": "fast"}})");
}

TEST_CASE("what is written reads back to the same") {
  for (const char* text : {R"({"model": {"path": "m"}, "output_dir": "o", "stopping": {}})",
                           R"({"model": {"type": "t", "config": {"a": 1}}, "output_dir": "o",
            "training": {"batch_tokens": 100, "learning_rate": 0.1, "every": 7}})"}) {
    const std::string once = written(read_sample(text));
    CHECK(written(read_sample(once)) == once);
  }
}

TEST_CASE("the default of a key gives way to the key that excludes it") {
  Sample sample = read_sample(
      R"({"model": {"path": "m"}, "output_dir": "o", "training": {"batch_tokens": 100}})");
  const std::string text = to_line(write(fields_of(sample.training)));
  CHECK(text.starts_with(R"({"batch_tokens": 100, )"));
}

TEST_CASE("settings are the values with their paths") {
  Sample sample;
  sample.stopping.emplace();
  const std::vector<Setting> all = settings(fields_of(sample));
  REQUIRE(all.size() == 8);
  CHECK(all.front().path == "output_dir");
  CHECK(all[3].path == "training.batch_size");
  CHECK(all[3].text == "32");
  CHECK(all.back().path == "stopping.patience");
}

}  // namespace
}  // namespace finetune::config
