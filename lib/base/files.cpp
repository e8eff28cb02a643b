#include "base/files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <system_error>

#include "base/descriptor.h"
#include "base/error.h"
#include "base/strings.h"

namespace finetune::base {
namespace {

namespace fs = std::filesystem;

class PosixFile : public OutputFile {
 public:
  explicit PosixFile(const fs::path& path)
      : file_(path, O_WRONLY | O_CREAT | O_TRUNC, "create"), path_(path) {}

  void reserve(uint64_t bytes) override {
    // Not posix_fallocate: where the file system cannot, that writes into every block instead.
    while (bytes > 0 &&
           ::fallocate(file_.get(), FALLOC_FL_KEEP_SIZE, 0, static_cast<off_t>(bytes)) != 0) {
      if (errno == EINTR) continue;
      if (errno == EOPNOTSUPP || errno == ENOSYS || errno == ESPIPE || errno == ENODEV) return;
      throw_errno(cat("reserve ", bytes, " bytes for"), path_, errno);
    }
  }

  void write(std::span<const std::byte> bytes) override { write_all(file_.get(), bytes, path_); }

  void sync() override {
    if (sync_failed_) throw IoError(cat(quote(path_.string(), 1000), " lost data: write it anew"));
    while (::fsync(file_.get()) != 0) {
      if (errno == EINTR) continue;
      sync_failed_ = true;  // the kernel has dropped the pages: a second fsync would say "done"
      throw_errno("sync", path_, errno);
    }
  }

  void close() override {
    // After EINTR the descriptor is closed already, on Linux.
    if (::close(file_.release()) != 0 && errno != EINTR) throw_errno("close", path_, errno);
  }

 private:
  Descriptor file_;
  fs::path path_;
  bool sync_failed_ = false;
};

void check(std::string_view action, const fs::path& path, const std::error_code& error) {
  if (error) throw_errno(action, path, error.value());
}

class PosixFs : public Fs {
 public:
  std::unique_ptr<OutputFile> create(const fs::path& path) override {
    return std::make_unique<PosixFile>(path);
  }
  void make_directory(const fs::path& path) override {
    if (::mkdir(path.c_str(), 0777) != 0) throw_errno("create folder", path, errno);
  }
  void rename(const fs::path& from, const fs::path& to) override {
    if (::rename(from.c_str(), to.c_str()) != 0) {
      throw_errno("rename to " + quote(to.filename().string()) + " the file or folder", from,
                  errno);
    }
  }
  void exchange(const fs::path& a, const fs::path& b) override {
    if (::renameat2(AT_FDCWD, a.c_str(), AT_FDCWD, b.c_str(), RENAME_EXCHANGE) == 0) return;
    if (errno != EINVAL && errno != ENOSYS)
      throw_errno("exchange with " + quote(b.filename().string()) + " the file or folder", a,
                  errno);
    exchange_by_renames(a, b);
  }
  void remove_file(const fs::path& path) override {
    if (::unlink(path.c_str()) != 0) throw_errno("remove", path, errno);
  }
  void remove_tree(const fs::path& path) override {
    std::error_code error;
    fs::remove_all(path, error);
    check("remove", path, error);
  }
  void symlink(const fs::path& target, const fs::path& link) override {
    if (::symlink(target.c_str(), link.c_str()) != 0) throw_errno("create link", link, errno);
  }
  void sync_directory(const fs::path& path) override {
    const Descriptor folder(path, O_RDONLY | O_DIRECTORY, "open folder");
    while (::fsync(folder.get()) != 0) {
      if (errno == EINTR) continue;
      if (errno == EINVAL) return;  // a file system whose folders need no fsync
      throw_errno("sync folder", path, errno);
    }
  }
  std::vector<std::string> list(const fs::path& path) override {
    std::vector<std::string> names;
    std::error_code error;
    fs::directory_iterator entry(path, error);
    for (; !error && entry != fs::directory_iterator(); entry.increment(error)) {
      names.push_back(entry->path().filename().string());
    }
    check("list folder", path, error);
    std::sort(names.begin(), names.end());
    return names;
  }
  bool exists(const fs::path& path) override {
    struct stat info {};
    if (::lstat(path.c_str(), &info) == 0) return true;
    if (errno == ENOENT || errno == ENOTDIR) return false;
    throw_errno("examine", path, errno);
  }
  std::string read(const fs::path& path) override { return read_file(path); }
  uint64_t free_bytes(const fs::path& path) override {
    struct statvfs info {};
    if (::statvfs(path.c_str(), &info) != 0) throw_errno("find the free space of", path, errno);
    return uint64_t{info.f_bavail} * uint64_t{info.f_frsize};
  }

 private:
  void exchange_by_renames(const fs::path& a, const fs::path& b) {
    fs::path aside = a;
    aside += ".aside";
    rename(b, aside);
    try {
      rename(a, b);
    } catch (const IoError&) {
      rename(aside, b);
      throw;
    }
    rename(aside, a);
  }
};

}  // namespace

Fs& posix_fs() {
  static PosixFs instance;
  return instance;
}

void write_file_synced(Fs& fs, const fs::path& path, std::string_view bytes) {
  const auto file = fs.create(path);
  file->reserve(bytes.size());
  file->write(std::as_bytes(std::span(bytes)));
  file->sync();
  file->close();
}

void write_file_durably(Fs& fs, const fs::path& path, std::string_view bytes) {
  const fs::path folder = path.has_parent_path() ? path.parent_path() : fs::path(".");
  const fs::path staged = folder / ("." + path.filename().string() + ".tmp");
  try {
    write_file_synced(fs, staged, bytes);
    fs.rename(staged, path);
  } catch (const IoError&) {
    try {
      fs.remove_file(staged);
    } catch (const IoError&) {
      // The first error is the one to report.
    }
    throw;
  }
  fs.sync_directory(folder);
}

std::string read_file(const fs::path& path, uint64_t max_bytes) {
  const Descriptor file = open_regular(path);
  const size_t size = regular_size(file.get(), path);
  const auto check_limit = [&](size_t num_bytes) {
    if (num_bytes > max_bytes) {
      throw IoError(
          cat(quote(path.string(), 1000), " is larger than the limit of ", max_bytes, " bytes"));
    }
  };
  check_limit(size);
  std::string text;
  size_t num_read = 0;
  while (true) {  // a file may grow meanwhile, and those of /proc say that they are empty
    text.resize(std::max(size, num_read) + 4096);
    const ssize_t count = ::read(file.get(), text.data() + num_read, text.size() - num_read);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) throw_errno("read", path, errno);
    if (count == 0) break;
    num_read += static_cast<size_t>(count);
    check_limit(num_read);
  }
  text.resize(num_read);
  return text;
}

}  // namespace finetune::base
