#include "report/append_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "base/log.h"
#include "base/strings.h"

namespace finetune::report {
namespace {

/// The number of bytes written: all of them, or fewer with errno set.
size_t write_all(int descriptor, std::string_view bytes) {
  size_t done = 0;
  while (done < bytes.size()) {
    const ssize_t count = ::write(descriptor, bytes.data() + done, bytes.size() - done);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) break;
    done += static_cast<size_t>(count);
  }
  return done;
}

}  // namespace

AppendFile::AppendFile(std::filesystem::path path) : path_(std::move(path)) {
  descriptor_ = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
  struct stat status = {};
  if (descriptor_ < 0 || ::fstat(descriptor_, &status) != 0) {
    degrade("open");
    return;
  }
  size_ = static_cast<int64_t>(status.st_size);
}

AppendFile::~AppendFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

void AppendFile::append(std::string_view record) {
  if (descriptor_ < 0) return;
  const size_t done = write_all(descriptor_, record);
  if (done == record.size()) {
    size_ += static_cast<int64_t>(done);
    return;
  }
  degrade("write");
  if (done > 0) truncate(size_);
}

void AppendFile::truncate(int64_t size) {
  struct stat status = {};
  if (descriptor_ < 0 || ::fstat(descriptor_, &status) != 0 || status.st_size < size) return;
  if (status.st_size > size && ::ftruncate(descriptor_, static_cast<off_t>(size)) != 0) {
    degrade("shorten");
    return;
  }
  size_ = size;
}

void AppendFile::degrade(std::string_view action) {
  const int error = errno;
  if (has_warned_) return;
  has_warned_ = true;
  base::log_warning("cannot " + std::string(action) + " " + base::quote(path_.string()) + ": " +
                    std::strerror(error) +
                    ". The run goes on; what should go into this file may be missing from it");
}

}  // namespace finetune::report
