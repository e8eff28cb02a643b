#include "tensors/torch_objects.h"

#include <algorithm>
#include <array>
#include <initializer_list>

#include "base/error.h"
#include "base/strings.h"

namespace finetune::tensors {
namespace {

using base::cat;
using base::quote;
using enum PickleKind;
using Items = std::vector<PickleValue>;

struct StorageRow {
  std::string_view global;
  DType dtype;
};

constexpr std::array<StorageRow, 11> kStorages{{{"torch.FloatStorage", DType::kF32},
                                                {"torch.HalfStorage", DType::kF16},
                                                {"torch.BFloat16Storage", DType::kBF16},
                                                {"torch.DoubleStorage", DType::kF64},
                                                {"torch.IntStorage", DType::kI32},
                                                {"torch.LongStorage", DType::kI64},
                                                {"torch.ShortStorage", DType::kI16},
                                                {"torch.CharStorage", DType::kI8},
                                                {"torch.ByteStorage", DType::kU8},
                                                {"torch.BoolStorage", DType::kBool},
                                                {"torch.storage.UntypedStorage", DType::kU8}}};

constexpr std::array<std::string_view, 6> kFunctions{"collections.OrderedDict",
                                                     "torch._utils._rebuild_tensor_v2",
                                                     "torch._utils._rebuild_parameter",
                                                     "torch._utils._rebuild_parameter_with_state",
                                                     "torch.Size",
                                                     "torch.device"};

bool all_of_kind(const Items& items, PickleKind kind) {
  return std::all_of(items.begin(), items.end(),
                     [kind](const PickleValue& item) { return item.kind == kind; });
}

bool is_integer_tuple(const PickleValue& value) {
  return value.kind == kTuple && all_of_kind(value.node->items, kInteger);
}

/// Backward hooks: torch.save writes an empty ordered dictionary.
bool is_hooks(const PickleValue& value) {
  return value.kind == kOrderedDict || value.kind == kNone;
}

bool starts_with_kinds(const Items& items, std::initializer_list<PickleKind> kinds) {
  return items.size() >= kinds.size() &&
         std::equal(kinds.begin(), kinds.end(), items.begin(),
                    [](PickleKind kind, const PickleValue& item) { return item.kind == kind; });
}

// (storage, offset, shape, strides, requires_grad, hooks[, metadata])
bool are_tensor_arguments(const Items& items) {
  return (items.size() == 6 || items.size() == 7) &&
         starts_with_kinds(items, {kStorage, kInteger, kTuple, kTuple, kBool}) &&
         is_integer_tuple(items[2]) && is_integer_tuple(items[3]) && is_hooks(items[5]);
}

// (tensor, requires_grad, hooks[, state])
bool are_parameter_arguments(const Items& items, size_t count) {
  return items.size() == count && starts_with_kinds(items, {kTensor, kBool}) && is_hooks(items[2]);
}

bool are_device_arguments(const Items& items) {
  return (items.size() == 1 && items[0].kind == kText) ||
         (items.size() == 2 && items[0].kind == kText && items[1].kind == kInteger);
}

}  // namespace

std::optional<DType> dtype_of_storage(std::string_view global) {
  for (const StorageRow& row : kStorages) {
    if (row.global == global) return row.dtype;
  }
  return std::nullopt;
}

std::optional<std::string_view> allowed_global(std::string_view name) {
  for (const StorageRow& row : kStorages) {
    if (row.global == name) return row.global;
  }
  const auto found = std::find(kFunctions.begin(), kFunctions.end(), name);
  if (found == kFunctions.end()) return std::nullopt;
  return *found;
}

PickleValue rebuild(PickleValue function, PickleValue arguments, PickleArena& arena) {
  if (function.kind != kGlobal || arguments.kind != kTuple) {
    throw CheckpointError(
        cat("refused to call ", name_of(function.kind), " with ", name_of(arguments.kind)));
  }
  const Items& items = arguments.node->items;
  const std::string_view name = function.text;
  if (name == "collections.OrderedDict" && items.empty()) {
    return {kOrderedDict, 0, {}, &arena.emplace_back()};
  }
  if (name == "torch._utils._rebuild_tensor_v2" && are_tensor_arguments(items)) {
    return {kTensor, 0, {}, arguments.node};
  }
  if (name == "torch._utils._rebuild_parameter" && are_parameter_arguments(items, 3)) {
    return items[0];
  }
  if (name == "torch._utils._rebuild_parameter_with_state" && are_parameter_arguments(items, 4)) {
    return items[0];
  }
  if (name == "torch.Size" && items.size() == 1 && is_integer_tuple(items[0])) return items[0];
  if (name == "torch.device" && are_device_arguments(items)) return {kDevice, 0, {}, nullptr};
  throw CheckpointError(cat("refused to call ", quote(name), " with these ", items.size(),
                            " arguments, which torch.save does not write"));
}

PickleValue storage_of(PickleValue persistent_id) {
  const bool is_storage =
      persistent_id.kind == kTuple && persistent_id.node->items.size() == 5 &&
      starts_with_kinds(persistent_id.node->items, {kText, kGlobal, kText, kText, kInteger}) &&
      persistent_id.node->items[0].text == "storage" &&
      dtype_of_storage(persistent_id.node->items[1].text).has_value();
  if (!is_storage) throw CheckpointError("a persistent id does not name a storage of a known type");
  return {kStorage, 0, {}, persistent_id.node};
}

}  // namespace finetune::tensors
