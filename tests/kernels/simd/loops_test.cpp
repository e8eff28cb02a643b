#include "kernels/simd/loops.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <functional>
#include <random>
#include <vector>

using namespace finetune::kernels;
using namespace finetune::kernels::simd;

namespace {

using Vector = std::vector<float>;

Vector random_vector(size_t count, unsigned seed) {
  std::mt19937 generator(seed);
  Vector out(count);
  for (float& x : out) x = static_cast<float>(generator() % 20001) / 5000.0F - 2.0F;
  return out;
}

/// Runs `body` with every instruction set of this machine.
void for_sets(const std::function<void(const Loops&)>& body) {
  for (const InstructionSet set :
       {InstructionSet::kGeneric, InstructionSet::kAvx2, InstructionSet::kAvx512}) {
    if (!is_supported(set)) continue;
    INFO("instruction set " << static_cast<int>(set));
    body(loops_for(set));
  }
}

void check_near(const Vector& a, const Vector& b, float tolerance) {
  REQUIRE(a.size() == b.size());
  float largest = 0;
  for (size_t i = 0; i < a.size(); ++i) largest = std::max(largest, std::abs(a[i] - b[i]));
  CHECK(largest <= tolerance);
}

/// What `body` writes with each set agrees with what it writes with the first.
void check_agreement(const std::function<Vector(const Loops&)>& body, float tolerance) {
  const Vector expected = body(loops_for(InstructionSet::kGeneric));
  for_sets([&](const Loops& loops) { check_near(body(loops), expected, tolerance); });
}

/// An activation and its derivative from their definitions.
struct Exact {
  double value, slope;
};
Exact exact_activation(Activation kind, double x) {
  if (kind == Activation::kRelu) return {std::max(x, 0.0), x > 0 ? 1.0 : 0.0};
  if (kind == Activation::kGelu) {
    const double phi = 0.5 * std::erfc(-x / std::sqrt(2.0));
    return {x * phi, phi + x * std::exp(-0.5 * x * x) / std::sqrt(2 * M_PI)};
  }
  const double factor = std::sqrt(2 / M_PI);
  const double t = std::tanh(factor * (x + 0.044715 * x * x * x));
  const double dt = (1 - t * t) * factor * (1 + 3 * 0.044715 * x * x);
  return {0.5 * x * (1 + t), 0.5 * (1 + t) + 0.5 * x * dt};
}

}  // namespace

TEST_CASE("masks are the same bits with every instruction set and as drawn one by one") {
  const DropoutStream stream(Dropout{0.1F, 12345, 678, 9});
  constexpr int64_t kRows = 7;
  for (const int64_t width : {1, 3, 16, 50, 384}) {
    const Vector ones(static_cast<size_t>(kRows * width), 1.0F);
    for_sets([&](const Loops& loops) {
      Vector out(ones.size());
      loops.dropout({ones.data(), out.data(), width, stream}, 0, kRows);
      bool is_same = true;
      for (int64_t r = 0; r < kRows; ++r) {
        const DropoutRow row = stream.row(r);
        for (int64_t c = 0; c < width; ++c) {
          is_same = is_same && out[static_cast<size_t>(r * width + c)] == stream.factor(row, c);
        }
      }
      CHECK(is_same);
    });
  }
}

TEST_CASE("the mask of a key never changes: resuming depends on it") {
  // Worked out by hand from dropout_stream.h with an independent program (Python integers).
  const DropoutStream stream(Dropout{0.1F, 1, 2, 3});
  CHECK(stream.threshold == 214748368U);  // 0.1F is slightly more than 0.1
  CHECK(stream.key == 0xed671830066ae2ecULL);
  CHECK(stream.row(5).first_key == 0x1b766103U);
  CHECK(stream.row(5).second_key == 0x9e59e913U);
  CHECK(stream.row(5).bits(7) == 0x93898cf5U);
}

TEST_CASE("products of few rows follow their definition, also where the work is cut in two") {
  for_sets([&](const Loops& loops) {
    for (const int64_t rows : {1, 3, 16, 33, 50}) {
      for (const int64_t inputs : {1, 15, 16, 17, 100, 1500}) {
        for (const int64_t outputs : {1, 4, 8, 13, 21, 50}) {
          const Vector x = random_vector(static_cast<size_t>(rows * inputs), 1);
          const Vector weight = random_vector(static_cast<size_t>(outputs * inputs), 2);
          const Vector bias = random_vector(static_cast<size_t>(outputs), 3);
          Vector y(static_cast<size_t>(rows * outputs), 777.0F);
          Vector packed(static_cast<size_t>(inputs * loops.few_rows_columns(rows)));
          Vector scratch(static_cast<size_t>(kFewRowsOutputs * loops.few_rows_columns(rows)));
          loops.few_rows_pack(x.data(), inputs, rows, inputs, packed.data());
          const FewRows task{packed.data(), weight.data(), bias.data(), y.data(),
                             inputs,        rows,          inputs,      outputs};
          const int64_t middle = std::min(outputs, kFewRowsOutputs);
          loops.multiply_few_rows(task, 0, middle, scratch.data());
          loops.multiply_few_rows(task, middle, outputs, scratch.data());
          double error = 0;
          for (int64_t r = 0; r < rows; ++r) {
            for (int64_t o = 0; o < outputs; ++o) {
              double exact = bias[static_cast<size_t>(o)];
              for (int64_t k = 0; k < inputs; ++k) {
                exact += double{x[static_cast<size_t>(r * inputs + k)]} *
                         weight[static_cast<size_t>(o * inputs + k)];
              }
              error = std::max(error, std::abs(y[static_cast<size_t>(r * outputs + o)] - exact));
            }
          }
          INFO(rows << " x " << inputs << " x " << outputs);
          CHECK(error < 1e-6 * (10 + static_cast<double>(inputs)));
        }
      }
    }
  });
}

TEST_CASE("gelu, its tanh form and ReLU follow their definitions over the whole range") {
  Vector x;
  for (float v = -40.0F; v <= 40.0F; v += 0.0137F) x.push_back(v);
  const Vector zeros(x.size(), 0.0F);
  const Vector ones(x.size(), 1.0F);
  for_sets([&](const Loops& loops) {
    for (const Activation kind : {Activation::kGelu, Activation::kGeluTanh, Activation::kRelu}) {
      Vector y(x.size());
      Vector slope(x.size());
      Vector sums(x.size());
      ActivationRows rows{x.data(), zeros.data(), ones.data(),
                          y.data(), sums.data(),  static_cast<int64_t>(x.size()),
                          kind};
      loops.activation_forward(rows, 0, 1);
      rows.out = slope.data();
      loops.activation_backward(rows, 0, 1);
      double error = 0;
      double slope_error = 0;
      for (size_t i = 0; i < x.size(); ++i) {
        const Exact exact = exact_activation(kind, double{x[i]});
        error =
            std::max(error, std::abs(y[i] - exact.value) / std::max(1.0, std::abs(exact.value)));
        slope_error = std::max(slope_error, std::abs(slope[i] - exact.slope));
      }
      INFO("activation " << static_cast<int>(kind));
      CHECK(error < 4e-7);  // a few units of float
      CHECK(slope_error < 8e-7);
      CHECK(sums == slope);
    }
  });
}

TEST_CASE("the norm agrees between instruction sets") {
  constexpr int64_t kRows = 5;
  for (const int64_t width : {1, 13, 16, 384}) {
    const auto count = static_cast<size_t>(kRows * width);
    const Vector x = random_vector(count, 1);
    const Vector residual = random_vector(count, 2);
    const Vector gain = random_vector(static_cast<size_t>(width), 3);
    check_agreement(
        [&](const Loops& loops) {
          Vector y(count);
          Vector normalized(count);
          Vector deviation(kRows);
          Vector dx(count);
          Vector dresidual(count);
          Vector sums(static_cast<size_t>(2 * width));
          const DropoutStream stream(Dropout{0.1F, 1, 2, 3});
          loops.norm_forward({x.data(), residual.data(), gain.data(), gain.data(), y.data(),
                              normalized.data(), deviation.data(), width, 1e-3F, stream},
                             0, kRows);
          loops.norm_backward({x.data(), normalized.data(), deviation.data(), gain.data(),
                               dresidual.data(), dx.data(), sums.data(), width, stream},
                              0, kRows);
          for (const Vector* part : {&dx, &dresidual, &sums}) {
            y.insert(y.end(), part->begin(), part->end());
          }
          return y;
        },
        2e-4F);  // deviations down to the root of epsilon magnify roundings thirtyfold
  }
}

TEST_CASE("attention agrees between instruction sets, in both passes") {
  for (const auto& [length, heads, width] : std::vector<std::tuple<int64_t, int64_t, int64_t>>{
           {1, 1, 4}, {7, 2, 40}, {23, 2, 64}, {70, 1, 16}, {130, 1, 32}}) {
    const Vector qkv = random_vector(static_cast<size_t>(3 * length * width), 1);
    const Vector dout = random_vector(static_cast<size_t>(length * width), 2);
    const Vector bias = random_vector(static_cast<size_t>(2 * length - 1), 3);
    for (const bool is_causal : {false, true}) {
      INFO(length << " tokens, " << heads << " heads of " << width / heads << ", " << is_causal);
      check_agreement(
          [&, length = length, heads = heads, width = width](const Loops& loops) {
            Vector out(dout.size());
            Vector log_sum_exp(static_cast<size_t>(length * heads));
            Vector dqkv(qkv.size());
            Vector dbias(bias.size());
            Vector scratch(static_cast<size_t>(loops.attention_scratch(length, width / heads)));
            AttentionTask task;
            task.q = qkv.data();
            task.k = task.q + width;
            task.v = task.k + width;
            task.q_stride = task.kv_stride = 3 * width;
            task.bias = bias.data();
            task.bias_middle = length - 1;
            task.out = out.data();
            task.log_sum_exp = log_sum_exp.data();
            task.dout = dout.data();
            task.dq = dqkv.data();
            task.dk = task.dq + width;
            task.dv = task.dk + width;
            task.dbias = dbias.data();
            task.width = width;
            task.num_heads = heads;
            task.length = task.num_keys = length;
            task.scale = 0.3F;
            task.is_causal = is_causal;
            task.dropout = DropoutStream(Dropout{0.1F, 1, 2, 3});
            for (task.head = 0; task.head < heads; ++task.head) {
              loops.attention_forward(task, scratch.data());
              loops.attention_backward(task, scratch.data());
            }
            out.insert(out.end(), dqkv.begin(), dqkv.end());
            out.insert(out.end(), dbias.begin(), dbias.end());
            return out;
          },
          1e-4F);  // sums over 130 keys of values up to 30
    }
  }
}

TEST_CASE("the losses and the sums agree between instruction sets") {
  const Vector logits = random_vector(3 * 37, 1);
  const std::vector<int64_t> targets{36, -1, 0};
  check_agreement(
      [&](const Loops& loops) {
        Vector log_sum_exp(3);
        std::vector<double> losses(3);
        Vector out(logits.size());
        const CrossEntropyRows rows{logits.data(),
                                    targets.data(),
                                    log_sum_exp.data(),
                                    losses.data(),
                                    out.data(),
                                    2.0F,
                                    37,
                                    0.1};
        loops.cross_entropy_forward(rows, 0, 3);
        loops.cross_entropy_backward(rows, 0, 3);
        for (const double loss : losses) out.push_back(static_cast<float>(loss));
        out.push_back(static_cast<float>(loops.sum_of_squares(logits.data(), 111)));
        loops.add(out.data(), logits.data(), 111);
        return out;
      },
      2e-6F);
}

TEST_CASE("the optimiser agrees between instruction sets") {
  check_agreement(
      [&](const Loops& loops) {
        Vector p = random_vector(37, 1);
        Vector g = random_vector(37, 2);
        Vector m = random_vector(37, 3);
        Vector v(37, 0.5F);
        AdamWBlock block{p.data(), g.data(), m.data(), v.data(), 37};
        block.step_size = 0.01F;
        block.inverse_correction = 2.0F;
        block.l2 = 0.1F;
        block.first_keep = block.second_keep = 0.9F;
        block.first_take = block.second_take = 0.1F;
        loops.adamw(block);
        for (const Vector* part : {&g, &m, &v}) p.insert(p.end(), part->begin(), part->end());
        return p;
      },
      1e-6F);
}

TEST_CASE("products of matrices agree between instruction sets, and with sums in double") {
  constexpr int64_t kRows = 29;
  constexpr int64_t kDepth = 300;
  constexpr int64_t kColumns = 75;
  const Vector a = random_vector(kRows * kDepth, 1);
  const Vector b = random_vector(kDepth * kColumns, 2);
  Vector expected(kRows * kColumns);
  for (int64_t i = 0; i < kRows; ++i) {
    for (int64_t j = 0; j < kColumns; ++j) {
      double sum = 0.0;
      for (int64_t k = 0; k < kDepth; ++k)
        sum += static_cast<double>(a[i * kDepth + k]) * b[k * kColumns + j];
      expected[i * kColumns + j] = static_cast<float>(sum);
    }
  }
  for_sets([&](const Loops& loops) {
    Vector c(kRows * kColumns, 9.0F);
    Vector scratch(loops.matrix_scratch());
    MatrixProduct product;
    product.a = a.data();
    product.b = b.data();
    product.c = c.data();
    product.a_stride = product.depth = kDepth;
    product.b_stride = product.c_stride = kColumns;
    const int64_t split = loops.matrix_panel();  // of the columns, and of the rows after 12
    for (const int64_t row : {int64_t{0}, int64_t{12}}) {
      for (const int64_t column : {int64_t{0}, split}) {
        loops.multiply(product,
                       {row, row == 0 ? 12 : kRows, column, column == 0 ? split : kColumns},
                       scratch.data());
      }
    }
    check_near(c, expected, 2e-4F);  // 300 products of up to 4, sums of up to 100
  });
}
