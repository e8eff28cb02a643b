#include "base/mapped_file.h"

#include <sys/mman.h>

#include <cerrno>

#include "base/descriptor.h"

namespace finetune::base {

MappedFile::MappedFile(const std::filesystem::path& path) {
  const Descriptor file = open_regular(path);
  size_ = regular_size(file.get(), path);
  if (size_ == 0) return;  // an empty range cannot be mapped
  void* address = ::mmap(nullptr, size_, PROT_READ, MAP_PRIVATE, file.get(), 0);
  if (address == MAP_FAILED) throw_errno("map", path, errno);
  data_ = static_cast<const std::byte*>(address);
}

MappedFile::~MappedFile() {
  if (data_ != nullptr) ::munmap(const_cast<std::byte*>(data_), size_);
}

}  // namespace finetune::base
