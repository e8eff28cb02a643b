#include "support/crash_fs.h"

#include <system_error>
#include <utility>

#include "base/error.h"
#include "base/strings.h"

namespace finetune::test {

namespace fs = std::filesystem;

/// A name in a folder, whether or not something is there.
struct CrashFs::Place {
  NodePtr folder;
  std::string name;

  NodePtr node() const {
    const auto entry = folder->entries.find(name);
    return entry == folder->entries.end() ? nullptr : entry->second;
  }
};

namespace {

[[noreturn]] void fail(const std::string& action, const fs::path& path, int error_number) {
  throw IoError(base::cat("cannot ", action, " ", base::quote(path.string(), 1000), ": ",
                          std::generic_category().message(error_number)));
}

std::vector<std::string> components(const fs::path& path) {
  std::vector<std::string> names;
  for (const fs::path& part : path.lexically_normal()) {
    if (!part.empty() && part != "/" && part != ".") names.push_back(part.string());
  }
  return names;
}

}  // namespace

class CrashFile : public base::OutputFile {
 public:
  CrashFile(CrashFs& fs, NodePtr node, fs::path path)
      : fs_(fs), node_(std::move(node)), path_(std::move(path)) {}

  void reserve(uint64_t /*bytes*/) override {
    const std::lock_guard lock(fs_.mutex_);
    fs_.begin("reserve", path_, true);
  }
  void write(std::span<const std::byte> bytes) override {
    const std::lock_guard lock(fs_.mutex_);
    const std::string text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    fs_.begin("write", path_, true, [&] { node_->bytes += text.substr(0, text.size() / 2); });
    node_->bytes += text;
  }
  void sync() override {
    const std::lock_guard lock(fs_.mutex_);
    // A failing sync drops the cached pages; the next one has nothing to write and says "done".
    fs_.begin("sync", path_, true, [&] { node_->is_lost = true; });
    if (!node_->is_lost) node_->durable_bytes = node_->bytes;
  }
  void close() override {
    const std::lock_guard lock(fs_.mutex_);
    fs_.begin("close", path_, false);
  }

 private:
  CrashFs& fs_;
  NodePtr node_;
  fs::path path_;
};

CrashFs::CrashFs() : CrashFs(Plan{}) {}

CrashFs::CrashFs(Plan plan) : plan_(plan), root_(std::make_shared<CachedNode>()) {
  root_->kind = CachedNode::Kind::kFolder;
}

void CrashFs::stop_if_crashed() const {
  if (has_crashed_) throw CrashSignal{};
}

void CrashFs::begin(const std::string& action, const fs::path& path, bool needs_space,
                    const std::function<void()>& do_half) {
  stop_if_crashed();
  const auto index = static_cast<int64_t>(operations_.size());
  operations_.push_back(action + " " + path.string());
  const bool fails_still = plan_.is_lasting && plan_.fail_at >= 0 && index > plan_.fail_at;
  const bool fails = index == plan_.fail_at || (fails_still && needs_space);
  if (index != plan_.crash_at && !fails) return;
  if (do_half) do_half();
  if (fails) fail(action, path, plan_.error_number);
  has_crashed_ = true;
  throw CrashSignal{};
}

NodePtr CrashFs::find(const fs::path& path, Links links, int num_links) const {
  const std::vector<std::string> names = components(path);
  NodePtr node = root_;
  fs::path parent = "/";
  for (size_t i = 0; i < names.size(); ++i) {
    const auto entry = node->entries.find(names[i]);
    if (entry == node->entries.end()) return nullptr;
    node = entry->second;
    const bool is_last = i + 1 == names.size();
    if (node->kind == CachedNode::Kind::kLink && (!is_last || links == Links::kFollow)) {
      fs::path rest = parent / node->target;  // an absolute target replaces the parent
      for (size_t j = i + 1; j < names.size(); ++j) rest /= names[j];
      constexpr int kMostLinks = 40;
      return num_links < kMostLinks ? find(rest, links, num_links + 1) : nullptr;
    }
    parent /= names[i];
  }
  return node;
}

CrashFs::Place CrashFs::place_of(const fs::path& path) const {
  const std::vector<std::string> names = components(path);
  if (names.empty()) fail("use", path, EBUSY);
  fs::path parent = "/";
  for (size_t i = 0; i + 1 < names.size(); ++i) parent /= names[i];
  NodePtr folder = find(parent, Links::kFollow);
  if (!folder) fail("use", path, ENOENT);
  if (folder->kind != CachedNode::Kind::kFolder) fail("use", path, ENOTDIR);
  return {folder, names.back()};
}

void CrashFs::add_folder(const fs::path& path) {
  const std::lock_guard lock(mutex_);
  NodePtr node = root_;
  for (const std::string& name : components(path)) {
    NodePtr& child = node->entries[name];
    if (!child) {
      child = std::make_shared<CachedNode>();
      child->kind = CachedNode::Kind::kFolder;
    }
    node->durable_entries[name] = child;
    node = child;
  }
}

std::unique_ptr<base::OutputFile> CrashFs::create(const fs::path& path) {
  const std::lock_guard lock(mutex_);
  begin("create", path, true);
  NodePtr node = find(path, Links::kFollow);
  if (node && node->kind != CachedNode::Kind::kFile) fail("create", path, EISDIR);
  if (!node) {
    node = std::make_shared<CachedNode>();
    const Place place = place_of(path);
    if (place.node()) fail("create", path, ENOENT);  // a dangling link
    place.folder->entries[place.name] = node;
  }
  node->bytes.clear();
  node->is_lost = false;
  return std::make_unique<CrashFile>(*this, node, path);
}

void CrashFs::make_directory(const fs::path& path) {
  const std::lock_guard lock(mutex_);
  begin("create folder", path, true);
  const Place place = place_of(path);
  if (place.node()) fail("create folder", path, EEXIST);
  const auto node = std::make_shared<CachedNode>();
  node->kind = CachedNode::Kind::kFolder;
  place.folder->entries[place.name] = node;
}

void CrashFs::rename(const fs::path& from, const fs::path& to) {
  const std::lock_guard lock(mutex_);
  begin("rename", from.string() + " -> " + to.string(), false);
  const Place source = place_of(from), target = place_of(to);
  const NodePtr node = source.node(), replaced = target.node();
  if (!node) fail("rename", from, ENOENT);
  if (node == replaced) return;
  if (replaced) {
    const bool moves_folder = node->kind == CachedNode::Kind::kFolder;
    const bool onto_folder = replaced->kind == CachedNode::Kind::kFolder;
    if (moves_folder != onto_folder) fail("rename", from, onto_folder ? EISDIR : ENOTDIR);
    if (!replaced->entries.empty()) fail("rename", from, ENOTEMPTY);
  }
  source.folder->entries.erase(source.name);
  target.folder->entries[target.name] = node;
}

void CrashFs::exchange(const fs::path& a, const fs::path& b) {
  const std::lock_guard lock(mutex_);
  begin("exchange", a.string() + " <-> " + b.string(), false);
  const Place one = place_of(a), other = place_of(b);
  if (!one.node()) fail("exchange", a, ENOENT);
  if (!other.node()) fail("exchange", b, ENOENT);
  std::swap(one.folder->entries[one.name], other.folder->entries[other.name]);
}

void CrashFs::remove_file(const fs::path& path) {
  const std::lock_guard lock(mutex_);
  begin("remove", path, false);
  const Place place = place_of(path);
  if (!place.node()) fail("remove", path, ENOENT);
  if (place.node()->kind == CachedNode::Kind::kFolder) fail("remove", path, EISDIR);
  place.folder->entries.erase(place.name);
}

void CrashFs::remove_entries(CachedNode& folder, const fs::path& path) {
  while (!folder.entries.empty()) {
    const auto [name, node] = *folder.entries.begin();
    if (node->kind == CachedNode::Kind::kFolder) remove_entries(*node, path / name);
    begin("remove", path / name, false);
    folder.entries.erase(name);
  }
}

void CrashFs::remove_tree(const fs::path& path) {
  const std::lock_guard lock(mutex_);
  stop_if_crashed();
  const NodePtr node = find(path, Links::kKeep);
  if (!node) return;
  if (node->kind == CachedNode::Kind::kFolder) remove_entries(*node, path);
  begin("remove", path, false);
  const Place place = place_of(path);
  place.folder->entries.erase(place.name);
}

void CrashFs::symlink(const fs::path& target, const fs::path& link) {
  const std::lock_guard lock(mutex_);
  begin("create link", link, true);
  const Place place = place_of(link);
  if (place.node()) fail("create link", link, EEXIST);
  const auto node = std::make_shared<CachedNode>();
  node->kind = CachedNode::Kind::kLink;
  node->target = target;
  place.folder->entries[place.name] = node;
}

void CrashFs::sync_directory(const fs::path& path) {
  const std::lock_guard lock(mutex_);
  begin("sync folder", path, true);
  const NodePtr node = find(path, Links::kFollow);
  if (!node) fail("sync folder", path, ENOENT);
  if (node->kind != CachedNode::Kind::kFolder) fail("sync folder", path, ENOTDIR);
  node->durable_entries = node->entries;
}

std::vector<std::string> CrashFs::list(const fs::path& path) {
  const std::lock_guard lock(mutex_);
  stop_if_crashed();
  const NodePtr node = find(path, Links::kFollow);
  if (!node) fail("list folder", path, ENOENT);
  if (node->kind != CachedNode::Kind::kFolder) fail("list folder", path, ENOTDIR);
  std::vector<std::string> names;
  for (const auto& [name, child] : node->entries) names.push_back(name);
  return names;
}

bool CrashFs::exists(const fs::path& path) {
  const std::lock_guard lock(mutex_);
  stop_if_crashed();
  return find(path, Links::kKeep) != nullptr;
}

std::string CrashFs::read(const fs::path& path) {
  const std::lock_guard lock(mutex_);
  stop_if_crashed();
  const NodePtr node = find(path, Links::kFollow);
  if (!node) fail("open", path, ENOENT);
  if (node->kind != CachedNode::Kind::kFile) fail("read", path, EISDIR);
  return node->bytes;
}

uint64_t CrashFs::free_bytes(const fs::path&) {
  const std::lock_guard lock(mutex_);
  stop_if_crashed();
  return plan_.free_bytes;
}

std::unique_ptr<CrashFs> CrashFs::reboot(Survival survival, uint64_t seed) const {
  const std::lock_guard lock(mutex_);
  auto rebooted = std::make_unique<CrashFs>();
  rebooted->root_ = survivor_of(*root_, survival, seed);
  return rebooted;
}

void CrashFs::copy_to_disk(const fs::path& folder, const fs::path& real_folder) const {
  const std::lock_guard lock(mutex_);
  const NodePtr node = find(folder, Links::kFollow);
  if (!node) fail("copy", folder, ENOENT);
  test::copy_to_disk(*node, real_folder);
}

}  // namespace finetune::test
