#include "text/length_settings.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace finetune::text {
namespace {

/// A hostile file cannot make every line a gigabyte.
constexpr int64_t kMaxPadding = 1'000'000;

int32_t read_size(const JsonNode& node, int64_t least) {
  return static_cast<int32_t>(std::min<int64_t>(node.integer(least, INT64_MAX), INT32_MAX));
}

bool is_left(const JsonNode& node) { return node.one_of({"Left", "Right"}) == "Left"; }

LengthSettings::Truncation read_truncation(const JsonNode& node) {
  LengthSettings::Truncation truncation;
  truncation.max_length = read_size(node.at("max_length"), 1);
  truncation.stride = read_size(node.at("stride"), 0);
  const std::string& strategy =
      node.at("strategy").one_of({"LongestFirst", "OnlyFirst", "OnlySecond"});
  if (strategy == "OnlyFirst") truncation.strategy = TruncationStrategy::kOnlyFirst;
  if (strategy == "OnlySecond") truncation.strategy = TruncationStrategy::kOnlySecond;
  return truncation;
}

std::optional<int32_t> read_fixed_length(const JsonNode& node) {
  if (!node.value().is_object()) {
    node.one_of({"BatchLongest"});
    return std::nullopt;
  }
  if (node.value().size() != 1) node.fail("expected 'BatchLongest' or one key 'Fixed'");
  return static_cast<int32_t>(node.at("Fixed").integer(0, kMaxPadding));
}

LengthSettings::Padding read_padding(const JsonNode& node) {
  LengthSettings::Padding padding;
  padding.fixed_length = read_fixed_length(node.at("strategy"));
  padding.is_left = is_left(node.at("direction"));
  if (const auto multiple = node.find("pad_to_multiple_of")) {
    padding.multiple = static_cast<int32_t>(multiple->integer(0, kMaxPadding));
  }
  padding.id = static_cast<int32_t>(node.at("pad_id").integer(0, INT32_MAX));
  padding.type_id = static_cast<int32_t>(node.at("pad_type_id").integer(0, INT32_MAX));
  padding.token = node.at("pad_token").string();
  return padding;
}

template <class T>
void fill(std::vector<T>& values, size_t size, const LengthSettings::Padding& padding, T value) {
  const auto place = padding.is_left ? values.begin() : values.end();
  values.insert(place, size - values.size(), value);
}

}  // namespace

LengthSettings read_length_settings(const JsonNode& root) {
  LengthSettings settings;
  if (const auto node = root.find("truncation")) {
    settings.truncation = read_truncation(*node);
    if (node->has("direction") && is_left(node->at("direction"))) {
      settings.side = TruncationSide::kLeft;
    }
  }
  if (const auto node = root.find("padding")) settings.padding = read_padding(*node);
  return settings;
}

void set_truncation(const LengthSettings& settings, EncodeOptions& options) {
  if (!settings.truncation) return;
  options.max_length = settings.truncation->max_length;
  options.strategy = settings.truncation->strategy;
  options.stride = settings.truncation->stride;
  options.want_overflowing = options.stride > 0;  // so that a stride that is too long is an error
}

int32_t pad(const LengthSettings& settings, const EncodeOptions& options, Encoding& encoding) {
  if (!settings.padding) return 0;
  const LengthSettings::Padding& padding = *settings.padding;
  const auto current = static_cast<int32_t>(encoding.ids.size());
  int32_t wanted = padding.fixed_length.value_or(current);
  if (padding.multiple > 0 && wanted % padding.multiple > 0) {
    wanted += padding.multiple - wanted % padding.multiple;
  }
  if (wanted <= current) return 0;
  const auto size = static_cast<size_t>(wanted);
  fill(encoding.ids, size, padding, padding.id);
  fill(encoding.type_ids, size, padding, padding.type_id);
  if (options.want_offsets) {
    fill(encoding.offsets, size, padding, {0, 0});
    fill(encoding.special_mask, size, padding, uint8_t{1});
  }
  if (options.want_word_ids) fill(encoding.word_ids, size, padding, -1);
  return wanted - current;
}

}  // namespace finetune::text
