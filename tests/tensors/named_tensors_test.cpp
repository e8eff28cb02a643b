#include "tensors/named_tensors.h"

#include <catch2/catch.hpp>

using namespace finetune::tensors;

TEST_CASE("every element type has the size and name that safetensors gives it") {
  struct Row {
    DType dtype;
    int64_t size;
    const char* name;
  };
  // safetensors 0.8.0, Dtype::bitsize and its serde names
  for (const Row& row :
       {Row{DType::kBool, 1, "BOOL"}, Row{DType::kU8, 1, "U8"}, Row{DType::kI8, 1, "I8"},
        Row{DType::kI16, 2, "I16"}, Row{DType::kI32, 4, "I32"}, Row{DType::kI64, 8, "I64"},
        Row{DType::kF16, 2, "F16"}, Row{DType::kBF16, 2, "BF16"}, Row{DType::kF32, 4, "F32"},
        Row{DType::kF64, 8, "F64"}}) {
    CHECK(size_of(row.dtype) == row.size);
    CHECK(name_of(row.dtype) == row.name);
    CHECK(dtype_named(row.name) == row.dtype);
  }
}

TEST_CASE("an element type that is not read has no DType") {
  for (const char* name : {"F8_E4M3", "F4", "C64", "f32", ""}) {
    CHECK_FALSE(dtype_named(name).has_value());
  }
}

TEST_CASE("a view counts its elements, none when a dimension is zero") {
  TensorView view;
  CHECK(view.num_elements() == 1);  // rank 0
  view.shape = {2, 3, 4};
  CHECK(view.num_elements() == 24);
  view.shape = {int64_t{1} << 62, 2, 0};  // the product before the zero leaves int64
  CHECK(view.num_elements() == 0);
}
