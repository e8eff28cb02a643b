#include "train/manifest.h"

#include <algorithm>
#include <cctype>
#include <nlohmann/json.hpp>
#include <vector>

#include "base/error.h"
#include "base/hash.h"
#include "base/json.h"
#include "base/strings.h"

namespace finetune::train {

namespace fs = std::filesystem;
using nlohmann::json;

namespace {

constexpr size_t kBlockBytes = size_t{1} << 20;
constexpr int kFormatVersion = 1;

/// Size and block-chained hash of bytes that come in pieces.
class BlockHash {
 public:
  void add(std::span<const std::byte> bytes) {
    entry_.bytes += bytes.size();
    while (!bytes.empty()) {
      const size_t count = std::min(kBlockBytes - block_.size(), bytes.size());
      block_.insert(block_.end(), bytes.begin(),
                    bytes.begin() + static_cast<std::ptrdiff_t>(count));
      bytes = bytes.subspan(count);
      if (block_.size() == kBlockBytes) flush();
    }
  }
  Manifest::Entry finish() {
    if (!block_.empty()) flush();
    return entry_;
  }

 private:
  void flush() {
    entry_.hash = base::hash64(block_, entry_.hash);
    block_.clear();
  }

  std::vector<std::byte> block_;
  Manifest::Entry entry_;
};

class RecordingFile final : public base::OutputFile {
 public:
  RecordingFile(std::unique_ptr<base::OutputFile> inner, Manifest::Entry& entry)
      : inner_(std::move(inner)), entry_(entry) {}

  void reserve(uint64_t bytes) override { inner_->reserve(bytes); }
  void write(std::span<const std::byte> bytes) override {
    inner_->write(bytes);
    hash_.add(bytes);
  }
  void sync() override { inner_->sync(); }
  void close() override {
    inner_->close();
    entry_ = hash_.finish();
  }

 private:
  std::unique_ptr<base::OutputFile> inner_;
  Manifest::Entry& entry_;
  BlockHash hash_;
};

Manifest::Entry entry_of(const fs::path& file) {
  const base::MappedFile mapped(file);
  BlockHash hash;
  hash.add(mapped.bytes());
  return hash.finish();
}

bool is_plain_name(const std::string& name) {
  return !name.empty() && name != "." && name != ".." &&
         name.find_first_of(std::string("\\\0", 2)) == std::string::npos;
}

/// True for a path that stays within its folder.
bool is_inner_path(const std::string& path) {
  return std::ranges::all_of(base::split(path, '/'), is_plain_name);
}

Manifest parse_manifest(const fs::path& file) {
  const json object = base::read_json_file(file);
  const auto bad = [&](const std::string& what) {
    return CheckpointError(file.string() + ": " + what);
  };
  if (!object.is_object() || object.value("format_version", json()) != kFormatVersion) {
    throw bad(base::cat("expected a JSON object with format_version ", kFormatVersion));
  }
  Manifest manifest;
  if (!object.value("step", json()).is_number_integer())
    throw bad("key 'step' should be an integer");
  manifest.step = object.at("step").get<int64_t>();
  if (!object.value("files", json()).is_object()) throw bad("key 'files' should be an object");
  for (const auto& [name, entry] : object.at("files").items()) {
    const bool is_right = is_inner_path(name) && entry.is_object() &&
                          entry.value("bytes", json()).is_number_unsigned() &&
                          entry.value("xxh3", json()).is_string();
    if (!is_right)
      throw bad("entry " + base::quote(name) +
                " should hold a path within the folder, 'bytes' and 'xxh3'");
    const std::string digits = entry.at("xxh3").get<std::string>();
    if (digits.size() != 16 ||
        !std::ranges::all_of(digits, [](unsigned char c) { return std::isxdigit(c); })) {
      throw bad("entry " + base::quote(name) + ": 'xxh3' should be 16 hexadecimal digits");
    }
    manifest.files[name] = {entry.at("bytes").get<uint64_t>(), std::stoull(digits, nullptr, 16)};
  }
  return manifest;
}

}  // namespace

std::unique_ptr<base::OutputFile> RecordingFs::create(const fs::path& path) {
  const std::string name = path.lexically_relative(folder_).generic_string();
  return std::make_unique<RecordingFile>(inner_.create(path), files_[name]);
}

std::string to_json_text(const Manifest& manifest) {
  json files = json::object();
  for (const auto& [name, entry] : manifest.files) {
    files[name] = {{"bytes", entry.bytes}, {"xxh3", base::hex(entry.hash)}};
  }
  return base::dump_json(
             {{"format_version", kFormatVersion}, {"step", manifest.step}, {"files", files}}, 2) +
         "\n";
}

Manifest verify_manifest(const fs::path& folder) {
  const fs::path file = folder / kManifestName;
  if (!fs::exists(file)) {
    throw CheckpointError(folder.string() + ": has no manifest.json, so it was never completed");
  }
  Manifest manifest = parse_manifest(file);
  for (const auto& [name, expected] : manifest.files) {
    const fs::path path = folder / name;
    std::error_code error;
    const uint64_t bytes = fs::file_size(path, error);
    if (error) throw CheckpointError(path.string() + ": listed in the manifest but missing");
    if (bytes != expected.bytes) {
      throw CheckpointError(base::cat(path.string(), ": holds ", bytes,
                                      " bytes, the manifest says ", expected.bytes));
    }
    if (entry_of(path).hash != expected.hash) {
      throw CheckpointError(path.string() +
                            ": content differs from the manifest's checksum: the file is damaged");
    }
  }
  return manifest;
}

}  // namespace finetune::train
