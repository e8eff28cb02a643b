#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <set>

#include "base/error.h"
#include "base/json.h"
#include "base/strings.h"
#include "tensors/named_tensors.h"

namespace finetune::tensors {
namespace {

namespace fs = std::filesystem;
using base::cat;
using base::quote;

struct Format {
  std::string_view file;    // single file
  std::string_view index;   // or the index of its shards
  std::string_view suffix;  // of a shard
  NamedTensors (*read)(const fs::path&, UnknownDTypes);
};

NamedTensors read_bin(const fs::path& file, UnknownDTypes /*unknown*/) {
  return read_torch_bin(file);
}

constexpr std::array<Format, 2> kFormats{
    {{"model.safetensors", "model.safetensors.index.json", ".safetensors", &read_safetensors},
     {"pytorch_model.bin", "pytorch_model.bin.index.json", ".bin", &read_bin}}};

using WeightMap = std::map<std::string, std::string>;  // tensor -> shard

/// A shard is one plain file name. The string is checked, not where a link leads: download caches
/// keep links to files elsewhere.
void check_shard_name(const std::string& tensor, const std::string& shard, const Format& format) {
  const bool is_plain = !shard.empty() && shard != "." && shard != ".." &&
                        shard.find_first_of(std::string_view("/\\\0", 3)) == std::string::npos;
  if (!is_plain) {
    throw CheckpointError(cat("weight_map places tensor ", quote(tensor), " in ", quote(shard),
                              ", which is not a plain file name"));
  }
  if (!shard.ends_with(format.suffix)) {
    throw CheckpointError(cat("weight_map places tensor ", quote(tensor), " in ", quote(shard),
                              ", which does not end in ", format.suffix));
  }
}

WeightMap read_weight_map(const fs::path& index, const Format& format) {
  const nlohmann::json parsed = base::read_json_file(index);
  const auto found = parsed.is_object() ? parsed.find("weight_map") : parsed.end();
  if (found == parsed.end() || !found->is_object() || found->empty()) {
    throw CheckpointError("the index has no weight_map from tensors to files");
  }
  WeightMap map;
  for (const auto& [tensor, shard] : found->items()) {
    if (!shard.is_string()) {
      throw CheckpointError(cat("weight_map ", quote(tensor), " is not a file name"));
    }
    check_shard_name(tensor, shard.get_ref<const std::string&>(), format);
    map.emplace(tensor, shard.get<std::string>());
  }
  return map;
}

/// Adds the tensors of one shard, each of which must be placed there by the index.
void add_shard(const WeightMap& map, const std::string& shard, NamedTensors from,
               NamedTensors& all) {
  for (const auto& [name, tensor] : from) {
    const auto placed = map.find(name);
    if (placed == map.end()) {
      throw CheckpointError(cat("shard ", quote(shard), " holds tensor ", quote(name),
                                ", which the index does not list"));
    }
    if (placed->second != shard) {
      throw CheckpointError(cat("shard ", quote(shard), " holds tensor ", quote(name),
                                ", which the index places in ", quote(placed->second)));
    }
  }
  all.merge(from);
}

NamedTensors read_shards(const fs::path& index, const Format& format, UnknownDTypes unknown) {
  const WeightMap map = read_weight_map(index, format);
  std::set<std::string> shards;
  for (const auto& [tensor, shard] : map) shards.insert(shard);
  NamedTensors all;
  for (const std::string& shard : shards) {
    const fs::path file = index.parent_path() / shard;
    if (!fs::exists(file)) {
      throw CheckpointError(cat("shard ", quote(shard), " is missing: download it again"));
    }
    add_shard(map, shard, format.read(file, unknown), all);
  }
  for (const auto& [tensor, shard] : map) {
    if (!all.contains(tensor) && unknown == UnknownDTypes::kRefuse) {
      throw CheckpointError(cat("tensor ", quote(tensor), " is not in shard ", quote(shard),
                                ", where the index places it"));
    }
  }
  return all;
}

/// Also true for a link that leads nowhere: it counts as the file, and opening it says so.
bool is_there(const fs::path& file) { return fs::exists(fs::symlink_status(file)); }

}  // namespace

NamedTensors read_weights(const fs::path& folder, UnknownDTypes unknown) {
  for (const Format& format : kFormats) {
    if (is_there(folder / format.file)) return format.read(folder / format.file, unknown);
    const fs::path index = folder / format.index;
    if (is_there(index)) {
      return with_context(cat("reading ", quote(index.string(), 1000)),
                          [&] { return read_shards(index, format, unknown); });
    }
  }
  throw CheckpointError(cat("no weights in ", quote(folder.string(), 1000),
                            ": expected model.safetensors, pytorch_model.bin or the index of "
                            "their shards (*.index.json)"));
}

}  // namespace finetune::tensors
