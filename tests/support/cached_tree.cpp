#include "support/cached_tree.h"

#include <algorithm>
#include <array>

#include "base/files.h"
#include "base/hash.h"

namespace finetune::test {

namespace fs = std::filesystem;

namespace {

std::string surviving_bytes(const std::string& durable, const std::string& cached,
                            Survival survival) {
  if (survival == Survival::kOnlySynced) return durable;
  if (survival == Survival::kEverything) return cached;
  const auto same = std::mismatch(durable.begin(), durable.end(), cached.begin(), cached.end());
  const auto num_same = static_cast<size_t>(same.first - durable.begin());
  if (survival == Survival::kNamesOnly) return cached.substr(0, num_same);
  std::string torn = cached.substr(0, num_same + (cached.size() - num_same) / 2);
  torn.resize(cached.size(), '\0');
  return torn;
}

/// Walks a tree and decides what of it survives.
struct Survivor {
  Survival survival;
  uint64_t seed;

  /// The choice of kMixed for the name or the data at `path`.
  uint64_t draw(const fs::path& path, std::string_view aspect) const {
    return base::hash64(path.string(), base::hash64(aspect, seed));
  }

  bool keeps_name(const fs::path& path) const {
    if (survival == Survival::kMixed) return draw(path, "name") % 2 == 0;
    return survival != Survival::kOnlySynced;
  }

  std::string bytes(const CachedNode& file, const fs::path& path) const {
    constexpr std::array kChoices = {Survival::kOnlySynced, Survival::kEverything,
                                     Survival::kNamesOnly, Survival::kTornData};
    const bool is_mixed = survival == Survival::kMixed;
    return surviving_bytes(file.durable_bytes, file.bytes,
                           is_mixed ? kChoices[draw(path, "data") % kChoices.size()] : survival);
  }

  NodePtr of(const CachedNode& node, const fs::path& path) const {
    const auto copy = std::make_shared<CachedNode>();
    copy->kind = node.kind;
    copy->target = node.target;
    copy->bytes = copy->durable_bytes = bytes(node, path);
    Entries all = node.durable_entries;
    all.insert(node.entries.begin(), node.entries.end());
    for (const auto& [name, ignored] : all) {
      const Entries& entries = keeps_name(path / name) ? node.entries : node.durable_entries;
      const auto entry = entries.find(name);
      if (entry != entries.end()) copy->entries[name] = of(*entry->second, path / name);
    }
    copy->durable_entries = copy->entries;
    return copy;
  }
};

}  // namespace

NodePtr survivor_of(const CachedNode& root, Survival survival, uint64_t seed) {
  return Survivor{survival, seed}.of(root, "/");
}

void copy_to_disk(const CachedNode& folder, const fs::path& real_folder) {
  fs::create_directories(real_folder);
  for (const auto& [name, node] : folder.entries) {
    const fs::path path = real_folder / name;
    if (node->kind == CachedNode::Kind::kFolder) copy_to_disk(*node, path);
    if (node->kind == CachedNode::Kind::kLink) fs::create_symlink(node->target, path);
    if (node->kind != CachedNode::Kind::kFile) continue;
    const auto file = base::posix_fs().create(path);
    file->write(std::as_bytes(std::span(node->bytes)));
    file->close();
  }
}

}  // namespace finetune::test
