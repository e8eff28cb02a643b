#include "models/gpt2/gpt2_names.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <nlohmann/json.hpp>

#include "models/checkpoint_names.h"
#include "models/registry.h"

namespace finetune::models {
namespace {

using nlohmann::json;

const NameRow& row_of(const NameTable& table, const std::string& theirs) {
  return *std::find_if(table.rows.begin(), table.rows.end(),
                       [&](const NameRow& row) { return row.theirs == theirs; });
}

TEST_CASE("GPT-2 small has the tensors and decay groups that the Trainer reports for it") {
  const Gpt2Config config = read_gpt2_config({{"n_embd", 12}}, {});  // names do not depend on width
  const std::vector<NameRow> rows = gpt2_language_names(config).rows;
  CHECK(rows.size() == 148);
  const auto model = construct_language_model(
      {{"model_type", "gpt2"}, {"n_embd", 12}, {"vocab_size", 60}, {"n_positions", 8}}, {});
  const auto parameters = named_parameters(model->module());
  CHECK(parameters.size() == 148);
  CHECK(std::count_if(parameters.begin(), parameters.end(),
                      [](const NamedParameter& p) { return p.is_decayed; }) == 50);
}

TEST_CASE("fresh projections into the residual stream are smaller by the number of them") {
  const NameTable table = gpt2_names(read_gpt2_config(json::object(), {}));
  CHECK(row_of(table, "transformer.wte.weight").fresh_deviation == 0.02);
  CHECK(row_of(table, "transformer.h.3.attn.c_attn.weight").fresh_deviation == 0.02);
  for (const char* name :
       {"transformer.h.3.attn.c_proj.weight", "transformer.h.0.mlp.c_proj.weight"}) {
    CHECK(row_of(table, name).fresh_deviation == Approx(0.02 / std::sqrt(24.0)));
  }
  CHECK(row_of(table, "transformer.ln_f.weight").fresh_mean == 1.0);
  CHECK(row_of(table, "transformer.h.3.attn.c_attn.bias").fresh_deviation == 0.0);
}

TEST_CASE("files of the bare model are read, their causal masks and the tied head are not") {
  const NameTable table = gpt2_language_names(read_gpt2_config({{"n_layer", 1}}, {}));
  tensors::NamedTensors weights;
  for (const char* name : {"wte.weight", "h.0.attn.c_attn.bias", "h.0.attn.bias",
                           "h.0.attn.masked_bias", "lm_head.weight"}) {
    weights[name] = {};
  }
  const CheckpointNames names = match_names(table, weights);
  CHECK(names.found.size() == 2);
  CHECK(names.found.contains("transformer.h.0.attn.c_attn.bias"));
  CHECK(names.unexpected.empty());
  CHECK(names.ignored.size() == 3);
}

}  // namespace
}  // namespace finetune::models
