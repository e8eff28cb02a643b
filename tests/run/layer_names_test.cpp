#include "run/layer_names.h"

#include <catch2/catch.hpp>

using finetune::run::collapse_layers;

TEST_CASE("names that differ in their numbers alone are one, where the first of them stood") {
  using Names = std::vector<std::string>;
  CHECK(collapse_layers(Names{"h.0.ln_1.weight", "h.0.ln_1.bias", "h.1.ln_1.weight", "ln_f.weight",
                              "h.1.ln_1.bias", "h.11.ln_1.weight"}) ==
        Names{"h.*.ln_1.weight", "h.*.ln_1.bias", "ln_f.weight"});
  CHECK(collapse_layers(Names{"block.0.layer.1.w", "block.1.layer.1.w", "block.0.layer.0.q"}) ==
        Names{"block.*.layer.*.w", "block.0.layer.0.q"});
  CHECK(collapse_layers(Names{}).empty());
}
