#include "data/token_cache.h"

#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <thread>

#include "base/error.h"
#include "base/files.h"
#include "base/log.h"
#include "data_files.h"
#include "fake_tokenizer.h"

namespace {

using namespace finetune;
namespace fs = std::filesystem;

std::string content(int num_rows = 300) {
  std::string text = "text\tlabel\n";
  for (int i = 0; i < num_rows; ++i) {
    text += "w" + std::to_string(i) + " w" + std::to_string(i * 7) + "\t" + std::to_string(i % 3) +
            "\n";
  }
  return text;
}

/// A data file and a cache folder; quiet.
struct Cache {
  explicit Cache(const std::string& text = content(), const std::string& name = "a.tsv")
      : file(name, text) {
    options.path = file.path();
    options.encoding.cache_folder = file.folder() / "cache";
    base::set_log_level(base::LogLevel::kOff);
  }
  ~Cache() { base::set_log_level(base::LogLevel::kInfo); }

  std::shared_ptr<const data::EncodedTable> load(const std::optional<data::LabelMap>& known = {}) {
    return data::load_or_encode(options, known, tokenizer);
  }
  /// Whether loading again encodes anew.
  bool encodes(const std::optional<data::LabelMap>& known = {}) {
    const int before = tokenizer.num_calls;
    load(known);
    return tokenizer.num_calls > before;
  }
  std::vector<fs::path> entries() const {
    std::vector<fs::path> paths;
    for (const auto& entry : fs::directory_iterator(options.encoding.cache_folder)) {
      paths.push_back(entry.path());
    }
    return paths;
  }

  test::DataFile file;
  data::FileOptions options;
  test::FakeTokenizer tokenizer;
};

}  // namespace

TEST_CASE("What was encoded once is mapped the next time, equal in everything") {
  Cache cache(content() + "\n");
  const auto first = cache.load();
  const int num_calls = cache.tokenizer.num_calls;
  CHECK(num_calls == 300);
  CHECK_THAT(base::read_file("/proc/self/maps"), Catch::Contains(cache.entries().at(0).string()));
  const auto second = cache.load();
  CHECK(cache.tokenizer.num_calls == num_calls);
  CHECK(second->fingerprint() == first->fingerprint());
  CHECK(second->notes().label_names == test::Strings{"0", "1", "2"});
  CHECK(second->notes().blank_lines == 1);
  CHECK(cache.entries().size() == 1);

  cache.options.encoding.cache_folder.clear();
  CHECK(cache.load()->fingerprint() == first->fingerprint());
  CHECK(cache.tokenizer.num_calls == 2 * num_calls);
}

TEST_CASE("Everything that an encoding depends on makes a table of its own") {
  Cache cache;
  CHECK(cache.encodes());
  CHECK_FALSE(cache.encodes());
  cache.options.encoding.max_length = 3;
  CHECK(cache.encodes());
  cache.options.read.on_bad_row = data::BadRowPolicy::kSkip;
  CHECK(cache.encodes());
  cache.options.read.label_column = "";
  CHECK(cache.encodes());
  cache.options.read.label_column = "label";
  CHECK(cache.encodes(data::LabelMap({"0", "1", "2"})));
  CHECK(cache.encodes(data::LabelMap({"2", "1", "0"})));
  CHECK_FALSE(cache.encodes(data::LabelMap({"0", "1", "2"})));
  const test::FakeTokenizer other(2);
  data::load_or_encode(cache.options, {}, other);
  CHECK(other.num_calls == 300);
  CHECK(cache.entries().size() == 7);
}

TEST_CASE("The content of the file decides, not its name or time") {
  Cache cache;
  CHECK(cache.encodes());
  fs::last_write_time(cache.file.path(), fs::file_time_type::clock::now() + std::chrono::hours(5));
  CHECK_FALSE(cache.encodes());
  fs::copy_file(cache.file.path(), cache.file.folder() / "copy.tsv");
  cache.options.path = (cache.file.folder() / "copy.tsv").string();
  CHECK_FALSE(cache.encodes());
  test::write_file(cache.options.path, content() + "w1\t1\n");
  CHECK(cache.encodes());
}

TEST_CASE("A file that changes while it is read is refused, and nothing is kept") {
  Cache cache(content(1));
  cache.tokenizer.on_encode = [&] { test::write_file(cache.file.path(), content(2)); };
  CHECK(test::error_of<DataError>([&] { cache.load(); }).find("has changed while") !=
        std::string::npos);
  CHECK_FALSE(fs::exists(cache.options.encoding.cache_folder));
  test::write_file(cache.file.path(), content(1));
  cache.options.encoding.cache_folder.clear();
  CHECK(test::error_of<DataError>([&] { cache.load(); }).find("has changed while") !=
        std::string::npos);
}

TEST_CASE("A file of target texts that changes while it is read is refused, too") {
  Cache cache("w1\nw2\n", "a.en");
  const std::string target = (cache.file.folder() / "a.de").string();
  test::write_file(target, "w3\nw4\n");
  cache.options.read.target_path = target;
  cache.options.read.target_kind = data::TargetKind::kText;
  CHECK(cache.load()->size() == 2);
  fs::remove_all(cache.options.encoding.cache_folder);
  cache.tokenizer.on_encode = [&] { test::write_file(target, "w3\nw5\n"); };
  const std::string error = test::error_of<DataError>([&] { cache.load(); });
  CHECK_THAT(error, Catch::Contains("a.de") && Catch::Contains("has changed while"));
  CHECK_FALSE(fs::exists(cache.options.encoding.cache_folder));
}

TEST_CASE("One byte in the middle of a large file counts, its time does not") {
  Cache cache("text\tlabel\nw1\tx\n");
  cache.options.read.on_bad_row = data::BadRowPolicy::kSkip;
  cache.options.read.max_row_bytes = 1000;
  fs::resize_file(cache.file.path(),
                  uint64_t{65} << 20);  // one endless line of zeros behind the row
  CHECK(cache.encodes());
  CHECK_FALSE(cache.encodes());
  const auto time = fs::file_time_type::clock::now() + std::chrono::hours(5);
  fs::last_write_time(cache.file.path(), time);
  CHECK_FALSE(cache.encodes());
  std::fstream(cache.file.path(), std::ios::in | std::ios::out).seekp(40 << 20).put('x');
  fs::last_write_time(cache.file.path(), time);
  CHECK(cache.encodes());
}

TEST_CASE("A damaged, cut or stale table is made anew") {
  Cache cache;
  const uint64_t good = cache.load()->fingerprint();
  const fs::path path = cache.entries().at(0);
  const std::string bytes = test::read_file(path);
  const auto with = [&](size_t at) {
    std::string changed = bytes;
    changed[at] = static_cast<char>(changed[at] + 1);
    return changed;
  };
  for (const std::string& damaged :
       {std::string(), bytes.substr(0, 100), bytes.substr(0, bytes.size() / 2),
        with(8) /* version */, with(200), with(bytes.size() / 2), bytes + "more"}) {
    test::write_file(path, damaged);
    const int before = cache.tokenizer.num_calls;
    CHECK(cache.load()->fingerprint() == good);
    CHECK(cache.tokenizer.num_calls == before + 300);
    CHECK(test::read_file(path) == bytes);
    CHECK_FALSE(cache.encodes());
  }
}

TEST_CASE("A folder that cannot be written costs a warning only") {
  Cache cache;
  test::write_file(cache.options.encoding.cache_folder, "a file in place of the folder");
  CHECK(cache.load()->size() == 300);
  CHECK(cache.encodes());
}

TEST_CASE("Threads and processes that build one table at once all get it whole") {
  Cache cache(content(3000));
  cache.options.encoding.num_threads = 2;
  std::vector<pid_t> children;
  for (int i = 0; i < 3; ++i) {
    const pid_t child = fork();
    if (child == 0) _exit(cache.load()->size() == 3000 ? 0 : 1);
    children.push_back(child);
  }
  std::vector<uint64_t> fingerprints(4);
  std::vector<std::thread> threads;
  threads.reserve(fingerprints.size());
  for (auto& fingerprint : fingerprints) {
    threads.emplace_back([&] { fingerprint = cache.load()->fingerprint(); });
  }
  for (auto& thread : threads) thread.join();
  for (const pid_t child : children) {
    int status = 1;
    waitpid(child, &status, 0);
    CHECK(status == 0);
  }
  CHECK(fingerprints == std::vector<uint64_t>(4, fingerprints[0]));
  CHECK(cache.entries().size() == 1);  // no temporary file left
  CHECK_FALSE(cache.encodes());
}

TEST_CASE("Temporary files of processes that are gone are swept") {
  Cache cache;
  const fs::path folder = cache.options.encoding.cache_folder;
  const pid_t gone = fork();
  if (gone == 0) _exit(0);
  waitpid(gone, nullptr, 0);
  test::write_file(folder / ("0123." + std::to_string(gone) + "-0.tmp"), "left over");
  test::write_file(folder / ("0123." + std::to_string(getppid()) + "-0.tmp"), "being written");
  test::write_file(folder / "notes.txt", "the user's");
  cache.load();
  CHECK(cache.entries().size() == 3);
  CHECK_FALSE(fs::exists(folder / ("0123." + std::to_string(gone) + "-0.tmp")));
}

TEST_CASE("Quarantined rows are written by every run") {
  Cache cache("text\tlabel\nw1\tx\nbad \xFF\tx\n");
  cache.options.read.on_bad_row = data::BadRowPolicy::kQuarantine;
  for (const std::string run : {"one", "two"}) {
    cache.options.read.quarantine_folder = cache.file.folder() / run;
    fs::create_directories(cache.options.read.quarantine_folder);
    CHECK(cache.load()->size() == 1);
    CHECK(
        test::read_file(cache.file.folder() / run / "quarantine-data.jsonl").find("invalid_utf8") !=
        std::string::npos);
  }
}
