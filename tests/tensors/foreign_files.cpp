#include "foreign_files.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <random>

#include "base/error.h"
#include "base/json.h"
#include "support/test_support.h"
#include "tensors/convert.h"

namespace finetune::test {
namespace {

constexpr uint32_t kIn64 = 0xffffffff;

std::string hex(std::span<const std::byte> bytes) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  for (std::byte byte : bytes) {
    text += kDigits[std::to_integer<size_t>(byte >> 4)];
    text += kDigits[std::to_integer<size_t>(byte & std::byte{15})];
  }
  return text;
}

std::string common_header(const ZipMember& member, bool is_zip64) {
  const auto size = is_zip64 ? kIn64 : static_cast<uint32_t>(member.data.size());
  return number<uint16_t>(45) + number<uint16_t>(0) + number<uint16_t>(0) + number<uint32_t>(0) +
         number<uint32_t>(0x12345678) + number(size) + number(size) +
         number(static_cast<uint16_t>(member.name.size()));
}

std::string zip64_field(const std::vector<uint64_t>& numbers) {
  std::string field = number<uint16_t>(1) + number(static_cast<uint16_t>(8 * numbers.size()));
  for (uint64_t value : numbers) field += number(value);
  return field;
}

std::string end_records(const BuiltZip& zip, uint64_t directory, bool is_zip64) {
  const uint64_t count = zip.central.size();
  const uint64_t size = zip.bytes.size() - directory;
  std::string records;
  if (is_zip64) {
    records += number<uint32_t>(0x06064b50) + number<uint64_t>(44) + number<uint32_t>(0x002d031e) +
               number<uint64_t>(0) + number(count) + number(count) + number(size) +
               number(directory) + number<uint32_t>(0x07064b50) + number<uint32_t>(0) +
               number<uint64_t>(zip.bytes.size()) + number<uint32_t>(1);
  }
  const auto small = [&](uint64_t n) { return is_zip64 ? kIn64 : static_cast<uint32_t>(n); };
  const auto entries = static_cast<uint16_t>(small(count));
  return records + number<uint32_t>(0x06054b50) + number<uint32_t>(0) + number(entries) +
         number(entries) + number(small(size)) + number(small(directory)) + number<uint16_t>(0);
}

}  // namespace

std::span<const std::byte> bytes_of(const std::string& text) {
  return std::as_bytes(std::span(text));
}

std::string safetensors_file(const std::string& header, const std::string& data) {
  return number<uint64_t>(header.size()) + header + data;
}

BuiltZip build_zip(const std::vector<ZipMember>& members, bool is_zip64) {
  BuiltZip zip;
  for (const ZipMember& member : members) {
    const uint64_t size = member.data.size();
    const std::string extra = is_zip64 ? zip64_field({size, size}) : "";
    zip.local.push_back(zip.bytes.size());
    zip.bytes += number<uint32_t>(0x04034b50) + common_header(member, is_zip64) +
                 number(static_cast<uint16_t>(extra.size())) + member.name + extra + member.data;
  }
  const size_t directory = zip.bytes.size();
  for (size_t i = 0; i < members.size(); ++i) {
    const uint64_t size = members[i].data.size();
    const std::string extra = is_zip64 ? zip64_field({size, size, zip.local[i]}) : "";
    const auto offset = is_zip64 ? kIn64 : static_cast<uint32_t>(zip.local[i]);
    zip.central.push_back(zip.bytes.size());
    zip.bytes += number<uint32_t>(0x02014b50) + number<uint16_t>(45) +
                 common_header(members[i], is_zip64) + number(static_cast<uint16_t>(extra.size())) +
                 number<uint16_t>(0) + number<uint16_t>(0) + std::string(6, '\0') + number(offset) +
                 members[i].name + extra;
  }
  zip.end64 = zip.bytes.size();
  zip.locator = zip.end64 + 56;
  zip.bytes += end_records(zip, directory, is_zip64);
  zip.end = zip.bytes.size() - 22;
  return zip;
}

std::string torch_file(const std::string& pickle, const std::string& storage) {
  return build_zip({{"model/data.pkl", pickle},
                    {"model/byteorder", "little"},
                    {"model/data/0", storage},
                    {"model/version", "3\n"}})
      .bytes;
}

std::string pickle_text(const std::string& text) {
  return "X" + number(static_cast<uint32_t>(text.size())) + text;
}

std::string pickle_global(const std::string& module, const std::string& name) {
  return "c" + module + "\n" + name + "\n";
}

std::string pickle_integer(int64_t value) { return "\x8a\x08" + number(value); }

std::string pickle_integers(const std::vector<int64_t>& values) {
  std::string pickle = "(";
  for (int64_t value : values) pickle += pickle_integer(value);
  return pickle + "t";
}

std::string pickle_tensor(const TensorPickle& tensor) {
  const std::string storage = "(" + pickle_text("storage") + pickle_global("torch", tensor.type) +
                              pickle_text("0") + pickle_text("cpu") +
                              pickle_integer(tensor.num_elements) + "tQ";
  return pickle_global("torch._utils", "_rebuild_tensor_v2") + "(" + storage +
         pickle_integer(tensor.offset) + pickle_integers(tensor.shape) +
         pickle_integers(tensor.strides) + "\x89" + pickle_global("collections", "OrderedDict") +
         ")RtR";
}

std::string pickle_dictionary(const std::string& name, const std::string& value) {
  return "\x80\x02}" + pickle_text(name) + value + "s.";
}

std::string refusal(const std::function<void()>& body) {
  try {
    body();
  } catch (const CheckpointError& error) {
    return error.report();
  }
  FAIL("expected a CheckpointError");
  return {};
}

bool is_accepted(const std::function<void()>& body) {
  try {
    body();
    return true;
  } catch (const CheckpointError&) {
    return false;
  }
}

void require_sound(const tensors::NamedTensors& tensors) {
  for (const auto& [name, tensor] : tensors) {
    const int64_t count = tensor.num_elements();
    int64_t span = count;
    if (!tensor.strides.empty()) {
      REQUIRE(tensor.strides.size() == tensor.shape.size());
      span = 1;
      for (size_t d = 0; d < tensor.shape.size(); ++d) {
        span += (tensor.shape[d] - 1) * tensor.strides[d];
      }
    }
    REQUIRE(static_cast<int64_t>(tensor.bytes.size()) == span * tensors::size_of(tensor.dtype));
    std::vector<float> values(static_cast<size_t>(count));
    tensors::copy_as_f32(tensor, values);
  }
}

void require_expected(const tensors::NamedTensors& tensors, const std::string& key) {
  const nlohmann::json expected =
      base::read_json_file(fixture("tensors/fixtures/expected.json")).at(key);
  require_sound(tensors);
  REQUIRE(tensors.size() == expected.size());
  for (const auto& [name, tensor] : tensors) {
    INFO("tensor " << name);
    const nlohmann::json& wanted = expected.at(name);
    CHECK(tensors::name_of(tensor.dtype) == wanted.at("dtype").get<std::string>());
    CHECK(tensor.shape == wanted.at("shape").get<std::vector<int64_t>>());
    const auto count = static_cast<size_t>(tensor.num_elements());
    std::vector<std::byte> raw(count * static_cast<size_t>(tensors::size_of(tensor.dtype)));
    tensors::copy_contiguous(tensor, raw);
    CHECK(hex(raw) == wanted.at("bytes").get<std::string>());
    std::vector<float> values(count);
    tensors::copy_as_f32(tensor, values);
    CHECK(hex(std::as_bytes(std::span(values))) == wanted.at("f32").get<std::string>());
  }
}

void for_each_mutation(const std::string& bytes, int count, uint64_t seed,
                       const std::function<void(const std::string&)>& visit) {
  std::mt19937_64 random(seed);
  const auto below = [&](size_t bound) { return static_cast<size_t>(random() % bound); };
  for (int i = 0; i < count; ++i) {
    std::string mutated = bytes;
    const size_t num_changes = 1 + below(4);
    for (size_t c = 0; c < num_changes; ++c) {
      char& byte = mutated[below(mutated.size())];
      const auto bit = static_cast<char>(1 << below(8));
      byte = below(2) == 0 ? static_cast<char>(byte ^ bit) : static_cast<char>(below(256));
    }
    if (below(8) == 0) mutated.erase(below(mutated.size()), 1 + below(16));
    visit(mutated);
  }
}

}  // namespace finetune::test
