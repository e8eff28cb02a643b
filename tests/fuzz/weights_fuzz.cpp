// The first byte chooses a file of a model folder, the rest are its bytes: safetensors, a PyTorch
// .bin, or the index of two sound shards that lie beside it. What is accepted is read whole.
#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/files.h"
#include "claims.h"
#include "scratch_folder.h"
#include "tensors/convert.h"
#include "tensors/named_tensors.h"
#include "tensors/safetensors_writer.h"

using namespace finetune;

namespace {

constexpr int64_t kMostElements = 1 << 20;  ///< strides of 0 make many of few bytes
constexpr std::array kFiles = {"model.safetensors", "pytorch_model.bin",
                               "model.safetensors.index.json"};

void write_shards() {
  static const std::array<std::byte, 16> bytes{};
  for (const char* name : {"a", "b"}) {
    tensors::TensorView view;
    view.shape = {2, 2};
    view.bytes = bytes;
    const auto file = fuzz::scratch_folder() / (std::string(name) + ".safetensors");
    tensors::write_safetensors(base::posix_fs(), file, {{name, view}});
  }
}

void read_whole(const tensors::TensorView& view) {
  const int64_t count = view.num_elements();
  fuzz::require(count >= 0, "the number of elements is known");
  if (count > kMostElements) return;
  std::vector<std::byte> raw(static_cast<size_t>(count * tensors::size_of(view.dtype)));
  tensors::copy_contiguous(view, raw);
  std::vector<float> values(static_cast<size_t>(count));
  tensors::copy_as_f32(view, values);
  const auto odd = tensors::first_nonfinite(view);
  fuzz::require(!odd || (*odd >= 0 && *odd < count), "the place lies within the tensor");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const size_t choice = data[0] % kFiles.size();
  fuzz::empty_scratch();
  if (choice == 2) write_shards();
  fuzz::write_scratch(kFiles[choice], {reinterpret_cast<const char*>(data) + 1, size - 1});
  const auto unknown =
      data[0] < 128 ? tensors::UnknownDTypes::kRefuse : tensors::UnknownDTypes::kSkip;
  fuzz::accepts([&] {
    for (const auto& [name, view] : tensors::read_weights(fuzz::scratch_folder(), unknown)) {
      read_whole(view);
    }
  });
  return 0;
}
