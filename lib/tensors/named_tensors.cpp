#include "tensors/named_tensors.h"

#include <algorithm>
#include <array>

#include "base/error.h"

namespace finetune::tensors {
namespace {

struct DTypeRow {
  DType dtype;
  int64_t size;
  std::string_view name;
};

constexpr std::array<DTypeRow, 10> kDTypes{{{DType::kBool, 1, "BOOL"},
                                            {DType::kU8, 1, "U8"},
                                            {DType::kI8, 1, "I8"},
                                            {DType::kI16, 2, "I16"},
                                            {DType::kI32, 4, "I32"},
                                            {DType::kI64, 8, "I64"},
                                            {DType::kF16, 2, "F16"},
                                            {DType::kBF16, 2, "BF16"},
                                            {DType::kF32, 4, "F32"},
                                            {DType::kF64, 8, "F64"}}};

const DTypeRow& row_of(DType dtype) {
  for (const DTypeRow& row : kDTypes) {
    if (row.dtype == dtype) return row;
  }
  throw InternalError("a tensor has an element type outside of DType");
}

}  // namespace

int64_t size_of(DType dtype) { return row_of(dtype).size; }

std::string_view name_of(DType dtype) { return row_of(dtype).name; }

std::optional<DType> dtype_named(std::string_view name) {
  for (const DTypeRow& row : kDTypes) {
    if (row.name == name) return row.dtype;
  }
  return std::nullopt;
}

int64_t TensorView::num_elements() const {
  if (std::find(shape.begin(), shape.end(), 0) != shape.end()) return 0;
  int64_t count = 1;
  for (int64_t size : shape) count *= size;  // bounded by the bytes of the file
  return count;
}

}  // namespace finetune::tensors
