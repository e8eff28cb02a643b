#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "tensors/byte_reader.h"
#include "tensors/pickle_value.h"

namespace finetune::tensors {

/// Bounds on what one pickle may make us hold: an opcode adds at most one value to the stack, to
/// the memo and to the containers. A tensor takes about 35 opcodes and 200 bytes.
struct PickleLimits {
  uint64_t max_bytes = uint64_t{64} << 20;
  uint64_t max_opcodes = uint64_t{4} << 20;
};

/// A pickle machine (Python's pickletools.py, protocols 2 to 5) for the opcodes that torch.save
/// emits. It builds data and nothing else: names outside of the list in torch_objects.h are
/// refused, nothing is imported, resolved or executed, and every number is checked before it is
/// used.
class PickleMachine {
 public:
  explicit PickleMachine(std::span<const std::byte> pickle, PickleLimits limits = {});

  /// Runs the whole pickle; the value lives as long as this machine and the bytes. Throws
  /// CheckpointError naming the offset.
  PickleValue run();

 private:
  void run_opcodes();
  void check_protocol();
  void step(uint8_t opcode);
  bool step_scalar(uint8_t opcode);
  bool step_container(uint8_t opcode);
  bool step_memo(uint8_t opcode);
  bool step_object(uint8_t opcode);

  void push(PickleValue value) { stack_.push_back(value); }
  void push_integer(int64_t value) { push({PickleKind::kInteger, value, {}, nullptr}); }
  void push_text(uint64_t size);
  void push_global(std::string_view module, std::string_view name);
  void push_container(PickleKind kind, std::vector<PickleValue> items);
  int64_t read_long();

  void require(size_t num_values) const;
  PickleValue& top();
  PickleValue pop();
  std::vector<PickleValue> pop_last(size_t count);
  std::vector<PickleValue> pop_to_mark();
  void append(const std::vector<PickleValue>& items);
  void set_items(const std::vector<PickleValue>& items);
  void recall(uint32_t index);
  void build();
  [[noreturn]] void fail(const std::string& problem) const;

  ByteReader reader_;
  PickleLimits limits_;
  uint64_t opcode_offset_ = 0;
  std::vector<PickleValue> stack_;
  std::vector<size_t> marks_;  ///< stack sizes at the open marks: nothing below is touched
  std::unordered_map<uint64_t, PickleValue> memo_;
  PickleArena arena_;
};

}  // namespace finetune::tensors
