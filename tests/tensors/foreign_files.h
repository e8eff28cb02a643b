#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "tensors/named_tensors.h"

namespace finetune::test {

/// Little-endian bytes of a number.
template <class T>
std::string number(T value) {
  std::string bytes(sizeof(T), '\0');
  std::memcpy(bytes.data(), &value, sizeof(T));
  return bytes;
}

/// Overwrites the bytes at `at`.
template <class T>
void put(std::string& bytes, size_t at, T value) {
  bytes.replace(at, sizeof(T), number(value));
}

std::span<const std::byte> bytes_of(const std::string& text);

/// A safetensors file with this header text.
std::string safetensors_file(const std::string& header, const std::string& data = "");

struct ZipMember {
  std::string name;
  std::string data;
};

/// A zip archive and where its records begin, so that tests can falsify them.
struct BuiltZip {
  std::string bytes;
  std::vector<size_t> local;
  std::vector<size_t> central;
  size_t end64 = 0;
  size_t locator = 0;
  size_t end = 0;
};

/// Stores `members`; with `is_zip64` every size and offset is in zip64 fields.
BuiltZip build_zip(const std::vector<ZipMember>& members, bool is_zip64 = false);

/// A torch.save archive around `pickle` with one storage "0" of `storage` bytes.
std::string torch_file(const std::string& pickle, const std::string& storage = "");

// Pieces of pickles (protocol 2).
std::string pickle_text(const std::string& text);                               // BINUNICODE
std::string pickle_global(const std::string& module, const std::string& name);  // GLOBAL
std::string pickle_integer(int64_t value);                                      // LONG1
std::string pickle_integers(const std::vector<int64_t>& values);                // a tuple

/// What torch.save writes for a tensor over storage "0".
struct TensorPickle {
  std::string type = "FloatStorage";
  int64_t num_elements = 4;
  int64_t offset = 0;
  std::vector<int64_t> shape{4};
  std::vector<int64_t> strides{1};
};
std::string pickle_tensor(const TensorPickle& tensor);

/// {name: <value>} as a whole pickle.
std::string pickle_dictionary(const std::string& name, const std::string& value);

/// The report of the CheckpointError that `body` throws. Fails the test if it throws none.
std::string refusal(const std::function<void()>& body);

/// Fails the test unless every view's bytes span exactly its elements.
void require_sound(const tensors::NamedTensors& tensors);

/// Fails the test unless the tensors have the names, element types, shapes and values that
/// fixtures/expected.json states under `key`.
void require_expected(const tensors::NamedTensors& tensors, const std::string& key);

/// `count` times `bytes` with a few bytes replaced, or a piece cut out, chosen by `seed`.
void for_each_mutation(const std::string& bytes, int count, uint64_t seed,
                       const std::function<void(const std::string&)>& visit);

/// Calls `body`; true when it returned, false when it threw a CheckpointError. Anything else
/// leaves.
bool is_accepted(const std::function<void()>& body);

}  // namespace finetune::test
