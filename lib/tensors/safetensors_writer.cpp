#include "tensors/safetensors_writer.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/json.h"
#include "base/strings.h"
#include "tensors/convert.h"

namespace finetune::tensors {
namespace {

using base::cat;
using Named = NamedTensors::value_type;

// The order of the reference implementation: larger alignment first, then its enumeration
// backwards.
constexpr std::array kWriteOrder{DType::kI64, DType::kF64, DType::kF32, DType::kI32, DType::kBF16,
                                 DType::kF16, DType::kI16, DType::kI8,  DType::kU8,  DType::kBool};

size_t write_rank(DType dtype) {
  return static_cast<size_t>(std::find(kWriteOrder.begin(), kWriteOrder.end(), dtype) -
                             kWriteOrder.begin());
}

uint64_t bytes_of(const TensorView& tensor) {
  return static_cast<uint64_t>(tensor.num_elements() * size_of(tensor.dtype));
}

std::vector<const Named*> in_write_order(const NamedTensors& tensors) {
  std::vector<const Named*> order;
  for (const Named& named : tensors) order.push_back(&named);
  std::stable_sort(order.begin(), order.end(), [](const Named* a, const Named* b) {
    return write_rank(a->second.dtype) < write_rank(b->second.dtype);
  });
  return order;
}

std::string entry_text(const Named& named, uint64_t begin) {
  const auto& [name, tensor] = named;
  std::vector<std::string> sizes;
  for (int64_t size : tensor.shape) sizes.push_back(std::to_string(size));
  return cat(base::dump_json(name), ":{\"dtype\":\"", name_of(tensor.dtype), "\",\"shape\":[",
             base::join(sizes, ","), "],\"data_offsets\":[", begin, ",", begin + bytes_of(tensor),
             "]}");
}

/// The header with its length in front, padded with spaces to a multiple of 8 bytes.
std::string header_bytes(const std::vector<const Named*>& order) {
  std::string header = R"({"__metadata__":{"format":"pt"})";
  uint64_t begin = 0;
  for (const Named* named : order) {
    header += cat(",", entry_text(*named, begin));
    begin += bytes_of(named->second);
  }
  header += "}";
  header.resize((header.size() + 7) / 8 * 8, ' ');
  const uint64_t length = header.size();
  std::string bytes(sizeof(length), '\0');
  std::memcpy(bytes.data(), &length, sizeof(length));
  return bytes + header;
}

void check_tensor(const Named& named) {
  const auto& [name, tensor] = named;
  if (name == "__metadata__" || !base::is_valid_utf8(name)) {
    throw CheckpointError(
        cat("tensor ", base::quote(name), " has a name that safetensors forbids"));
  }
  if (tensor.strides.empty() && tensor.bytes.size() != bytes_of(tensor)) {
    throw InternalError(cat("tensor ", base::quote(name), " has ", tensor.bytes.size(),
                            " bytes but its shape needs ", bytes_of(tensor)));
  }
}

void write_tensor(base::OutputFile& out, const TensorView& tensor) {
  if (tensor.strides.empty()) {
    out.write(tensor.bytes);
    return;
  }
  std::vector<std::byte> contiguous(bytes_of(tensor));
  copy_contiguous(tensor, contiguous);
  out.write(contiguous);
}

}  // namespace

void write_safetensors(base::Fs& fs, const std::filesystem::path& file,
                       const NamedTensors& tensors) {
  for (const Named& named : tensors) check_tensor(named);
  const std::vector<const Named*> order = in_write_order(tensors);
  const std::string header = header_bytes(order);
  uint64_t num_bytes = header.size();
  for (const Named* named : order) num_bytes += bytes_of(named->second);
  const auto out = fs.create(file);
  out->reserve(num_bytes);
  out->write(std::as_bytes(std::span(header)));
  for (const Named* named : order) write_tensor(*out, named->second);
  out->sync();
  out->close();
}

}  // namespace finetune::tensors
