#include "kernels/simd/loops.h"

#include "kernels/simd/activation_loops.h"
#include "kernels/simd/attention_loops.h"
#include "kernels/simd/cached_attention_loops.h"
#include "kernels/simd/few_rows_loops.h"
#include "kernels/simd/loss_loops.h"
#include "kernels/simd/matrix_loops.h"
#include "kernels/simd/norm_loops.h"
#include "kernels/simd/optimizer_loops.h"
#include "kernels/simd/vocabulary_loops.h"

// Compiled once per instruction set; FINETUNE_LOOPS names the table (see CMakeLists.txt).
namespace finetune::kernels::simd {

extern const Loops FINETUNE_LOOPS;
const Loops FINETUNE_LOOPS = {
    .dropout = dropout_rows,
    .norm_forward = norm_forward,
    .norm_backward = norm_backward,
    .activation_forward = activation_forward,
    .activation_backward = activation_backward,
    .gated_forward = gated_forward,
    .gated_backward = gated_backward,
    .column_sums = column_sums,
    .add = add,
    .add_scaled = add_scaled,
    .attention_scratch = attention_scratch,
    .attention_forward = attention_forward,
    .attention_backward = attention_backward,
    .cached_attention = cached_attention,
    .matrix_panel = matrix_panel,
    .matrix_scratch = matrix_scratch,
    .multiply = multiply_matrices,
    .few_rows_columns = few_rows_columns,
    .few_rows_pack = few_rows_pack,
    .multiply_few_rows = multiply_few_rows,
    .cross_entropy_forward = cross_entropy_forward,
    .cross_entropy_backward = cross_entropy_backward,
    .cross_entropy_in_place = cross_entropy_in_place,
    .log_sum_exp = log_sum_exp,
    .next_above = next_above,
    .adamw = adamw,
    .sum_of_squares = sum_of_squares,
};

}  // namespace finetune::kernels::simd
