#include "text/json_node.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/json.h"
#include "base/strings.h"

namespace finetune::text {

using nlohmann::json;

void JsonNode::fail(const std::string& problem) const {
  throw CheckpointError(base::cat(path_.empty() ? "/" : base::quote(path_), ": ", problem));
}

void JsonNode::fail_type(std::string_view expected) const {
  const bool is_large = value_->is_structured() && value_->size() > 4;
  const std::string found =
      is_large ? std::string(value_->type_name()) : base::quote(base::dump_json(*value_));
  fail(base::cat("expected ", expected, ", found ", found));
}

bool JsonNode::is_null() const { return value_->is_null(); }

bool JsonNode::has(std::string_view key) const {
  return value_->is_object() && value_->contains(key);
}

JsonNode JsonNode::at(std::string_view key) const {
  if (!value_->is_object()) fail_type("an object");
  const auto found = value_->find(key);
  if (found == value_->end()) fail(base::cat("the key ", base::quote(key), " is missing"));
  return JsonNode(*found, base::cat(path_, "/", key));
}

std::optional<JsonNode> JsonNode::find(std::string_view key) const {
  if (!value_->is_object()) fail_type("an object");
  if (!has(key) || at(key).is_null()) return std::nullopt;
  return at(key);
}

bool JsonNode::boolean() const {
  if (!value_->is_boolean()) fail_type("true or false");
  return value_->get<bool>();
}

int64_t JsonNode::integer(int64_t least, int64_t largest) const {
  const bool is_too_large =
      value_->is_number_unsigned() && value_->get<uint64_t>() > static_cast<uint64_t>(INT64_MAX);
  if (!value_->is_number_integer() || is_too_large || value_->get<int64_t>() < least ||
      value_->get<int64_t>() > largest) {
    fail_type(base::cat("an integer from ", least, " to ", largest));
  }
  return value_->get<int64_t>();
}

const std::string& JsonNode::string() const {
  if (!value_->is_string()) fail_type("a string");
  return value_->get_ref<const std::string&>();
}

std::vector<JsonNode> JsonNode::items() const {
  if (!value_->is_array()) fail_type("an array");
  std::vector<JsonNode> nodes;
  for (size_t i = 0; i < value_->size(); ++i) {
    nodes.push_back(JsonNode((*value_)[i], base::cat(path_, "/", i)));
  }
  return nodes;
}

std::vector<std::pair<std::string, JsonNode>> JsonNode::members() const {
  if (!value_->is_object()) fail_type("an object");
  std::vector<std::pair<std::string, JsonNode>> nodes;
  for (const auto& [key, value] : value_->items()) {
    nodes.emplace_back(key, JsonNode(value, base::cat(path_, "/", key)));
  }
  return nodes;
}

std::string JsonNode::type(std::initializer_list<std::string_view> known,
                           std::initializer_list<TypeKeys> by_keys) const {
  if (find("type")) return at("type").one_of(known);
  for (const TypeKeys& each : by_keys) {
    const auto is_there = [this](std::string_view key) { return has(key); };
    if (std::ranges::all_of(each.keys, is_there)) return std::string(each.type);
  }
  return at("type").string();  // throws
}

const std::string& JsonNode::one_of(std::initializer_list<std::string_view> known) const {
  const std::string& name = string();
  if (std::find(known.begin(), known.end(), name) != known.end()) return name;
  std::vector<std::string> names(known.begin(), known.end());
  fail(base::cat(base::quote(name),
                 " is not supported yet; supported here: ", base::join(names, ", ")));
}

}  // namespace finetune::text
