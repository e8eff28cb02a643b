#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "models/name_table.h"

/// Rows of a name table for the layers of `nn`, so that a family spells each layer once. All take
/// names without the final ".weight" and ".bias".
namespace finetune::models {

/// Rows of the task's own part.
constexpr bool kHead = true;

/// One tensor, both names in full.
void add_tensor(std::vector<NameRow>& rows, const std::string& ours, const std::string& theirs,
                bool is_head = false);

/// Weight and bias of a linear layer.
void add_linear(std::vector<NameRow>& rows, const std::string& ours, const std::string& theirs,
                bool is_head = false);

/// Gain and shift of a layer norm.
void add_norm(std::vector<NameRow>& rows, const std::string& ours, const std::string& theirs,
              bool is_head = false);

/// Several linear layers of theirs that are the blocks of one of ours, in this order.
void add_fused_linear(std::vector<NameRow>& rows, const std::string& ours,
                      const std::vector<std::string>& theirs, bool is_head = false);

/// Fresh values as most families have them: gains one, biases and shifts zero, all else N(0,
/// deviation^2).
void set_usual_fresh_values(std::vector<NameRow>& rows, double deviation);

}  // namespace finetune::models
