#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string>

#include "base/error.h"
#include "base/hash.h"
#include "base/strings.h"
#include "data/prepare.h"

namespace finetune::data {
namespace {

constexpr uint64_t kPartBytes = uint64_t{1} << 20;

/// Closes itself.
struct ReadOnlyFile {
  explicit ReadOnlyFile(const std::string& name)
      : path(name), descriptor(open(path.c_str(), O_RDONLY | O_CLOEXEC)) {}
  ~ReadOnlyFile() {
    if (descriptor >= 0) close(descriptor);
  }
  ReadOnlyFile(const ReadOnlyFile&) = delete;
  ReadOnlyFile& operator=(const ReadOnlyFile&) = delete;
  std::string path;
  int descriptor;
};

[[noreturn]] void fail(const std::string& path) {
  throw DataError(base::cat("cannot read ", base::quote(path, 1000), ": ", std::strerror(errno)));
}

uint64_t hash_part(const ReadOnlyFile& file, uint64_t begin, uint64_t bytes, uint64_t seed) {
  std::string part(bytes, '\0');
  size_t held = 0;
  while (held < part.size()) {
    const ssize_t count = pread(file.descriptor, part.data() + held, part.size() - held,
                                static_cast<off_t>(begin + held));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) fail(file.path);
    if (count == 0) break;  // it has just been cut: the hash says so
    held += static_cast<size_t>(count);
  }
  return base::hash64(std::string_view(part).substr(0, held), seed);
}

}  // namespace

FileFingerprint fingerprint_file(const std::string& path) {
  struct stat status {};
  if (path == "-") return {};
  if (stat(path.c_str(), &status) != 0) fail(path);
  if (!S_ISREG(status.st_mode)) return {};  // opening a pipe would wait for its writer
  const ReadOnlyFile file(path);
  if (file.descriptor < 0 || fstat(file.descriptor, &status) != 0) fail(path);
  FileFingerprint fingerprint;
  fingerprint.bytes = static_cast<uint64_t>(status.st_size);
  fingerprint.modified_nanoseconds =
      static_cast<int64_t>(status.st_mtim.tv_sec) * 1'000'000'000 + status.st_mtim.tv_nsec;
  const uint64_t part = std::min(kPartBytes, fingerprint.bytes);
  const uint64_t head = hash_part(file, 0, part, 0);
  fingerprint.head_tail_hash = hash_part(file, fingerprint.bytes - part, part, head);
  return fingerprint;
}

}  // namespace finetune::data
