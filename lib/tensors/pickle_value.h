#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <string_view>
#include <vector>

namespace finetune::tensors {

/// What the restricted unpickler can build: data only, no object of any Python class.
enum class PickleKind : uint8_t {
  kNone,
  kBool,
  kInteger,
  kFloat,  // its value is never needed
  kText,
  kGlobal,  // one of the allowed names, as text "module.name"
  kTuple,
  kList,
  kDict,         // items: key, value, key, value, ...
  kOrderedDict,  // the same
  kStorage,      // items: "storage", kGlobal type, text key, text location, integer num_elements
  kTensor,       // items: kStorage, integer offset, tuple shape, tuple strides, ...
  kDevice,
};

struct PickleNode;

/// A value on the unpickler's stack. Texts point into the pickle, nodes into its arena.
struct PickleValue {
  PickleKind kind = PickleKind::kNone;
  int64_t integer = 0;
  std::string_view text;
  PickleNode* node = nullptr;
};

/// The members of a container. Values refer to nodes, so that sharing (and a list that contains
/// itself) costs nothing and nothing is ever walked recursively.
struct PickleNode {
  std::vector<PickleValue> items;
};

using PickleArena = std::deque<PickleNode>;

/// "a dictionary", "text", ...: for messages.
inline std::string_view name_of(PickleKind kind) {
  constexpr std::array<std::string_view, 13> kNames{
      "None",    "a boolean", "an integer",   "a float",      "text",      "a class or function",
      "a tuple", "a list",    "a dictionary", "a dictionary", "a storage", "a tensor",
      "a device"};
  return kNames[static_cast<size_t>(kind)];
}

}  // namespace finetune::tensors
