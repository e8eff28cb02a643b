#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>

#include "models/model.h"

namespace finetune::models {

/// Draws fresh values for the parameters (or blocks of parameters) that `rows` name. The stream of
/// a tensor depends on `seed` and its Hugging Face name alone.
void initialize(Model& model, std::span<const NameRow> rows, uint64_t seed);

/// Parameters and buffers of a module by their names.
std::map<std::string, at::Tensor> named_values(const torch::nn::Module& module);

/// The part of `parameter` that a row stands for, in the shape of the Hugging Face tensor: a view.
at::Tensor block_of(const at::Tensor& parameter, const NameRow& row);

}  // namespace finetune::models
