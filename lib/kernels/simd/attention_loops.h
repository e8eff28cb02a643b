#pragma once

#include "kernels/simd/loops.h"
#include "kernels/simd/products.h"

// Attention of one head over one sequence, a block of queries at a time: the scores of a block stay
// in the cache, keys and values are packed once. The backward pass computes the probabilities again
// from the saved log-sum-exp of each row (Dao et al. 2022, algorithm 4).
namespace finetune::kernels::simd {
namespace {

constexpr int64_t kQueryBlock = 64;

/// Where things lie and how wide they are; columns are padded to whole vectors.
struct Geometry {
  explicit Geometry(const AttentionTask& t)
      : head_width(t.width / t.num_heads),
        head_columns(round_up(head_width)),
        key_columns(round_up(t.num_keys)),
        q_begin(t.first * t.q_stride + t.head * head_width),
        kv_begin(t.first_key * t.kv_stride + t.head * head_width) {}

  /// Rows of the head's keys or values.
  Rows key_rows(const AttentionTask& t) const { return {t.kv_stride, t.num_keys, head_width}; }

  int64_t head_width;
  int64_t head_columns;
  int64_t key_columns;
  int64_t q_begin;   ///< of the head's queries in q
  int64_t kv_begin;  ///< of its keys in k, its values in v
};

/// Queries [begin, end) against keys [0, columns).
struct Block {
  Block(const AttentionTask& t, const Geometry& g, int64_t first)
      : begin(first),
        end(smaller(first + kQueryBlock, t.length)),
        columns(t.is_causal ? round_up(end) : g.key_columns) {}

  int64_t rows() const { return end - begin; }
  int64_t padded_rows() const { return round_up_rows(rows()); }  ///< the gap's scores are zero

  int64_t begin;
  int64_t end;
  int64_t columns;
};

FINETUNE_INLINE int64_t num_visible(const AttentionTask& t, int64_t i) {
  return t.is_causal ? i + 1 : t.num_keys;
}

FINETUNE_INLINE DropoutRow mask_row(const AttentionTask& t, int64_t i) {
  return t.dropout.row((t.first + i) * t.num_heads + t.head);
}

FINETUNE_INLINE Floats keep_first(const Floats& v, int64_t count, const Floats& otherwise) {
  return lane_numbers() < static_cast<int32_t>(count) ? v : otherwise;
}

/// Largest of the first `count` scores; NaN is left to the sums that follow.
FINETUNE_INLINE float largest_score(const float* scores, int64_t count) {
  const Floats lowest = splat(-std::numeric_limits<float>::infinity());
  Floats largest = lowest;
  for (int64_t j = 0; j < count; j += kLanes) {
    largest = max(largest, keep_first(load(scores + j), count - j, lowest));
  }
  return max(largest);
}

/// What the bias gives key 0 of query i, the other keys following; null where there is none.
template <class Float>
FINETUNE_INLINE Float* bias_row(const AttentionTask& t, Float* bias, int64_t i) {
  return bias == nullptr ? nullptr : bias + t.bias_middle - i;
}

/// Scores with a bias are scaled before it is added, others inside the exponential.
FINETUNE_INLINE float add_bias(const AttentionTask& t, int64_t i, int64_t count, float* scores) {
  const float* bias = bias_row(t, t.bias, i);
  if (bias == nullptr) return t.scale;
  for (int64_t j = 0; j < count; j += kLanes) {
    const Floats s = load(scores + j, count - j) * t.scale + load(bias + j, count - j);
    store(scores + j, s, count - j);
  }
  return 1.0F;
}

/// Turns row i of q k^T into unnormalised probabilities times the mask, zero beyond what is
/// visible; returns what the weighted sum of values is to be multiplied by.
FINETUNE_INLINE float softmax_row(const AttentionTask& t, int64_t i, const Block& block,
                                  float* scores) {
  const int64_t count = num_visible(t, i);
  const float scale = add_bias(t, i, count, scores);
  const float top = largest_score(scores, count);
  const DropoutRow row = mask_row(t, i);
  const bool drops = t.dropout.threshold > 0;
  Floats total{};
  for (int64_t j = 0; j < block.columns; j += kLanes) {
    Floats e = exp((load(scores + j) - top) * scale);
    e = keep_first(e, count - j, Floats{});
    total += e;
    store(scores + j, drops ? e * dropout_factors(t.dropout, row, j) : e);
  }
  const float denominator = sum(total);
  t.log_sum_exp[(t.first + i) * t.num_heads + t.head] = top * scale + __builtin_logf(denominator);
  return 1.0F / denominator;
}

/// Scratch of the forward pass.
struct ForwardScratch {
  ForwardScratch(const Geometry& g, float* at)
      : keys_transposed(at),
        values(keys_transposed + g.head_width * g.key_columns),
        queries(values + g.key_columns * g.head_columns),
        scores(queries + kQueryBlock * g.head_columns),
        sums(scores + kQueryBlock * g.key_columns) {}

  float* keys_transposed;  ///< [E, S]
  float* values;           ///< [S, E]
  float* queries;          ///< [T, E]
  float* scores;           ///< [T, S]
  float* sums;             ///< [T, E]
};

void forward_block(const AttentionTask& t, const Geometry& g, const Block& block,
                   const ForwardScratch& s) {
  pack(t.q + g.q_begin + block.begin * t.q_stride, {t.q_stride, block.rows(), g.head_width},
       s.queries);
  multiply<false>({s.scores, g.key_columns, s.keys_transposed, g.key_columns, block.padded_rows(),
                   block.columns, g.head_width},
                  {s.queries, g.head_columns, 1});
  float factors[kQueryBlock];
  for (int64_t i = 0; i < block.rows(); ++i) {
    factors[i] = softmax_row(t, block.begin + i, block, s.scores + i * g.key_columns);
  }
  multiply<false>({s.sums, g.head_columns, s.values, g.head_columns, block.padded_rows(),
                   g.head_columns, smaller(block.columns, t.num_keys)},
                  {s.scores, g.key_columns, 1});
  float* out = t.out + (t.first + block.begin) * t.width + t.head * g.head_width;
  for (int64_t i = 0; i < block.rows(); ++i, out += t.width) {
    const float* row = s.sums + i * g.head_columns;
    for (int64_t e = 0; e < g.head_width; e += kLanes) {
      store(out + e, load(row + e) * factors[i], g.head_width - e);
    }
  }
}

void attention_forward(const AttentionTask& t, float* scratch) {
  const Geometry g(t);
  const ForwardScratch s(g, scratch);
  const Rows rows = g.key_rows(t);
  pack_transposed(t.k + g.kv_begin, rows, s.keys_transposed);
  pack(t.v + g.kv_begin, rows, s.values);
  for (int64_t first = 0; first < t.length; first += kQueryBlock) {
    forward_block(t, g, Block(t, g, first), s);
  }
}

/// Scratch of the backward pass.
struct BackwardScratch {
  BackwardScratch(const Geometry& g, float* at)
      : keys_transposed(at),
        values_transposed(keys_transposed + g.head_width * g.key_columns),
        keys(values_transposed + g.head_width * g.key_columns),
        dkeys(keys + g.key_columns * g.head_columns),
        dvalues(dkeys + g.key_columns * g.head_columns),
        queries(dvalues + g.key_columns * g.head_columns),
        dout(queries + kQueryBlock * g.head_columns),
        dqueries(dout + kQueryBlock * g.head_columns),
        kept(dqueries + kQueryBlock * g.head_columns),
        dscores(kept + kQueryBlock * g.key_columns) {}

  float* keys_transposed;    ///< [E, S]
  float* values_transposed;  ///< [E, S]
  float* keys;               ///< [S, E]
  float* dkeys;              ///< [S, E]
  float* dvalues;            ///< [S, E]
  float* queries;            ///< [T, E]
  float* dout;               ///< [T, E]
  float* dqueries;           ///< [T, E]
  float* kept;               ///< [T, S] scores, then probabilities, then those times the mask
  float* dscores;            ///< [T, S]
};

/// The gradient of the biased scores is p * (dp - along).
struct SoftmaxGradient {
  const float* p;
  const float* dp;
  float along;
};
FINETUNE_INLINE void add_bias_gradient(const AttentionTask& t, int64_t i, int64_t count,
                                       const SoftmaxGradient& row) {
  float* dbias = bias_row(t, t.dbias, i);
  for (int64_t j = 0; j < count; j += kLanes) {
    const Floats ds = load(row.p + j) * (load(row.dp + j) - row.along);
    store(dbias + j, load(dbias + j, count - j) + ds, count - j);
  }
}

/// Row i: from scores and gradients of the masked probabilities to masked probabilities (in
/// `scores`) and gradients of the scores (in `gradients`).
FINETUNE_INLINE void softmax_row_backward(const AttentionTask& t, const Geometry& g, int64_t i,
                                          const Block& block, const BackwardScratch& s) {
  float* scores = s.kept + (i - block.begin) * g.key_columns;
  float* gradients = s.dscores + (i - block.begin) * g.key_columns;
  const int64_t count = num_visible(t, i);
  const float scale = add_bias(t, i, count, scores);
  const float log_sum_exp = t.log_sum_exp[(t.first + i) * t.num_heads + t.head];
  const DropoutRow row = mask_row(t, i);
  const bool drops = t.dropout.threshold > 0;
  Floats total{};
  for (int64_t j = 0; j < block.columns; j += kLanes) {
    const Floats p = keep_first(exp(load(scores + j) * scale - log_sum_exp), count - j, Floats{});
    const Floats factor = drops ? dropout_factors(t.dropout, row, j) : splat(1.0F);
    const Floats dp = load(gradients + j) * factor;
    total += p * dp;
    store(scores + j, p);
    store(gradients + j, dp);
  }
  const float along = sum(total);
  if (t.dbias != nullptr) add_bias_gradient(t, i, count, {scores, gradients, along});
  for (int64_t j = 0; j < block.columns; j += kLanes) {
    const Floats p = load(scores + j);
    store(gradients + j, p * (load(gradients + j) - along) * t.scale);
    if (drops) store(scores + j, p * dropout_factors(t.dropout, row, j));
  }
}

void backward_block(const AttentionTask& t, const Geometry& g, const Block& block,
                    const BackwardScratch& s) {
  const int64_t rows = block.rows();
  const int64_t padded_rows = block.padded_rows();
  const int64_t keys = smaller(block.columns, t.num_keys);
  const int64_t q = g.q_begin + block.begin * t.q_stride;
  const float* dout = t.dout + (t.first + block.begin) * t.width + t.head * g.head_width;
  pack(t.q + q, {t.q_stride, rows, g.head_width}, s.queries);
  pack(dout, {t.width, rows, g.head_width}, s.dout);
  multiply<false>(
      {s.kept, g.key_columns, s.keys_transposed, g.key_columns, rows, block.columns, g.head_width},
      {s.queries, g.head_columns, 1});
  multiply<false>({s.dscores, g.key_columns, s.values_transposed, g.key_columns, padded_rows,
                   block.columns, g.head_width},
                  {s.dout, g.head_columns, 1});
  for (int64_t i = block.begin; i < block.end; ++i) softmax_row_backward(t, g, i, block, s);
  multiply<true>({s.dvalues, g.head_columns, s.dout, g.head_columns, round_up_rows(keys),
                  g.head_columns, rows},
                 {s.kept, 1, g.key_columns});
  multiply<true>({s.dkeys, g.head_columns, s.queries, g.head_columns, round_up_rows(keys),
                  g.head_columns, rows},
                 {s.dscores, 1, g.key_columns});
  multiply<false>(
      {s.dqueries, g.head_columns, s.keys, g.head_columns, padded_rows, g.head_columns, keys},
      {s.dscores, g.key_columns, 1});
  unpack(s.dqueries, {t.q_stride, rows, g.head_width}, t.dq + q);
}

void attention_backward(const AttentionTask& t, float* scratch) {
  const Geometry g(t);
  const BackwardScratch s(g, scratch);
  const Rows rows = g.key_rows(t);
  pack_transposed(t.k + g.kv_begin, rows, s.keys_transposed);
  pack_transposed(t.v + g.kv_begin, rows, s.values_transposed);
  pack(t.k + g.kv_begin, rows, s.keys);
  clear(s.dkeys, 2 * g.key_columns * g.head_columns);  // and dvalues
  for (int64_t first = 0; first < t.length; first += kQueryBlock) {
    backward_block(t, g, Block(t, g, first), s);
  }
  unpack(s.dkeys, rows, t.dk + g.kv_begin);
  unpack(s.dvalues, rows, t.dv + g.kv_begin);
}

/// Enough for either pass.
int64_t attention_scratch(int64_t num_keys, int64_t head_width) {
  const int64_t keys = round_up(num_keys);
  const int64_t columns = round_up(head_width);
  return 2 * head_width * keys + 3 * keys * columns + 3 * kQueryBlock * columns +
         2 * kQueryBlock * keys;
}

}  // namespace
}  // namespace finetune::kernels::simd
