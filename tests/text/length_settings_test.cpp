#include "text/length_settings.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "base/error.h"

namespace finetune::text {
namespace {

using nlohmann::json;

const json kTruncation = {
    {"direction", "Left"}, {"max_length", 5}, {"strategy", "OnlySecond"}, {"stride", 2}};
const json kPadding = {{"strategy", {{"Fixed", 6}}},
                       {"direction", "Left"},
                       {"pad_to_multiple_of", nullptr},
                       {"pad_id", 7},
                       {"pad_type_id", 3},
                       {"pad_token", "<p>"}};

LengthSettings read(const json& truncation, const json& padding) {
  const json root = {{"truncation", truncation}, {"padding", padding}};
  return read_length_settings(JsonNode(root));
}

std::string error_of(const json& truncation, const json& padding) {
  try {
    read(truncation, padding);
  } catch (const CheckpointError& error) {
    return error.report();
  }
  return "no error";
}

json with(json section, const char* key, const json& value) {
  section[key] = value;
  return section;
}

json without(json section, const char* key) {
  section.erase(key);
  return section;
}

Encoding three_tokens() {
  Encoding encoding;
  encoding.ids = {1, 2, 3};
  encoding.type_ids = {0, 0, 1};
  encoding.offsets = {{0, 1}, {1, 2}, {2, 3}};
  encoding.special_mask = {0, 0, 0};
  return encoding;
}

}  // namespace

TEST_CASE("nothing is cut or padded where the file says nothing") {
  const LengthSettings settings = read(nullptr, nullptr);
  CHECK(settings.side == TruncationSide::kRight);
  EncodeOptions options;
  set_truncation(settings, options);
  CHECK(options.max_length == 0);
  Encoding encoding = three_tokens();
  CHECK(pad(settings, options, encoding) == 0);
  CHECK(encoding.ids.size() == 3);
}

TEST_CASE("the sections become options") {
  const LengthSettings settings = read(kTruncation, nullptr);
  CHECK(settings.side == TruncationSide::kLeft);
  EncodeOptions options;
  set_truncation(settings, options);
  CHECK(options.max_length == 5);
  CHECK(options.strategy == TruncationStrategy::kOnlySecond);
  CHECK(options.stride == 2);
  CHECK(read(without(kTruncation, "direction"), nullptr).side == TruncationSide::kRight);
}

// Tokenizer.encode of tokenizers 0.22.2.
TEST_CASE("encodings are filled up at the side and to the length that the file says") {
  EncodeOptions options;
  options.want_offsets = true;
  Encoding encoding = three_tokens();
  CHECK(pad(read(nullptr, kPadding), options, encoding) == 3);
  CHECK(encoding.ids == std::vector<int32_t>{7, 7, 7, 1, 2, 3});
  CHECK(encoding.type_ids == std::vector<int32_t>{3, 3, 3, 0, 0, 1});
  CHECK(encoding.special_mask == std::vector<uint8_t>{1, 1, 1, 0, 0, 0});
  CHECK(encoding.offsets[2] == std::pair(0, 0));
  CHECK(encoding.offsets[3] == std::pair(0, 1));
  CHECK(encoding.word_ids.empty());

  const json longest = with(with(kPadding, "strategy", "BatchLongest"), "direction", "Right");
  encoding = three_tokens();
  CHECK(pad(read(nullptr, longest), options, encoding) == 0);
  CHECK(pad(read(nullptr, with(longest, "pad_to_multiple_of", 4)), options, encoding) == 1);
  CHECK(encoding.ids == std::vector<int32_t>{1, 2, 3, 7});
  CHECK(pad(read(nullptr, with(longest, "pad_to_multiple_of", 0)), options, encoding) == 0);
  Encoding nothing;
  CHECK(pad(read(nullptr, kPadding), {}, nothing) == 6);
  CHECK(nothing.ids.size() == 6);
  CHECK(nothing.offsets.empty());
}

TEST_CASE("what tokenizers refuses is refused with its path") {
  struct Damage {
    json truncation, padding;
    const char* expected;
  };
  const std::vector<Damage> table = {
      {with(kTruncation, "strategy", "Foo"), nullptr, "'/truncation/strategy'"},
      {without(kTruncation, "strategy"), nullptr, "'strategy' is missing"},
      {without(kTruncation, "stride"), nullptr, "'stride' is missing"},
      {with(kTruncation, "max_length", "x"), nullptr, "'/truncation/max_length'"},
      {with(kTruncation, "max_length", 0), nullptr, "'/truncation/max_length'"},
      {with(kTruncation, "stride", -1), nullptr, "'/truncation/stride'"},
      {with(kTruncation, "direction", "left"), nullptr, "'/truncation/direction'"},
      {nullptr, with(kPadding, "strategy", "Foo"), "'/padding/strategy'"},
      {nullptr, with(kPadding, "strategy", {{"Fixed", 1e9}}), "'/padding/strategy/Fixed'"},
      {nullptr, with(kPadding, "strategy", {{"Fixed", 1}, {"x", 1}}), "'/padding/strategy'"},
      {nullptr, without(kPadding, "direction"), "'direction' is missing"},
      {nullptr, with(kPadding, "direction", "Up"), "'/padding/direction'"},
      {nullptr, with(kPadding, "pad_id", "x"), "'/padding/pad_id'"},
      {nullptr, without(kPadding, "pad_type_id"), "'pad_type_id' is missing"},
      {nullptr, with(kPadding, "pad_token", 1), "'/padding/pad_token'"},
      {nullptr, with(kPadding, "pad_to_multiple_of", -1), "'/padding/pad_to_multiple_of'"}};
  for (const Damage& damage : table) {
    INFO(damage.truncation << damage.padding);
    CHECK_THAT(error_of(damage.truncation, damage.padding), Catch::Contains(damage.expected));
  }
}

}  // namespace finetune::text
