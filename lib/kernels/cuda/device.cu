#include <cuda_runtime.h>

#include <string>
#include <vector>

#include "base/error.h"
#include "kernels/cuda/device.h"

namespace finetune::kernels::cuda {
namespace {

constexpr int kThreads = 256;
constexpr int kBlocks = 1024;

void check(cudaError_t status) {
  if (status != cudaSuccess)
    throw InternalError(std::string("CUDA: ") + cudaGetErrorString(status));
}

/// A thread's first element and its stride: every kernel below walks its range in these steps.
__device__ int64_t first_index() {
  return static_cast<int64_t>(blockIdx.x) * blockDim.x + threadIdx.x;
}
__device__ int64_t stride() { return static_cast<int64_t>(gridDim.x) * blockDim.x; }

__global__ void draw_mask_kernel(MaskBlock block) {
  const int64_t count = block.num_rows * block.num_columns;
  for (int64_t i = first_index(); i < count; i += stride()) {
    const DropoutRow row = block.dropout.row(block.first_row + i / block.num_columns);
    block.factors[i] = block.dropout.factor(row, i % block.num_columns);
  }
}

__global__ void adamw_kernel(simd::AdamWBlock a) {
  for (int64_t i = first_index(); i < a.count; i += stride()) {
    const float p = a.parameters[i];
    const float g = a.gradients[i] * a.clip + p * a.l2;
    const float m = a.first_moment[i] * a.first_keep + g * a.first_take;
    const float v = a.second_moment[i] * a.second_keep + g * g * a.second_take;
    a.parameters[i] =
        p * a.shrink - m * a.step_size / (sqrtf(v) * a.inverse_correction + a.epsilon);
    a.first_moment[i] = m;
    a.second_moment[i] = v;
    a.gradients[i] = 0.0F;
  }
}

__global__ void sum_of_squares_kernel(const float* values, int64_t count, double* sums) {
  __shared__ double shared[kThreads];
  double sum = 0.0;
  for (int64_t i = first_index(); i < count; i += stride()) {
    sum += static_cast<double>(values[i]) * static_cast<double>(values[i]);
  }
  shared[threadIdx.x] = sum;
  for (int half = kThreads / 2; half > 0; half /= 2) {
    __syncthreads();
    if (threadIdx.x < half) shared[threadIdx.x] += shared[threadIdx.x + half];
  }
  if (threadIdx.x == 0) sums[blockIdx.x] = shared[0];
}

}  // namespace

bool is_on_device(const void* pointer) {
  cudaPointerAttributes attributes{};
  if (cudaPointerGetAttributes(&attributes, pointer) != cudaSuccess) {
    cudaGetLastError();  // no device or no driver: then it is host memory
    return false;
  }
  return attributes.type == cudaMemoryTypeDevice;
}

void draw_mask(const MaskBlock& block) {
  if (block.num_rows * block.num_columns == 0) return;
  draw_mask_kernel<<<kBlocks, kThreads>>>(block);
  check(cudaGetLastError());
}

void adamw(const simd::AdamWBlock& block) {
  if (block.count == 0) return;
  adamw_kernel<<<kBlocks, kThreads>>>(block);
  check(cudaGetLastError());
}

double sum_of_squares(const float* values, int64_t count) {
  double* device_sums = nullptr;
  check(cudaMalloc(&device_sums, kBlocks * sizeof(double)));
  sum_of_squares_kernel<<<kBlocks, kThreads>>>(values, count, device_sums);
  std::vector<double> sums(kBlocks);
  const cudaError_t status =
      cudaMemcpy(sums.data(), device_sums, kBlocks * sizeof(double), cudaMemcpyDeviceToHost);
  check(cudaFree(device_sums));
  check(status);
  double total = 0.0;
  for (const double sum : sums) total += sum;
  return total;
}

}  // namespace finetune::kernels::cuda
