#include "data/byte_source.h"

#include <sys/stat.h>
#include <zlib.h>
#include <zstd.h>

#include <thread>

#include "base/error.h"
#include "data_files.h"

namespace {

using namespace finetune;

std::string read_all(const std::string& path, size_t step = 1000) {
  const auto source = data::open_source(path);
  std::string all;
  std::string part(step, '\0');
  while (const size_t count = source->read(part)) all += part.substr(0, count);
  return all;
}

/// Enough to need many refills and full output buffers, compressible and not.
std::string sample() {
  std::string text;
  uint32_t state = 1;
  for (int i = 0; i < 600'000; ++i) {
    state = state * 1664525U + 1013904223U;
    text += static_cast<char>(i % 5000 < 2500 ? 'a' : state >> 24U);
  }
  return text;
}

std::string gzip(const std::string& text) {
  z_stream stream{};
  deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
  std::string out(compressBound(text.size()) + 100, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  REQUIRE(deflate(&stream, Z_FINISH) == Z_STREAM_END);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

std::string zstd(const std::string& text) {
  std::string out(ZSTD_compressBound(text.size()), '\0');
  out.resize(ZSTD_compress(out.data(), out.size(), text.data(), text.size(), 3));
  return out;
}

}  // namespace

TEST_CASE("A file is read as it is, or decompressed by its ending") {
  const std::string text = sample();
  for (const size_t step : {size_t{1000}, size_t{1} << 20}) {
    CHECK(read_all(test::DataFile("a.tsv", text).path(), step) == text);
    CHECK(read_all(test::DataFile("a.tsv.gz", gzip(text)).path(), step) == text);
    CHECK(read_all(test::DataFile("a.tsv.zst", zstd(text)).path(), step) == text);
  }
  CHECK(read_all(test::DataFile("two.gz", gzip("one ") + gzip("two")).path()) == "one two");
  CHECK(read_all(test::DataFile("two.zst", zstd("one ") + zstd("two")).path()) == "one two");
  CHECK(read_all(test::DataFile("empty.tsv", "").path()).empty());
}

TEST_CASE("Compressed data that ends too early is an error that names the file") {
  for (const auto& [name, bytes] : {std::pair{"a.gz", gzip(sample())}, {"a.zst", zstd(sample())}}) {
    for (const size_t kept : {size_t{3}, bytes.size() / 2, bytes.size() - 1}) {
      const test::DataFile file(name, bytes.substr(0, kept));
      CAPTURE(name, kept);
      const std::string message = test::error_of<DataError>([&] { read_all(file.path()); });
      CHECK(message.find(name) != std::string::npos);
    }
  }
}

TEST_CASE("Damaged compressed data is an error") {
  std::string bytes = gzip(sample());  // a gzip member ends with a checksum
  bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 0x10);
  CHECK_THROWS_AS(read_all(test::DataFile("a.gz", bytes).path()), DataError);
  CHECK_THROWS_AS(read_all(test::DataFile("a.gz", "this is no gzip file").path()), DataError);
  CHECK_THROWS_AS(read_all(test::DataFile("a.zst", "this is no zstd file").path()), DataError);
}

TEST_CASE("Missing files, folders and devices are refused with a reason") {
  const test::TemporaryFolder folder;
  const auto message = [](const std::string& path) {
    return test::error_of<DataError>([&] { data::open_source(path); });
  };
  CHECK(message((folder.path() / "none.tsv").string()).find("No such file") != std::string::npos);
  CHECK(message(folder.path().string()).find("is a folder") != std::string::npos);
  CHECK(message("/dev/zero").find("is a device") != std::string::npos);
}

TEST_CASE("A pipe is read to its end") {
  const test::TemporaryFolder folder;
  const std::string path = (folder.path() / "pipe").string();
  REQUIRE(mkfifo(path.c_str(), 0600) == 0);
  std::thread writer([&] { test::write_file(path, "through the pipe"); });
  CHECK(read_all(path) == "through the pipe");
  writer.join();
}

TEST_CASE("A compression ending is taken off") {
  CHECK(data::without_compression("a/b.tsv.gz") == "a/b.tsv");
  CHECK(data::without_compression("a.jsonl.zst") == "a.jsonl");
  CHECK(data::without_compression("a.csv") == "a.csv");
}
