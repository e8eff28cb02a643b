#pragma once

#include <string>
#include <string_view>

#include "config/json_parser.h"
#include "config/value_type.h"

/// Reading one value of type T, as tests ask for it.
namespace finetune::test {

inline config::JsonValue json(std::string_view text) {
  config::Problems problems;
  return config::parse_json(text, {1, 1}, problems).value();
}

/// "" when `text` is read, else "!" and the remark.
template <class T>
std::string read_value(std::string_view text, T& out, const config::Rule& rule = {}) {
  const auto remark = config::type_of<T>().read(json(text), rule, {"/base", "/data"}, &out);
  return remark ? "!" + *remark : "";
}

/// `text` read and written again; "!" and the remark when it is refused.
template <class T>
std::string rewritten(std::string_view text, const config::Rule& rule = {}) {
  T value{};
  const std::string remark = read_value(text, value, rule);
  return remark.empty() ? config::to_line(config::type_of<T>().write(&value)) : remark;
}

}  // namespace finetune::test
