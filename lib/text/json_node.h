#pragma once

#include <cstdint>
#include <initializer_list>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace finetune::text {

/// A value inside a tokenizer's JSON file and the path that leads to it. Every getter checks the
/// type and throws CheckpointError naming the path ("/model/vocab: expected an object, found ...").
class JsonNode {
 public:
  /// The root; `value` must outlive all nodes.
  explicit JsonNode(const nlohmann::json& value) : value_(&value) {}

  bool is_null() const;
  bool has(std::string_view key) const;     ///< this is an object with that key, whatever its value
  JsonNode at(std::string_view key) const;  ///< throws when absent
  std::optional<JsonNode> find(std::string_view key) const;  ///< absent or null: nothing

  bool boolean() const;
  int64_t integer(int64_t least, int64_t largest) const;
  const std::string& string() const;
  std::vector<JsonNode> items() const;                            ///< of an array
  std::vector<std::pair<std::string, JsonNode>> members() const;  ///< of an object, sorted by key

  /// "type" as one_of(known); where it is absent or null, the first type of `by_keys` whose keys
  /// are all there: files of old releases do not name types.
  struct TypeKeys {
    std::string_view type;
    std::initializer_list<std::string_view> keys;
  };
  std::string type(std::initializer_list<std::string_view> known,
                   std::initializer_list<TypeKeys> by_keys) const;

  /// string(), which must be one of `known`: else it names a component that is not supported yet.
  const std::string& one_of(std::initializer_list<std::string_view> known) const;

  [[noreturn]] void fail(const std::string& problem) const;  ///< CheckpointError naming the path
  const std::string& path() const { return path_; }
  const nlohmann::json& value() const { return *value_; }

 private:
  JsonNode(const nlohmann::json& value, std::string path)
      : value_(&value), path_(std::move(path)) {}
  [[noreturn]] void fail_type(std::string_view expected) const;

  const nlohmann::json* value_;
  std::string path_;
};

}  // namespace finetune::text
