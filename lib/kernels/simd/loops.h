#pragma once

#include <cstdint>

#include "kernels/activation.h"
#include "kernels/dropout_stream.h"

/// The inner loops of the fp32 CPU path: plain pointers, no torch, compiled once per instruction
/// set. Matrices are row-major and contiguous unless a stride is given. Loops over rows
/// [begin, end) of an operation may run on any thread; every sum over rows goes into a buffer of
/// the caller.
namespace finetune::kernels::simd {

struct DropoutRows {
  const float* x = nullptr;
  float* y = nullptr;  ///< x times the mask; may be x
  int64_t width = 0;
  DropoutStream dropout;
};

struct NormForward {
  const float* x = nullptr;
  const float* residual = nullptr;  ///< or null
  const float* gain = nullptr;
  const float* shift = nullptr;  ///< null: RMS norm, which takes no mean off either
  float* y = nullptr;
  float* normalized = nullptr;         ///< (sum - mean) / deviation, [N, D]
  float* inverse_deviation = nullptr;  ///< [N]
  int64_t width = 0;
  float epsilon = 0.0F;
  DropoutStream dropout;
  float* sum = nullptr;  ///< residual + dropout(x), or null where nobody reads it
};

struct NormBackward {
  const float* dy = nullptr;
  const float* normalized = nullptr;
  const float* inverse_deviation = nullptr;
  const float* gain = nullptr;
  float* dresidual = nullptr;  ///< gradient of the sum
  float* dx = nullptr;         ///< dresidual times the mask; null where there is no dropout
  float* sums = nullptr;       ///< [2D] gradients of gain, then of shift, over these rows: added to
  int64_t width = 0;
  DropoutStream dropout;
  const float* dsum = nullptr;  ///< gradient of the sum from elsewhere, or null
  bool is_rms = false;
};

struct ActivationRows {
  const float* z = nullptr;     ///< x W^T, without the bias
  const float* bias = nullptr;  ///< or null
  const float* dy = nullptr;    ///< backward only
  float* out = nullptr;         ///< forward: y; backward: gradient of z
  float* sums = nullptr;        ///< backward: [O] gradient of the bias, added to; null without one
  int64_t width = 0;
  Activation activation = Activation::kGelu;
};

/// activation(z[:, :width]) * z[:, width:]
struct GatedRows {
  const float* z = nullptr;   ///< [N, 2 width]
  const float* dy = nullptr;  ///< [N, width], backward only
  float* out = nullptr;       ///< forward: [N, width]; backward: gradient of z
  int64_t width = 0;
  Activation activation = Activation::kGelu;
};

struct ColumnSums {
  const float* x = nullptr;
  float* sums = nullptr;  ///< [width], added to
  int64_t width = 0;
};

/// One head of one sequence: queries [first, first + length) of their batch against keys
/// [first_key, first_key + num_keys) of theirs. All matrices begin at row 0 and head 0; gradients
/// have the strides of what they are gradients of.
struct AttentionTask {
  const float* q = nullptr;
  const float* k = nullptr;
  const float* v = nullptr;
  int64_t q_stride = 0;          ///< from row to row of q
  int64_t kv_stride = 0;         ///< of k and v
  const float* bias = nullptr;   ///< added to scores: key j of query i at [j - i + bias_middle]
  float* out = nullptr;          ///< [N, D], forward
  float* log_sum_exp = nullptr;  ///< [N, H], written forward, read backward
  const float* dout = nullptr;   ///< [N, D], backward
  float* dq = nullptr;           ///< backward
  float* dk = nullptr;
  float* dv = nullptr;
  float* dbias = nullptr;  ///< like bias, added to
  int64_t bias_middle = 0;
  int64_t width = 0;  ///< D
  int64_t num_heads = 0;
  int64_t first = 0;
  int64_t length = 0;
  int64_t first_key = 0;
  int64_t num_keys = 0;
  int64_t head = 0;
  float scale = 0.0F;  ///< of q k^T
  bool is_causal = false;
  DropoutStream dropout;
};

/// One query token against keys and values that lie anywhere in their buffers, all heads.
struct CachedAttentionRow {
  const float* q = nullptr;        ///< [D]
  const float* keys = nullptr;     ///< row s at keys + s * stride
  const float* values = nullptr;   ///< row s at values + s * stride
  const int32_t* slots = nullptr;  ///< [count] the rows, in the order of their positions
  const float* bias = nullptr;     ///< [H, bias_stride] or null; key j of head h at [h, j]
  float* out = nullptr;            ///< [D]
  int64_t stride = 0;
  int64_t bias_stride = 0;
  int64_t count = 0;
  int64_t num_heads = 0;
  int64_t head_width = 0;
  float scale = 0.0F;
};

/// c [M, O] = a [M, I] b [I, O] + bias, or c += a b. A transposed a or b lies in memory as its
/// transpose. depth I is at least 1.
struct MatrixProduct {
  const float* a = nullptr;
  const float* b = nullptr;
  float* c = nullptr;
  const float* bias = nullptr;  ///< [O] or null; not with `adds`
  int64_t a_stride = 0;         ///< from row to row in memory
  int64_t b_stride = 0;
  int64_t c_stride = 0;
  int64_t depth = 0;
  bool a_is_transposed = false;
  bool b_is_transposed = false;
  bool adds = false;
};

/// A part of c.
struct MatrixRange {
  int64_t first_row = 0;
  int64_t end_row = 0;
  int64_t first_column = 0;
  int64_t end_column = 0;
};

/// y = x W^T + bias for few rows of x.
struct FewRows {
  const float* x = nullptr;       ///< [inputs, columns]: packed by few_rows_pack
  const float* weight = nullptr;  ///< [outputs, inputs], of rows with a stride
  const float* bias = nullptr;    ///< [outputs] or null
  float* y = nullptr;             ///< [rows, outputs]
  int64_t weight_stride = 0;
  int64_t rows = 0;
  int64_t inputs = 0;  ///< at least 1
  int64_t outputs = 0;
};
constexpr int64_t kFewRowsOutputs = 16;  ///< computed together

struct CrossEntropyRows {
  const float* logits = nullptr;     ///< [N, C]
  const int64_t* targets = nullptr;  ///< [N], negative: skipped
  float* log_sum_exp = nullptr;      ///< [N], written forward, read backward
  double* losses = nullptr;          ///< [N], forward
  float* dlogits = nullptr;          ///< [N, C], backward
  float dloss = 0.0F;                ///< backward
  int64_t width = 0;                 ///< C
  double smoothing = 0.0;
};

/// Loss and gradient of one row at once.
struct CrossEntropyInPlace {
  float* logits = nullptr;           ///< [N, C], without the bias; then their gradients
  const float* bias = nullptr;       ///< [C] or null
  const int64_t* targets = nullptr;  ///< [N], negative: skipped
  double* losses = nullptr;          ///< [N]
  int64_t width = 0;                 ///< C
  double smoothing = 0.0;
  bool needs_gradient = true;
};

struct AdamWBlock {
  float* parameters = nullptr;
  float* gradients = nullptr;
  float* first_moment = nullptr;
  float* second_moment = nullptr;
  int64_t count = 0;
  float step_size = 0.0F;           ///< lr / (1 - beta1^t)
  float inverse_correction = 0.0F;  ///< 1 / sqrt(1 - beta2^t)
  float clip = 1.0F;
  float l2 = 0.0F;
  float shrink = 1.0F;       ///< 1 - lr * weight_decay
  float first_keep = 0.0F;   ///< beta1
  float first_take = 0.0F;   ///< 1 - beta1
  float second_keep = 0.0F;  ///< beta2
  float second_take = 0.0F;  ///< 1 - beta2
  float epsilon = 0.0F;
};

struct Loops {
  void (*dropout)(const DropoutRows&, int64_t begin, int64_t end);
  void (*norm_forward)(const NormForward&, int64_t begin, int64_t end);
  void (*norm_backward)(const NormBackward&, int64_t begin, int64_t end);
  void (*activation_forward)(const ActivationRows&, int64_t begin, int64_t end);
  void (*activation_backward)(const ActivationRows&, int64_t begin, int64_t end);
  void (*gated_forward)(const GatedRows&, int64_t begin, int64_t end);
  void (*gated_backward)(const GatedRows&, int64_t begin, int64_t end);
  void (*column_sums)(const ColumnSums&, int64_t begin, int64_t end);
  void (*add)(float* to, const float* from, int64_t count);
  void (*add_scaled)(float* to, const float* from, float factor, int64_t count);
  int64_t (*attention_scratch)(int64_t num_keys,
                               int64_t head_width);  ///< floats, forward or backward
  void (*attention_forward)(const AttentionTask&, float* scratch);
  void (*attention_backward)(const AttentionTask&, float* scratch);
  void (*cached_attention)(const CachedAttentionRow&, float* scratch);  ///< [count] floats
  int64_t (*matrix_panel)();    ///< columns that are computed together
  int64_t (*matrix_scratch)();  ///< floats
  void (*multiply)(const MatrixProduct&, const MatrixRange&, float* scratch);
  int64_t (*few_rows_columns)(int64_t num_rows);  ///< of x packed
  /// x [num_rows, inputs] -> packed [inputs, columns]
  void (*few_rows_pack)(const float* x, int64_t stride, int64_t num_rows, int64_t inputs,
                        float* packed);
  /// Outputs [begin, end); scratch [kFewRowsOutputs, columns].
  void (*multiply_few_rows)(const FewRows&, int64_t begin, int64_t end, float* scratch);
  void (*cross_entropy_forward)(const CrossEntropyRows&, int64_t begin, int64_t end);
  void (*cross_entropy_backward)(const CrossEntropyRows&, int64_t begin, int64_t end);
  void (*cross_entropy_in_place)(const CrossEntropyInPlace&, int64_t begin, int64_t end);
  /// log(sum(exp(scores))); with log_probs [count], which may be `scores`, also score - that.
  float (*log_sum_exp)(const float* scores, int64_t count, float* log_probs);
  /// The first index from `begin` on with scores[index] + offset > threshold, else `count`.
  int64_t (*next_above)(const float* scores, int64_t begin, int64_t count, float offset,
                        float threshold);
  void (*adamw)(const AdamWBlock&);
  double (*sum_of_squares)(const float* values, int64_t count);
};

enum class InstructionSet { kGeneric, kAvx2, kAvx512 };

bool is_supported(InstructionSet set);       ///< by this build and by this processor
const Loops& loops_for(InstructionSet set);  ///< throws InternalError where it is not
const Loops& loops();                        ///< the best supported

}  // namespace finetune::kernels::simd
