#include "base/descriptor.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <system_error>
#include <utility>

#include "base/error.h"
#include "base/strings.h"

namespace finetune::base {
namespace {

std::string_view kind_of(mode_t mode) {
  if (S_ISDIR(mode)) return "a folder";
  if (S_ISFIFO(mode)) return "a FIFO";
  if (S_ISSOCK(mode)) return "a socket";
  return "a device";
}

}  // namespace

Descriptor::Descriptor(const std::filesystem::path& path, int flags, std::string_view action) {
  do {
    descriptor_ = ::open(path.c_str(), flags | O_CLOEXEC, 0666);
  } while (descriptor_ < 0 && errno == EINTR);
  if (descriptor_ < 0) throw_errno(action, path, errno);
}

Descriptor::~Descriptor() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

int Descriptor::release() { return std::exchange(descriptor_, -1); }

void throw_errno(std::string_view action, const std::filesystem::path& path, int error_number) {
  throw IoError(cat("cannot ", action, " ", quote(path.string(), 1000), ": ",
                    std::generic_category().message(error_number)));
}

Descriptor open_regular(const std::filesystem::path& path) {
  return Descriptor(path, O_RDONLY | O_NONBLOCK, "open");
}

size_t regular_size(int descriptor, const std::filesystem::path& path) {
  struct stat info {};
  if (::fstat(descriptor, &info) != 0) throw_errno("examine", path, errno);
  if (!S_ISREG(info.st_mode)) {
    throw IoError(cat(quote(path.string(), 1000), " is ", kind_of(info.st_mode),
                      "; a regular file is needed here"));
  }
  return static_cast<size_t>(info.st_size);
}

void write_all(int descriptor, std::span<const std::byte> bytes,
               const std::filesystem::path& path) {
  while (!bytes.empty()) {
    const ssize_t num_written = ::write(descriptor, bytes.data(), bytes.size());
    if (num_written < 0 && errno == EINTR) continue;
    if (num_written < 0) throw_errno("write", path, errno);
    bytes = bytes.subspan(static_cast<size_t>(num_written));
  }
}

}  // namespace finetune::base
