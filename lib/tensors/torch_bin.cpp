#include "base/error.h"
#include "base/strings.h"
#include "tensors/checked.h"
#include "tensors/named_tensors.h"
#include "tensors/pickle_machine.h"
#include "tensors/torch_objects.h"
#include "tensors/weight_file.h"
#include "tensors/zip_archive.h"

namespace finetune::tensors {
namespace {

using base::cat;
using base::quote;
using enum PickleKind;

constexpr std::string_view kHowToConvert =
    ": load it with PyTorch and save the model again with model.save_pretrained(folder), or its "
    "state_dict with torch.save";
constexpr size_t kMaxRank = 64;

/// A zip file of torch.save: members <root>/data.pkl, <root>/data/<storage key>, ...
struct Archive {
  WeightFile file;
  ZipMembers members;
  std::string root;

  const std::span<const std::byte>* find(std::string_view name) const {
    const auto found = members.find(cat(root, "/", name));
    return found == members.end() ? nullptr : &found->second;
  }
};

void check_is_zip(const WeightFile& file) {
  const std::string_view text = file.text();
  if (text.starts_with("PK\x03\x04")) return;
  // PROTO 2, LONG1 of 10 bytes: the magic number of torch.save before 1.6
  constexpr std::string_view kLegacy("\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19",
                                     14);
  if (text.starts_with(kLegacy)) {
    throw CheckpointError(cat("this is a legacy PyTorch file (before 1.6)", kHowToConvert));
  }
  if (text.size() > 262 && text.substr(257, 5) == "ustar") {
    throw CheckpointError(cat("this is a PyTorch tar file (before 0.1.10)", kHowToConvert));
  }
  throw CheckpointError(
      "this is not a PyTorch file: it does not begin with the signature of a zip archive");
}

std::string find_root(const ZipMembers& members) {
  std::string root;
  for (const auto& [name, bytes] : members) {
    const std::string first = name.substr(0, name.find('/'));
    if (!root.empty() && first != root) {
      throw CheckpointError(cat("the archive has two root folders, ", quote(root), " and ",
                                quote(first), ": not written by torch.save"));
    }
    root = first;
  }
  return root;
}

Archive open_archive(const std::filesystem::path& path) {
  WeightFile file = open_weight_file(path);
  check_is_zip(file);
  ZipMembers members = read_stored_zip(file.bytes);
  std::string root = find_root(members);
  Archive archive{std::move(file), std::move(members), std::move(root)};
  const auto code = archive.members.lower_bound(archive.root + "/code/");
  const bool has_code =
      code != archive.members.end() && code->first.starts_with(archive.root + "/code/");
  if (has_code || archive.find("constants.pkl") != nullptr) {
    throw CheckpointError(cat("this is a TorchScript archive (it holds code)", kHowToConvert));
  }
  if (archive.find("data.pkl") == nullptr) {
    throw CheckpointError("the archive holds no data.pkl: not written by torch.save");
  }
  const auto* order = archive.find("byteorder");
  if (order != nullptr) {
    const std::string_view text(reinterpret_cast<const char*>(order->data()), order->size());
    if (text != "little") {
      throw CheckpointError(
          cat("its byteorder is ", quote(text), ", only 'little' is read", kHowToConvert));
    }
  }
  return archive;
}

/// The bytes of a storage, the same for every tensor that shares it.
struct Storage {
  DType dtype = DType::kF32;
  uint64_t num_elements = 0;
  std::span<const std::byte> bytes;
};

/// The tensors of one state dictionary. `name` is the tensor at hand, for messages.
class Assembler {
 public:
  explicit Assembler(const Archive& archive) : archive_(archive) {}

  TensorView view(const std::string& name, const PickleValue& tensor) {
    name_ = &name;
    const auto& arguments = tensor.node->items;
    const Storage storage = find_storage(arguments[0]);
    TensorView result;
    result.dtype = storage.dtype;
    result.owner = archive_.file.owner;
    result.file = archive_.file.name;
    result.shape = sizes(arguments[2], "shape");
    result.strides = sizes(arguments[3], "strides");
    if (result.shape.size() != result.strides.size() || result.shape.size() > kMaxRank) {
      refuse(cat("it has ", result.shape.size(), " dimensions and ", result.strides.size(),
                 " strides"));
    }
    result.bytes = select(storage, arguments[1].integer, result);
    if (is_contiguous(result)) result.strides.clear();
    return result;
  }

 private:
  [[noreturn]] void refuse(const std::string& reason) const {
    throw CheckpointError(cat("tensor ", quote(*name_), ": ", reason));
  }

  Storage find_storage(const PickleValue& value) {
    const auto& id = value.node->items;
    const std::string_view key = id[2].text;
    const auto* bytes = archive_.find(cat("data/", key));
    if (bytes == nullptr) refuse(cat("its storage data/", quote(key), " is not in the archive"));
    const Storage storage{*dtype_of_storage(id[1].text), static_cast<uint64_t>(id[4].integer),
                          *bytes};
    const auto size = static_cast<uint64_t>(size_of(storage.dtype));
    const auto expected = checked_multiply(storage.num_elements, size);
    if (!expected || *expected != bytes->size()) {
      refuse(cat("its storage data/", quote(key), " has ", bytes->size(), " bytes but should hold ",
                 id[4].integer, " elements of ", name_of(storage.dtype)));
    }
    return storage;
  }

  std::vector<int64_t> sizes(const PickleValue& tuple, std::string_view what) const {
    std::vector<int64_t> result;
    for (const PickleValue& item : tuple.node->items) {
      if (item.integer < 0) refuse(cat("its ", what, " hold ", item.integer));
      result.push_back(item.integer);
    }
    return result;
  }

  /// The bytes from the first to the last element: offset + sum of (size - 1) * stride must lie in
  /// the storage (a negative offset, taken as unsigned, does not). A view may repeat elements, but
  /// not describe more bytes than the file holds.
  std::span<const std::byte> select(const Storage& storage, int64_t offset,
                                    const TensorView& tensor) const {
    std::optional<uint64_t> count = 1;
    std::optional<uint64_t> last = static_cast<uint64_t>(offset);
    bool is_empty = false;
    for (size_t d = 0; d < tensor.shape.size(); ++d) {
      const auto size = static_cast<uint64_t>(tensor.shape[d]);
      if (size == 0) is_empty = true;
      if (count) count = checked_multiply(*count, size);
      const auto reach =
          size == 0 ? 0 : checked_multiply(size - 1, static_cast<uint64_t>(tensor.strides[d]));
      last = last && reach ? checked_add(*last, *reach) : std::nullopt;
    }
    const auto size = static_cast<uint64_t>(size_of(tensor.dtype));
    if (!count || *count > archive_.file.bytes.size() / size) {
      refuse("its shape describes more elements than the file can hold");
    }
    if (is_empty) return storage.bytes.first(0);
    if (!last || *last >= storage.num_elements) {
      refuse(cat("offset ", offset, ", shape and strides reach outside of its storage of ",
                 storage.num_elements, " elements"));
    }
    const auto first = static_cast<uint64_t>(offset);
    return storage.bytes.subspan(first * size, (*last - first + 1) * size);
  }

  static bool is_contiguous(const TensorView& tensor) {
    if (tensor.bytes.empty()) return true;
    int64_t expected = 1;
    for (size_t d = tensor.shape.size(); d-- > 0;) {
      if (tensor.shape[d] != 1 && tensor.strides[d] != expected) return false;
      expected *= tensor.shape[d];
    }
    return true;
  }

  const Archive& archive_;
  const std::string* name_ = nullptr;
};

/// The name under which `key` stores a tensor.
std::string tensor_name(const PickleValue& key, const PickleValue& value) {
  if (key.kind != kText || !base::is_valid_utf8(key.text)) {
    throw CheckpointError(cat("the dictionary has ", name_of(key.kind), " as key, not a name"));
  }
  if (value.kind == kDict || value.kind == kOrderedDict) {
    throw CheckpointError(cat("key ", quote(key.text),
                              " holds a dictionary: save the dictionary of tensors itself, e.g. "
                              "torch.save(checkpoint[",
                              quote(key.text), "], file)"));
  }
  if (value.kind != kTensor) {
    throw CheckpointError(
        cat("key ", quote(key.text), " holds ", name_of(value.kind), ", not a tensor"));
  }
  return std::string(key.text);
}

NamedTensors read_archive(const Archive& archive) {
  PickleMachine machine(*archive.find("data.pkl"));
  const PickleValue root = machine.run();
  if (root.kind != kDict && root.kind != kOrderedDict) {
    throw CheckpointError(
        cat("data.pkl holds ", name_of(root.kind), ", not a dictionary of tensors"));
  }
  Assembler assembler(archive);
  NamedTensors tensors;
  const auto& items = root.node->items;
  for (size_t i = 0; i < items.size(); i += 2) {
    const std::string name = tensor_name(items[i], items[i + 1]);
    if (!tensors.emplace(name, assembler.view(name, items[i + 1])).second) {
      throw CheckpointError(cat("tensor ", quote(name), " appears twice"));
    }
  }
  return tensors;
}

}  // namespace

NamedTensors read_torch_bin(const std::filesystem::path& file) {
  return with_context(cat("reading ", quote(file.string(), 1000)),
                      [&] { return read_archive(open_archive(file)); });
}

}  // namespace finetune::tensors
