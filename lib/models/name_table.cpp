#include "models/name_table.h"

namespace finetune::models {
namespace {

constexpr std::string_view kLayer = "{}";

bool is_repeated(const NameRow& row) { return row.ours.find(kLayer) != std::string::npos; }

std::string with_layer(std::string name, const std::string& layer) {
  const size_t at = name.find(kLayer);
  return at == std::string::npos ? name : name.replace(at, kLayer.size(), layer);
}

}  // namespace

std::vector<NameRow> expand_layers(std::span<const NameRow> rows, int64_t num_layers) {
  std::vector<NameRow> expanded;
  for (const NameRow& row : rows) {
    const int64_t copies = is_repeated(row) ? num_layers : 1;
    for (int64_t layer = 0; layer < copies; ++layer) {
      NameRow copy = row;
      copy.ours = with_layer(row.ours, std::to_string(layer));
      copy.theirs = with_layer(row.theirs, std::to_string(layer));
      expanded.push_back(std::move(copy));
    }
  }
  return expanded;
}

}  // namespace finetune::models
