#include "tasks/label_head.h"

#include <unistd.h>

#include <catch2/catch.hpp>
#include <cstring>
#include <nlohmann/json.hpp>

#include "base/json.h"
#include "support/standard_stream.h"
#include "support/test_support.h"
#include "tasks/classification_type.h"

using namespace finetune;
using namespace finetune::tasks;
using Catch::Matchers::Contains;

namespace {

struct Built {
  std::vector<float> weights;  ///< of the classifier, a row a label
  std::string log;
};

/// The tiny BERT, trained for bad, fair and good, as a classifier of other labels.
Built build(const std::vector<std::string>& labels, const nlohmann::json& id2label = {}) {
  const auto folder = test::fixture("models/fixtures/tiny_bert");
  nlohmann::json config = base::read_json_file(folder / "config.json");
  if (!id2label.is_null()) config["id2label"] = id2label;
  const test::TemporaryFolder logs;
  test::write_file(logs.path() / "stderr", "");
  BuiltModel built;
  {
    const test::StandardStream errors(STDERR_FILENO, logs.path() / "stderr");
    built = ClassificationType().build_model({.config = config, .folder = folder},
                                             data::LabelMap(labels));
  }
  const auto tensors = models::export_weights(*built.model);
  const auto bytes = tensors.at("classifier.weight").bytes;
  Built result{std::vector<float>(bytes.size() / sizeof(float)),
               test::read_file(logs.path() / "stderr")};
  std::memcpy(result.weights.data(), bytes.data(), bytes.size());
  return result;
}

std::vector<float> row(const Built& built, size_t label, size_t num_labels) {
  const size_t width = built.weights.size() / num_labels;
  const auto begin = built.weights.begin() + static_cast<std::ptrdiff_t>(label * width);
  return {begin, begin + static_cast<std::ptrdiff_t>(width)};
}

}  // namespace

TEST_CASE("the rows of a head go where its labels go") {
  const Built own = build({"bad", "fair", "good"});
  const Built other = build({"good", "bad", "fair"});
  CHECK(own.log.empty());
  CHECK(other.log.empty());
  CHECK(row(other, 0, 3) == row(own, 2, 3));
  CHECK(row(other, 1, 3) == row(own, 0, 3));
  CHECK(row(other, 2, 3) == row(own, 1, 3));
  CHECK(row(own, 0, 3) != row(own, 1, 3));
}

TEST_CASE("names that say nothing of the labels are no reason to warn") {
  CHECK(build({"a", "b", "c"}, {{"0", "LABEL_0"}, {"1", "LABEL_1"}, {"2", "LABEL_2"}}).log.empty());
}

TEST_CASE("a head that is reused for other labels is not reused in silence") {
  const Built reused = build({"bad", "fair", "x"});
  CHECK_THAT(reused.log, Contains("trained for 'bad, fair, good'; its head is reused for "
                                  "'bad, fair, x', in that order"));
  CHECK(row(reused, 2, 3) == row(build({"bad", "fair", "good"}), 2, 3));
  CHECK_THAT(build({"good", "x"}).log, !Contains("reused") && Contains("another number of labels"));
}
