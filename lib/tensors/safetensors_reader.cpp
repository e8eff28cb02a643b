#include <algorithm>
#include <cstring>
#include <nlohmann/json.hpp>
#include <tuple>

#include "base/error.h"
#include "base/json.h"
#include "base/log.h"
#include "base/strings.h"
#include "tensors/checked.h"
#include "tensors/named_tensors.h"
#include "tensors/weight_file.h"

namespace finetune::tensors {
namespace {

using base::cat;
using base::quote;
using nlohmann::json;

constexpr uint64_t kLengthBytes = 8;
constexpr uint64_t kMaxHeaderBytes = 100'000'000;  // as the reference implementation
constexpr size_t kMaxRank = 64;

struct Entry {
  std::string name;
  std::optional<DType> dtype;  ///< absent: to be left out
  std::vector<int64_t> shape;
  uint64_t begin = 0;  // from the start of the data area
  uint64_t end = 0;
};

[[noreturn]] void refuse_tensor(const std::string& name, const std::string& reason) {
  throw CheckpointError(cat("tensor ", quote(name), ": ", reason));
}

std::string_view read_header(std::string_view file) {
  if (file.size() < kLengthBytes) {
    throw CheckpointError(
        cat("the file holds ", file.size(), " bytes, fewer than the 8 of the header's length"));
  }
  uint64_t length = 0;
  std::memcpy(&length, file.data(), kLengthBytes);
  if (length > kMaxHeaderBytes) {
    throw CheckpointError(cat("the header's length at offset 0 says ", length,
                              " bytes, more than the allowed ", kMaxHeaderBytes,
                              ": not a safetensors file, or damaged"));
  }
  if (length > file.size() - kLengthBytes) {
    throw CheckpointError(cat("the header at offset 8 says it has ", length,
                              " bytes but the file ends after ", file.size() - kLengthBytes,
                              ": it is truncated"));
  }
  const std::string_view header = file.substr(kLengthBytes, length);
  if (!base::is_valid_utf8(header)) throw CheckpointError("the header at offset 8 is not UTF-8");
  return header;
}

/// transformers 4.57.6 accepts no metadata at all, or a "format" it knows.
void check_metadata(const json& metadata) {
  if (metadata.is_null()) return;
  if (!metadata.is_object()) throw CheckpointError("__metadata__ is not an object");
  for (const auto& [key, value] : metadata.items()) {
    if (!value.is_string()) {
      throw CheckpointError(cat("__metadata__ ", quote(key), " is not a string"));
    }
  }
  const std::string format = metadata.value("format", "");
  if (format == "tf" || format == "flax") {
    throw CheckpointError(cat("the tensors are laid out for '", format,
                              "': load the model with transformers and save it from PyTorch"));
  }
  if (format != "pt" && format != "mlx") {
    throw CheckpointError(cat("__metadata__ has ", format.empty() ? "no format" : "format ",
                              format.empty() ? "" : quote(format),
                              ": save the file with metadata={\"format\": \"pt\"}"));
  }
}

const json& member(const std::string& name, const json& entry, const char* key) {
  const auto found = entry.find(key);
  if (found == entry.end()) refuse_tensor(name, cat("the header has no ", quote(key), " for it"));
  return *found;
}

/// Nothing for an element type that is to be left out.
std::optional<DType> read_dtype(const std::string& name, const json& entry, UnknownDTypes unknown) {
  const json& value = member(name, entry, "dtype");
  if (!value.is_string()) refuse_tensor(name, "its dtype is not a string");
  const auto& text = value.get_ref<const std::string&>();
  const auto dtype = dtype_named(text);
  if (dtype) return dtype;
  if (unknown == UnknownDTypes::kRefuse) {
    refuse_tensor(name, cat("dtype ", quote(text),
                            " is not supported: convert it, or leave out such tensors with "
                            "--allow-unused if the model has no use for them"));
  }
  base::log_warning(cat("tensor ", quote(name), " is left out: dtype ", text, " is not supported"));
  return std::nullopt;
}

std::vector<int64_t> read_shape(const std::string& name, const json& entry) {
  const json& value = member(name, entry, "shape");
  if (!value.is_array()) refuse_tensor(name, "its shape is not a list");
  if (value.size() > kMaxRank) {
    refuse_tensor(name, cat("it has ", value.size(), " dimensions, more than ", kMaxRank));
  }
  std::vector<int64_t> shape;
  for (const json& size : value) {
    if (!size.is_number_unsigned() || size.get<uint64_t>() > uint64_t{INT64_MAX}) {
      refuse_tensor(name, cat("its shape holds ", quote(base::dump_json(size)),
                              ", which is not a whole number that fits 64 bits"));
    }
    shape.push_back(size.get<int64_t>());
  }
  return shape;
}

void read_offsets(const json& value, Entry& entry) {
  if (!value.is_array() || value.size() != 2 || !value[0].is_number_unsigned() ||
      !value[1].is_number_unsigned()) {
    refuse_tensor(entry.name, "its data_offsets are not two whole numbers [begin, end]");
  }
  entry.begin = value[0].get<uint64_t>();
  entry.end = value[1].get<uint64_t>();
}

/// Bytes of a tensor of this shape. Throws where a product leaves 64 bits.
uint64_t checked_bytes(const Entry& entry) {
  std::optional<uint64_t> bytes = 1;
  for (int64_t size : entry.shape) {
    if (bytes) bytes = checked_multiply(*bytes, static_cast<uint64_t>(size));
  }
  if (bytes) bytes = checked_multiply(*bytes, static_cast<uint64_t>(size_of(*entry.dtype)));
  if (!bytes) refuse_tensor(entry.name, "the product of its shape overflows");
  return *bytes;
}

std::vector<Entry> read_entries(const json& header, UnknownDTypes unknown) {
  std::vector<Entry> entries;
  for (const auto& [name, value] : header.items()) {
    if (name == "__metadata__") {
      check_metadata(value);
      continue;
    }
    if (!value.is_object()) refuse_tensor(name, "its header entry is not an object");
    Entry entry{name, read_dtype(name, value, unknown), read_shape(name, value), 0, 0};
    read_offsets(member(name, value, "data_offsets"), entry);
    entries.push_back(std::move(entry));
  }
  return entries;
}

/// The tensors must tile the data area: no hole, no overlap, nothing left over.
void check_layout(std::vector<Entry>& entries, uint64_t data_bytes) {
  std::sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) {
    return std::tie(a.begin, a.end, a.name) < std::tie(b.begin, b.end, b.name);
  });
  uint64_t expected = 0;
  for (const Entry& entry : entries) {
    const std::string where = cat("its data_offsets [", entry.begin, ", ", entry.end, "]");
    if (entry.begin != expected) {
      refuse_tensor(entry.name,
                    cat(where, entry.begin < expected ? " overlap" : " leave a hole after",
                        " the tensor before, which ends at ", expected));
    }
    if (entry.end < entry.begin) refuse_tensor(entry.name, cat(where, " run backwards"));
    if (entry.end > data_bytes) {
      refuse_tensor(entry.name, cat(where, " end outside of the file, whose data area has ",
                                    data_bytes, " bytes: it is truncated"));
    }
    expected = entry.end;
    if (!entry.dtype) continue;
    const uint64_t bytes = checked_bytes(entry);
    if (entry.end - entry.begin != bytes) {
      refuse_tensor(entry.name, cat(where, " hold ", entry.end - entry.begin,
                                    " bytes but its shape and dtype need ", bytes));
    }
  }
  if (expected != data_bytes) {
    throw CheckpointError(cat("the tensors end at byte ", expected,
                              " of the data area but the file has ", data_bytes, ": ",
                              data_bytes - expected, " bytes belong to no tensor"));
  }
}

NamedTensors read_mapped(const WeightFile& file, UnknownDTypes unknown) {
  const std::string_view header = read_header(file.text());
  const json parsed = base::parse_json(header, "the header at offset 8");
  if (!parsed.is_object()) throw CheckpointError("the header at offset 8 is not a JSON object");
  std::vector<Entry> entries = read_entries(parsed, unknown);
  const auto data = file.bytes.subspan(kLengthBytes + header.size());
  check_layout(entries, data.size());
  NamedTensors tensors;
  for (Entry& entry : entries) {
    if (!entry.dtype) continue;
    const auto bytes = data.subspan(entry.begin, entry.end - entry.begin);
    tensors.emplace(
        std::move(entry.name),
        TensorView{*entry.dtype, std::move(entry.shape), {}, bytes, file.owner, file.name});
  }
  return tensors;
}

}  // namespace

NamedTensors read_safetensors(const std::filesystem::path& file, UnknownDTypes unknown) {
  return with_context(cat("reading ", quote(file.string(), 1000)),
                      [&] { return read_mapped(open_weight_file(file), unknown); });
}

}  // namespace finetune::tensors
