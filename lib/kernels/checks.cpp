#include "kernels/checks.h"

#include <string>

#include "base/error.h"

namespace finetune::kernels {
namespace {

template <class Sizes>
std::string text_of(const Sizes& sizes) {
  std::string out = "[";
  for (const int64_t size : sizes) {
    if (out.size() > 1) out += ", ";
    out += size == kAny ? "any" : std::to_string(size);
  }
  return out + "]";
}

}  // namespace

void check_shape(const at::Tensor& tensor, std::initializer_list<int64_t> sizes,
                 std::string_view name) {
  if (!tensor.defined()) {
    throw InternalError("'" + std::string(name) + "' is missing; expected shape " + text_of(sizes));
  }
  bool fits = tensor.dim() == static_cast<int64_t>(sizes.size());
  int64_t i = 0;
  for (const int64_t size : sizes) {
    fits = fits && (size == kAny || tensor.size(i) == size);
    ++i;
  }
  if (!fits) {
    throw InternalError("'" + std::string(name) + "' has shape " + text_of(tensor.sizes()) +
                        "; expected " + text_of(sizes));
  }
}

void check(bool claim, std::string_view message) {
  if (!claim) throw InternalError(std::string(message));
}

}  // namespace finetune::kernels
