#include "base/folder_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <string>

#include "base/descriptor.h"
#include "base/error.h"
#include "base/files.h"
#include "base/process_info.h"
#include "base/strings.h"

namespace finetune::base {
namespace {

/// What the lock file holds, and what a BusyError shows of it: one line, quoted parts.
std::string holder_text() {
  return cat("process ", ::getpid(), " on host ", quote(host_name()), " since ", utc_now(), ": ",
             quote(command_line(), 400), "\n");
}

std::string holder_in(const std::filesystem::path& file) {
  const std::string text = read_file(file, 1 << 16);
  return text.empty() ? "another process" : std::string(trim(text));
}

/// A lock file that is there already can be opened in a folder that takes no new file.
void check_writable(const std::filesystem::path& folder) {
  if (::faccessat(AT_FDCWD, folder.c_str(), W_OK | X_OK, AT_EACCESS) != 0)
    throw_errno("write into", folder, errno);
}

}  // namespace

FolderLock::FolderLock(const std::filesystem::path& folder) {
  const std::filesystem::path path = folder / ".lock";
  Descriptor file(path, O_RDWR | O_CREAT | O_NONBLOCK, "create");
  regular_size(file.get(), path);
  while (::flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno == EINTR) continue;
    if (errno != EWOULDBLOCK) throw_errno("lock", path, errno);
    throw BusyError(cat(quote(folder.string(), 1000), " is in use by ", holder_in(path),
                        "; wait for it, stop it, or choose another output folder"));
  }
  check_writable(folder);
  if (::ftruncate(file.get(), 0) != 0) throw_errno("truncate", path, errno);
  const std::string holder = holder_text();
  write_all(file.get(), std::as_bytes(std::span(holder)), path);
  descriptor_ = file.release();
}

// The file stays: removing it would let two processes hold locks on two files of the same name.
FolderLock::~FolderLock() { ::close(descriptor_); }

}  // namespace finetune::base
