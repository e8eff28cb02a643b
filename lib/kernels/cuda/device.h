#pragma once

#include <cstdint>

#include "kernels/dropout_stream.h"
#include "kernels/simd/loops.h"

/// What CUDA adds to the reference operations, which do everything else there: masks drawn on the
/// device and the optimiser's pass. Same formulas as the CPU; masks have the same bits. Work goes
/// to the default stream. Throws InternalError with CUDA's message. Built with FINETUNE_CUDA only.
namespace finetune::kernels::cuda {

bool is_on_device(const void* pointer);

/// The factors of rows first_row, first_row + 1, ... of a mask into device memory.
struct MaskBlock {
  DropoutStream dropout;
  int64_t first_row = 0;
  int64_t num_rows = 0;
  int64_t num_columns = 0;
  float* factors = nullptr;  ///< [num_rows, num_columns]
};
void draw_mask(const MaskBlock& block);

void adamw(const simd::AdamWBlock& block);

/// In double, over a fixed number of partial sums: the same in every run.
double sum_of_squares(const float* values, int64_t count);

}  // namespace finetune::kernels::cuda
