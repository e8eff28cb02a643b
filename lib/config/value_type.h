#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "config/duration.h"
#include "config/json_value.h"
#include "config/values.h"

namespace finetune::config {

/// What describe() says about one key beside its name.
struct Rule {
  std::string doc{};      ///< one sentence
  std::string example{};  ///< JSON; empty: the default serves
  bool is_required = false;
  bool is_safe_at_resume = false;  ///< a resumed run may take a new value as it is

  std::optional<double> at_least{};
  std::optional<double> above{};
  std::optional<double> at_most{};
  std::optional<double> below{};
  std::vector<std::string> choices{};  ///< of a string
  std::vector<Unit> units{};           ///< of a length of training
};

/// Where relative paths begin.
struct Folders {
  std::filesystem::path of_file;       ///< for values of the config file
  std::filesystem::path of_overrides;  ///< for values of the command line
};

/// How one C++ type is written in JSON. Stateless; one object a type, found by type_of<T>().
class ValueType {
 public:
  virtual ~ValueType() = default;

  /// "an integer, at least 1".
  virtual std::string expected(const Rule& rule) const = 0;

  /// Stores `value` in `member`; or a remark ("" or a hint) when it is not as expected.
  virtual std::optional<std::string> read(const JsonValue& value, const Rule& rule,
                                          const Folders& folders, void* member) const = 0;

  virtual JsonValue write(const void* member) const = 0;

  /// JSON Schema, draft-07.
  virtual JsonValue schema(const Rule& rule) const = 0;
};

/// Defined for bool, int64_t, double, string, path, vector of strings, and the types of values.h
/// and duration.h.
template <class T>
const ValueType& type_of();

template <>
const ValueType& type_of<bool>();
template <>
const ValueType& type_of<int64_t>();
template <>
const ValueType& type_of<double>();
template <>
const ValueType& type_of<std::string>();
template <>
const ValueType& type_of<std::vector<std::string>>();
template <>
const ValueType& type_of<std::filesystem::path>();
template <>
const ValueType& type_of<Duration>();
template <>
const ValueType& type_of<Column>();
template <>
const ValueType& type_of<DataFile>();
template <>
const ValueType& type_of<PathOrObject>();
template <>
const ValueType& type_of<FileOrPercent>();
template <>
const ValueType& type_of<SwitchOrFolder>();
template <>
const ValueType& type_of<SwitchOrWord>();
template <>
const ValueType& type_of<JsonObject>();

}  // namespace finetune::config
