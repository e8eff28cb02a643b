#include "data/token_cache.h"

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <fstream>
#include <system_error>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/files.h"
#include "base/hash.h"
#include "base/log.h"
#include "base/process_info.h"
#include "base/strings.h"
#include "data/encode.h"
#include "data/table_file.h"

namespace finetune::data {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kTemporaryEnding = ".tmp";

bool is_same(const FileFingerprint& a, const FileFingerprint& b) {
  return a.bytes == b.bytes && a.modified_nanoseconds == b.modified_nanoseconds &&
         a.head_tail_hash == b.head_tail_hash;
}

/// The files that a table is made of.
std::vector<std::string> paths_of(const FileOptions& options) {
  std::vector<std::string> paths = {options.path};
  if (!options.read.target_path.empty()) paths.push_back(options.read.target_path);
  return paths;
}

std::vector<FileFingerprint> fingerprints_of(const std::vector<std::string>& paths) {
  std::vector<FileFingerprint> fingerprints;
  fingerprints.reserve(paths.size());
  for (const std::string& path : paths) fingerprints.push_back(fingerprint_file(path));
  return fingerprints;
}

/// Encodes files that stay the same meanwhile: parts of two versions are no data set.
EncodedColumns encode_unchanged(const FileOptions& options, const std::optional<LabelMap>& known,
                                const Tokenizers& tokenizers,
                                const std::vector<FileFingerprint>& before) {
  EncodedColumns columns = encode_file(options, known, tokenizers);
  const std::vector<std::string> paths = paths_of(options);
  for (size_t i = 0; i < paths.size(); ++i) {
    if (is_same(before[i], fingerprint_file(paths[i]))) continue;
    throw DataError(base::cat(base::quote(paths[i], 1000), " has changed while it was being read"));
  }
  return columns;
}

/// Read, not mapped: a file that shrinks meanwhile must not end the process.
std::string content_key(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw IoError(base::cat("reading ", base::quote(path), " failed"));
  std::string block(size_t{1} << 20, '\0');
  uint64_t hash = 0;
  while (file.read(block.data(), std::ssize(block)) || file.gcount() > 0) {
    hash = base::hash64({block.data(), static_cast<size_t>(file.gcount())}, hash);
  }
  if (file.bad()) throw IoError(base::cat("reading ", base::quote(path), " failed"));
  return base::hex(hash);
}

template <class Add>
void add_encoding(const EncodingOptions& encoding, const Add& add) {
  add(encoding.max_length);
  add(static_cast<int>(encoding.long_rows));
  add(encoding.prefix);
  add(encoding.suffix);
  add(encoding.target_prefix);
  add(encoding.target.max_length);
  add(encoding.target.shared_length);
  add(encoding.target.decoder_start.value_or(-1));
  add(encoding.target.end_of_text.value_or(-1));
  add(encoding.target.max_length_ratio);
  add(encoding.block_length);
  add(encoding.block_end.value_or(-1));
}

/// Each part with its length in front, so that no two lists of parts are the same text.
uint64_t key_of(const FileOptions& options, const std::optional<LabelMap>& known,
                const Tokenizers& tokenizers) {
  std::string text;
  const auto add = [&text](const auto& value) {
    const std::string part = base::cat(value);
    text += base::cat(part.size(), ":", part);
  };
  const ReadOptions& read = options.read;
  add(content_key(options.path));
  add(fs::path(options.path).filename().extension().string());
  add(fs::path(options.path).stem().extension().string());
  add(tokenizers.source.fingerprint());
  add_encoding(options.encoding, add);
  if (read.target_kind == TargetKind::kText) add(tokenizers.target.fingerprint());
  if (!read.target_path.empty()) add(content_key(read.target_path));
  add(static_cast<int>(read.text_unit));
  add(read.format);
  add(read.has_header);
  add(read.text_column);
  add(read.text_pair_column);
  add(read.label_column);
  add(static_cast<int>(read.target_kind));
  add(static_cast<int>(read.on_bad_row));
  add(read.max_bad_rows);
  add(read.max_row_bytes);
  add(known.has_value());
  if (known) {
    for (const std::string& name : known->names()) add(name);
  }
  return base::hash64(text);
}

std::shared_ptr<const EncodedTable> load(const fs::path& path, uint64_t key) {
  if (!base::posix_fs().exists(path)) return nullptr;
  try {
    auto table = read_table(path, key);
    base::log_debug(base::cat("using the encoded data in ", base::quote(path.string())));
    return table;
  } catch (const Error& error) {
    base::log_warning(base::cat("encoding anew: the encoded data in ", base::quote(path.string()),
                                " cannot be used: ", error.chain().back()));
    return nullptr;
  }
}

/// Removes what killed processes left: "<key>.<process>-<number>.tmp" of a process that is no more.
void sweep(const fs::path& folder) {
  for (const std::string& name : base::posix_fs().list(folder)) {
    const auto parts = base::split(name, '.');
    if (!name.ends_with(kTemporaryEnding) || parts.size() != 3) continue;
    const auto process = base::parse_int64(base::split(parts[1], '-')[0]);
    if (process && !base::is_running(*process)) {
      base::posix_fs().remove_file(folder / name);
    }
  }
}

void store(const fs::path& path, uint64_t key, const EncodedColumns& columns) {
  static std::atomic<int> number{0};
  base::Fs& files = base::posix_fs();
  try {
    std::error_code error;
    fs::create_directories(path.parent_path(), error);  // writing tells, if this fails
    sweep(path.parent_path());
    fs::path staged = path;
    staged.replace_extension(base::cat(".", getpid(), "-", number++, kTemporaryEnding));
    try {
      const auto file = files.create(staged);
      write_table(*file, columns, key);
      file->close();
      files.rename(staged, path);
    } catch (const Error&) {
      fs::remove(staged, error);
      throw;
    }
  } catch (const Error& error) {
    base::log_warning(base::cat("the encoded data is not kept for the next run: ", error.what()));
  }
}

}  // namespace

std::shared_ptr<const EncodedTable> load_or_encode(const FileOptions& options,
                                                   const std::optional<LabelMap>& known,
                                                   const Tokenizers& tokenizers) {
  const std::vector<FileFingerprint> files = fingerprints_of(paths_of(options));
  const auto is_stream = [](const FileFingerprint& file) {
    return file.modified_nanoseconds == 0 && file.bytes == 0;
  };
  if (options.encoding.cache_folder.empty() || std::ranges::any_of(files, is_stream)) {
    return EncodedTable::in_memory(encode_unchanged(options, known, tokenizers, files));
  }
  const uint64_t key = key_of(options, known, tokenizers);
  const fs::path path = options.encoding.cache_folder / (base::hex(key) + ".tokens");
  if (auto table = load(path, key)) return table;

  EncodedColumns columns = encode_unchanged(options, known, tokenizers, files);
  const bool must_quarantine = options.read.on_bad_row == BadRowPolicy::kQuarantine;
  if (!must_quarantine || columns.notes.rows_bad.empty()) {
    store(path, key, columns);
    if (auto table = load(path, key)) return table;  // the columns need not stay in memory
  }
  return EncodedTable::in_memory(std::move(columns));
}

}  // namespace finetune::data
