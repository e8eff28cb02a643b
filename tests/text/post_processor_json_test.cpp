#include "text/post_processor_json.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "base/error.h"

namespace finetune::text {
namespace {

using nlohmann::json;

const json kRoberta = {{"type", "RobertaProcessing"},
                       {"sep", {"</s>", 2}},
                       {"cls", {"<s>", 0}},
                       {"trim_offsets", true},
                       {"add_prefix_space", true}};
const json kByteLevel = {
    {"type", "ByteLevel"}, {"add_prefix_space", false}, {"trim_offsets", true}};

json sequence(const json& items) { return {{"type", "Sequence"}, {"processors", items}}; }

TokenBuffer tokens(std::vector<int32_t> ids) {
  TokenBuffer buffer;
  for (const int32_t id : ids) {
    const auto place = static_cast<int32_t>(buffer.ids.size());
    buffer.ids.push_back(id);
    buffer.offsets.emplace_back(2 * place, 2 * place + 2);
    buffer.spaces.push_back({1, 0});
    buffer.words.push_back(place);
  }
  return buffer;
}

Encoding process(const json& section, const EncodeOptions& options) {
  Encoding out;
  read_post_processor(JsonNode(section)).process_pair(tokens({10, 11}), tokens({20}), options, out);
  return out;
}

std::string error_of(const json& section) {
  try {
    read_post_processor(JsonNode(section));
  } catch (const CheckpointError& error) {
    return error.report();
  }
  return "no error";
}

}  // namespace

// RobertaProcessing and ByteLevel of tokenizers 0.22.2 on tokens with one leading space each.
TEST_CASE("RoBERTa's processor doubles the separator and trims all spaces but one of its own") {
  EncodeOptions options;
  options.want_offsets = true;
  options.want_word_ids = true;
  const Encoding out = process(kRoberta, options);
  CHECK(out.ids == std::vector<int32_t>{0, 10, 11, 2, 2, 20, 2});
  CHECK(out.type_ids == std::vector<int32_t>(7, 0));
  CHECK(out.offsets ==
        std::vector<CharRange>{{0, 0}, {0, 2}, {3, 4}, {0, 0}, {0, 0}, {0, 2}, {0, 0}});
  CHECK(out.word_ids == std::vector<int32_t>{-1, 0, 1, -1, -1, 0, -1});
}

TEST_CASE("a byte-level processor alone adds nothing and trims every token") {
  EncodeOptions options;
  options.want_offsets = true;
  const Encoding out = process(sequence(json::array({kByteLevel})), options);
  CHECK(out.ids == std::vector<int32_t>{10, 11, 20});
  CHECK(out.type_ids == std::vector<int32_t>{0, 0, 1});
  CHECK(out.offsets == std::vector<CharRange>{{1, 2}, {3, 4}, {1, 2}});
}

// What tokenizers 0.22.2 writes back of these is "RobertaProcessing" or "BertProcessing".
TEST_CASE(
    "BERT's and RoBERTa's processors are told apart by their keys, whatever their type says") {
  json section = {{"type", "RobertaProcessing"}, {"sep", {"</s>", 2}}, {"cls", {"<s>", 0}}};
  const std::vector<int32_t> bert = {0, 10, 11, 2, 20, 2}, roberta = {0, 10, 11, 2, 2, 20, 2};
  CHECK(process(section, {}).ids == bert);
  section["trim_offsets"] = true;
  CHECK(process(section, {}).ids == bert);
  section["add_prefix_space"] = nullptr;
  CHECK(process(section, {}).ids == bert);
  section["add_prefix_space"] = false;
  CHECK(process(section, {}).ids == roberta);
  section["type"] = "BertProcessing";
  CHECK(process(section, {}).ids == roberta);
  section.erase("type");
  CHECK(process(section, {}).ids == roberta);
  section.erase("trim_offsets");
  CHECK(process(section, {}).ids == bert);
  const json piece = {{"Sequence", {{"id", "A"}, {"type_id", 3}}}};
  json root = {{"single", json::array()}, {"pair", {piece}}, {"special_tokens", json::object()}};
  CHECK(process(root, {}).type_ids == std::vector<int32_t>{3, 3});
  root.erase("special_tokens");
  CHECK_THAT(error_of(root), Catch::Contains("the key 'type' is missing"));
  CHECK_THAT(error_of({{"processors", json::array()}}), Catch::Contains("'type' is missing"));
  json nothing = kByteLevel;
  nothing["use_regex"] = nullptr;
  CHECK_THAT(error_of(nothing), Catch::Contains("'/use_regex'"));
}

TEST_CASE("two processors that add special tokens, unknown ones and deep sequences are refused") {
  CHECK_THAT(error_of(sequence(json::array({kRoberta, kRoberta}))),
             Catch::Contains("'/processors/1'"));
  CHECK_THAT(error_of(sequence(json::array({json::object({{"type", "New"}})}))),
             Catch::Contains("'/processors/0/type'"));
  json deep = kByteLevel;
  for (int i = 0; i < 40; ++i) deep = sequence(json::array({deep}));
  CHECK_THAT(error_of(deep), Catch::Contains("too deep"));
  json bad = kRoberta;
  bad["sep"] = {"</s>"};
  CHECK_THAT(error_of(bad), Catch::Contains("'/sep'"));
}

TEST_CASE("a template that names a text twice is refused: max_length would not hold") {
  const json a = {{"Sequence", {{"id", "A"}, {"type_id", 0}}}};
  const json b = {{"Sequence", {{"id", "B"}, {"type_id", 1}}}};
  json root = {{"type", "TemplateProcessing"}, {"special_tokens", json::object()}};
  root["single"] = json::array({a});
  root["pair"] = json::array({b, a});
  CHECK(error_of(root) == "no error");
  root["pair"] = json::array({a, b, a});
  CHECK_THAT(error_of(root), Catch::Contains("'/pair/2/Sequence/id'") && Catch::Contains("twice"));
  root["single"] = json::array({a, a});
  CHECK_THAT(error_of(root), Catch::Contains("'/single/1/Sequence/id'"));
}

}  // namespace finetune::text
