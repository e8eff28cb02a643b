#include "data/byte_source.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include <cerrno>
#include <cstring>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/strings.h"

namespace finetune::data {
namespace {

constexpr size_t kInputBytes = size_t{256} << 10;

std::string shown(const std::string& path) {
  return path == "-" ? name_of_source(path) : base::quote(path);
}

class FileSource final : public ByteSource {
 public:
  explicit FileSource(std::string path) : path_(std::move(path)) {
    descriptor_ = path_ == "-" ? STDIN_FILENO : open(path_.c_str(), O_RDONLY | O_CLOEXEC);
    struct stat status {};
    if (descriptor_ < 0 || fstat(descriptor_, &status) != 0) {
      fail(base::cat("cannot open ", shown(path_), ": ", std::strerror(errno)));
    }
    if (S_ISDIR(status.st_mode)) fail(base::cat(shown(path_), " is a folder, not a data file"));
    if (S_ISBLK(status.st_mode) ||
        (S_ISCHR(status.st_mode) && path_ != "-" && isatty(descriptor_) == 0)) {
      fail(base::cat(shown(path_), " is a device, not a data file"));
    }
  }
  ~FileSource() override { close_file(); }

  size_t read(std::span<char> buffer) override {
    for (;;) {
      const ssize_t count = ::read(descriptor_, buffer.data(), buffer.size());
      if (count >= 0) return static_cast<size_t>(count);
      if (errno != EINTR) {
        throw IoError(base::cat("cannot read ", shown(path_), ": ", std::strerror(errno)));
      }
    }
  }

 private:
  void close_file() {
    if (descriptor_ > STDIN_FILENO) close(descriptor_);
  }
  [[noreturn]] void fail(std::string message) {
    close_file();
    throw DataError(std::move(message));
  }

  std::string path_;
  int descriptor_ = -1;
};

/// What both decompressors need: input read ahead from a file.
class CompressedSource : public ByteSource {
 public:
  explicit CompressedSource(const std::string& path)
      : path_(path), file_(path), input_(kInputBytes) {}

 protected:
  std::span<const char> more_input() { return {input_.data(), file_.read(input_)}; }
  [[noreturn]] void fail(std::string_view what) const {
    throw DataError(base::cat(shown(path_), ": ", what));
  }

 private:
  std::string path_;
  FileSource file_;
  std::vector<char> input_;
};

class GzipSource final : public CompressedSource {
 public:
  explicit GzipSource(const std::string& path) : CompressedSource(path) {
    if (inflateInit2(&stream_, 15 + 16) != Z_OK) throw InternalError("zlib does not start");
  }
  ~GzipSource() override { inflateEnd(&stream_); }

  size_t read(std::span<char> buffer) override {
    stream_.next_out = reinterpret_cast<Bytef*>(buffer.data());
    stream_.avail_out = static_cast<uInt>(buffer.size());
    while (stream_.avail_out == buffer.size()) {
      if (stream_.avail_in == 0) refill();
      if (stream_.avail_in == 0 && is_between_members_) return 0;
      if (stream_.avail_in == 0) fail("the compressed data ends too early");
      is_between_members_ = false;
      const int status = inflate(&stream_, Z_NO_FLUSH);
      if (status == Z_STREAM_END) {
        is_between_members_ = true;
        inflateReset(&stream_);
      } else if (status != Z_OK && status != Z_BUF_ERROR) {
        fail(base::cat("damaged gzip data (", stream_.msg != nullptr ? stream_.msg : "?", ")"));
      }
    }
    return buffer.size() - stream_.avail_out;
  }

 private:
  void refill() {
    const auto input = more_input();
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(input.data()));
    stream_.avail_in = static_cast<uInt>(input.size());
  }

  z_stream stream_{};
  bool is_between_members_ = false;
};

class ZstdSource final : public CompressedSource {
 public:
  explicit ZstdSource(const std::string& path)
      : CompressedSource(path), stream_(ZSTD_createDStream(), &ZSTD_freeDStream) {
    if (!stream_) throw InternalError("zstd does not start");
  }

  size_t read(std::span<char> buffer) override {
    ZSTD_outBuffer out{buffer.data(), buffer.size(), 0};
    while (out.pos == 0) {
      if (in_.pos == in_.size && !must_flush_) {
        const auto input = more_input();
        in_ = {input.data(), input.size(), 0};
        if (input.empty() && !is_inside_frame_) return 0;
        if (input.empty()) fail("the compressed data ends too early");
      }
      const size_t status = ZSTD_decompressStream(stream_.get(), &out, &in_);
      if (ZSTD_isError(status) != 0) {
        fail(base::cat("damaged zstd data (", ZSTD_getErrorName(status), ")"));
      }
      is_inside_frame_ = status != 0;
      must_flush_ = is_inside_frame_ && out.pos == out.size;
    }
    return out.pos;
  }

 private:
  std::unique_ptr<ZSTD_DStream, decltype(&ZSTD_freeDStream)> stream_;
  ZSTD_inBuffer in_{nullptr, 0, 0};
  bool is_inside_frame_ = true;  // an empty file is no zstd file
  bool must_flush_ = false;      // the output was full: there may be more without new input
};

}  // namespace

std::string name_of_source(const std::string& path) {
  return path == "-" ? "standard input" : path;
}

std::string_view without_compression(std::string_view path) {
  for (const std::string_view ending : {".gz", ".zst"}) {
    if (path.ends_with(ending)) return path.substr(0, path.size() - ending.size());
  }
  return path;
}

std::unique_ptr<ByteSource> open_source(const std::string& path) {
  if (path.ends_with(".gz")) return std::make_unique<GzipSource>(path);
  if (path.ends_with(".zst")) return std::make_unique<ZstdSource>(path);
  return std::make_unique<FileSource>(path);
}

}  // namespace finetune::data
