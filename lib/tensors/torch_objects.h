#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "tensors/named_tensors.h"
#include "tensors/pickle_value.h"

namespace finetune::tensors {

/// Element type of a storage class such as "torch.FloatStorage"; nothing for any other name.
std::optional<DType> dtype_of_storage(std::string_view global);

/// The name itself, with static lifetime, if a file of tensors needs it; nothing for any other.
/// Names are never looked up, imported or executed.
std::optional<std::string_view> allowed_global(std::string_view name);

/// What calling the allowed `function` with the tuple `arguments` stands for: torch.save writes
/// tensors, parameters, ordered dictionaries, sizes and devices that way. New nodes go to `arena`.
/// Throws CheckpointError for arguments of other kinds or number.
PickleValue rebuild(PickleValue function, PickleValue arguments, PickleArena& arena);

/// The storage that a persistent id ("storage", type, key, location, num_elements) names. Throws
/// CheckpointError for anything else.
PickleValue storage_of(PickleValue persistent_id);

}  // namespace finetune::tensors
