#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace finetune::tensors {

/// Element types that a checkpoint may hold and finetune reads.
enum class DType { kBool, kU8, kI8, kI16, kI32, kI64, kF16, kBF16, kF32, kF64 };

int64_t size_of(DType dtype);           ///< bytes of one element
std::string_view name_of(DType dtype);  ///< as safetensors spells it: "F32", "BF16", ...
std::optional<DType> dtype_named(std::string_view name);  ///< nothing for one we do not read

/// A tensor inside a mapped file or a buffer; `owner` keeps the bytes alive. Row-major unless
/// `strides` says otherwise. The bytes may be unaligned: read them through convert.h or memcpy.
struct TensorView {
  DType dtype = DType::kF32;
  std::vector<int64_t> shape;
  std::vector<int64_t> strides;      ///< in elements; empty = contiguous row-major
  std::span<const std::byte> bytes;  ///< from the first element to the last one, both included
  std::shared_ptr<const void> owner;
  std::string file;  ///< where it came from, for messages

  int64_t num_elements() const;
};

/// Tensors by name, in name order.
using NamedTensors = std::map<std::string, TensorView, std::less<>>;

/// What becomes of a tensor whose element type is none of DType (F8_*, F4, C64, ...).
enum class UnknownDTypes { kRefuse, kSkip };

/// One safetensors file, mapped. The whole header is validated before anything is returned (docs:
/// safetensors README; no hole, no overlap, no trailing byte, checked arithmetic, no name twice,
/// the metadata's "format" absent with all metadata, "pt" or "mlx"). More than 64 dimensions are
/// refused. Tensors left out for their element type are named in a warning. Throws CheckpointError.
NamedTensors read_safetensors(const std::filesystem::path& file,
                              UnknownDTypes unknown = UnknownDTypes::kRefuse);

/// One PyTorch `.bin` file (zip format, torch >= 1.6) that holds one flat dictionary of tensors or
/// parameters, read by a restricted unpickler that executes nothing. Views keep their strides, and
/// tensors that share a storage share their bytes. No checksum is computed (PyTorch computes none
/// either). Element types outside of DType are refused. Throws CheckpointError, for legacy,
/// TorchScript and tar files with the way to convert.
NamedTensors read_torch_bin(const std::filesystem::path& file);

/// The weights of a Hugging Face folder, from the first of: model.safetensors,
/// model.safetensors.index.json, pytorch_model.bin, pytorch_model.bin.index.json. The first that is
/// there counts: a broken one is an error, never a reason to try the next. Shards must hold exactly
/// the tensors that the index places in them. `unknown` is about safetensors. Throws
/// CheckpointError.
NamedTensors read_weights(const std::filesystem::path& folder,
                          UnknownDTypes unknown = UnknownDTypes::kRefuse);

}  // namespace finetune::tensors
