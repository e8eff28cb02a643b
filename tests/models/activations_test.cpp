#include "models/activations.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "models/models_test_support.h"

namespace finetune::models {
namespace {

using kernels::Activation;
using nlohmann::json;

TEST_CASE("activations are known by Hugging Face's names, and others are refused with the list") {
  const json config = {{"a", "swish"}, {"b", "gelu_new"}, {"c", "mish"}};
  HfConfig reader(config);
  CHECK(read_activation(reader, "a", "gelu") == Activation::kSilu);
  CHECK(read_activation(reader, "b", "gelu") == Activation::kGeluTanh);
  CHECK(read_activation(reader, "absent", "relu") == Activation::kRelu);
  CHECK_NOTHROW(reader.check());
  read_activation(reader, "c", "gelu");
  CHECK_THAT(test::error_of<CheckpointError>([&] { reader.check(); }),
             Catch::Contains("'c' is") && Catch::Contains("mish") && Catch::Contains("tanh"));
}

}  // namespace
}  // namespace finetune::models
