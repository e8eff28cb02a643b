#include "metrics/metric.h"

#include <catch2/catch.hpp>

#include "metrics/classification.h"
#include "metrics/regression.h"

using finetune::metrics::is_greater_better;

TEST_CASE("errors and losses fall, scores rise, other names are no metrics") {
  CHECK(is_greater_better("loss") == false);
  CHECK(is_greater_better("mse") == false);
  CHECK(is_greater_better("calibration_error") == false);
  CHECK(is_greater_better("accuracy") == true);
  CHECK(is_greater_better("spearmanr") == true);
  CHECK(is_greater_better("bleu") == true);
  CHECK(is_greater_better("ter") == false);
  CHECK(is_greater_better("perplexity") == false);
  CHECK_FALSE(is_greater_better("acuracy").has_value());
  CHECK_FALSE(is_greater_better("").has_value());
}

TEST_CASE("every metric that is computed has a direction, so that any of them can choose a model") {
  finetune::metrics::Values values = finetune::metrics::SingleLabelMetrics(2).values();
  values.merge(finetune::metrics::MultiLabelMetrics(2).values());
  values.merge(finetune::metrics::RegressionMetrics().values());
  CHECK(values.size() == 15);
  for (const auto& [name, value] : values) {
    INFO(name);
    CHECK(is_greater_better(name).has_value());
  }
  const auto names = finetune::metrics::metric_names();
  // The above; loss, calibration error, perplexity, token accuracy; 8 of generated text.
  CHECK(names.size() == 27);
  for (const std::string& name : names) CHECK(is_greater_better(name).has_value());
}
