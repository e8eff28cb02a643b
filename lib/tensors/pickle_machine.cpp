#include "tensors/pickle_machine.h"

#include "base/error.h"
#include "base/strings.h"
#include "tensors/pickle_opcodes.h"
#include "tensors/torch_objects.h"

namespace finetune::tensors {

using base::cat;
using base::quote;
using enum PickleKind;

PickleMachine::PickleMachine(std::span<const std::byte> pickle, PickleLimits limits)
    : reader_(pickle, "data.pkl"), limits_(limits) {}

void PickleMachine::fail(const std::string& problem) const {
  throw CheckpointError(cat(problem, " at offset ", opcode_offset_, " of data.pkl"));
}

PickleValue PickleMachine::run() {
  if (reader_.remaining() > limits_.max_bytes) {
    throw CheckpointError(cat("data.pkl has ", reader_.remaining(),
                              " bytes, more than the limit of ", limits_.max_bytes));
  }
  check_protocol();
  run_opcodes();
  if (reader_.remaining() != 0) fail("bytes follow the STOP");
  if (stack_.size() != 1 || !marks_.empty()) fail("the stack does not hold one value at the STOP");
  return stack_.front();
}

void PickleMachine::check_protocol() {
  const auto opcode = reader_.read<uint8_t>();
  const auto protocol = reader_.read<uint8_t>();
  if (opcode != opcodes::kProto || protocol < 2 || protocol > 5) {
    fail("this is not a pickle of protocol 2 to 5");
  }
}

void PickleMachine::run_opcodes() {
  for (uint64_t count = 0;; ++count) {
    opcode_offset_ = reader_.offset();
    if (count == limits_.max_opcodes) fail(cat("more than ", count, " pickle opcodes"));
    if (reader_.remaining() == 0) fail("no STOP: the pickle is truncated");
    const auto opcode = reader_.read<uint8_t>();
    if (opcode == opcodes::kStop) return;
    step(opcode);
  }
}

void PickleMachine::step(uint8_t opcode) {
  if (step_scalar(opcode) || step_container(opcode) || step_memo(opcode) || step_object(opcode)) {
    return;
  }
  fail(cat("refused pickle opcode ", static_cast<int>(opcode), opcodes::name_of_refused(opcode)));
}

bool PickleMachine::step_scalar(uint8_t opcode) {
  switch (opcode) {
    case opcodes::kNone:
      push({});
      return true;
    case opcodes::kNewtrue:
    case opcodes::kNewfalse:
      push({kBool, opcode == opcodes::kNewtrue ? 1 : 0, {}, nullptr});
      return true;
    case opcodes::kBinint:
      push_integer(reader_.read<int32_t>());
      return true;
    case opcodes::kBinint1:
      push_integer(reader_.read<uint8_t>());
      return true;
    case opcodes::kBinint2:
      push_integer(reader_.read<uint16_t>());
      return true;
    case opcodes::kLong1:
      push_integer(read_long());
      return true;
    case opcodes::kBinfloat:
      reader_.read<uint64_t>();
      push({kFloat, 0, {}, nullptr});
      return true;
    case opcodes::kBinunicode:
      push_text(reader_.read<uint32_t>());
      return true;
    case opcodes::kShortBinunicode:
      push_text(reader_.read<uint8_t>());
      return true;
    default:
      return false;
  }
}

bool PickleMachine::step_container(uint8_t opcode) {
  switch (opcode) {
    case opcodes::kMark:
      marks_.push_back(stack_.size());
      return true;
    case opcodes::kEmptyTuple:
      push_container(kTuple, {});
      return true;
    case opcodes::kTuple1:
    case opcodes::kTuple2:
    case opcodes::kTuple3:
      push_container(kTuple, pop_last(opcode - opcodes::kTuple1 + size_t{1}));
      return true;
    case opcodes::kTuple:
      push_container(kTuple, pop_to_mark());
      return true;
    case opcodes::kEmptyList:
      push_container(kList, {});
      return true;
    case opcodes::kAppend:
      append(pop_last(1));
      return true;
    case opcodes::kAppends:
      append(pop_to_mark());
      return true;
    case opcodes::kEmptyDict:
      push_container(kDict, {});
      return true;
    case opcodes::kSetitem:
      set_items(pop_last(2));
      return true;
    case opcodes::kSetitems:
      set_items(pop_to_mark());
      return true;
    default:
      return false;
  }
}

bool PickleMachine::step_memo(uint8_t opcode) {
  switch (opcode) {
    case opcodes::kBinput:
      memo_[reader_.read<uint8_t>()] = top();
      return true;
    case opcodes::kLongBinput:
      memo_[reader_.read<uint32_t>()] = top();
      return true;
    case opcodes::kMemoize:
      memo_[memo_.size()] = top();
      return true;
    case opcodes::kBinget:
      recall(reader_.read<uint8_t>());
      return true;
    case opcodes::kLongBinget:
      recall(reader_.read<uint32_t>());
      return true;
    case opcodes::kFrame:
      if (reader_.read<uint64_t>() > reader_.remaining()) fail("a frame longer than the pickle");
      return true;
    default:
      return false;
  }
}

bool PickleMachine::step_object(uint8_t opcode) {
  switch (opcode) {
    case opcodes::kGlobal: {
      const std::string_view module = reader_.read_line();
      push_global(module, reader_.read_line());
      return true;
    }
    case opcodes::kStackGlobal: {
      const PickleValue name = pop();
      const PickleValue module = pop();
      if (module.kind != kText || name.kind != kText) fail("STACK_GLOBAL without two texts");
      push_global(module.text, name.text);
      return true;
    }
    case opcodes::kReduce: {
      const PickleValue arguments = pop();
      const PickleValue function = pop();
      push(with_context(cat("data.pkl, offset ", opcode_offset_),
                        [&] { return rebuild(function, arguments, arena_); }));
      return true;
    }
    case opcodes::kBinpersid:
      push(with_context(cat("data.pkl, offset ", opcode_offset_),
                        [&] { return storage_of(pop()); }));
      return true;
    case opcodes::kBuild:
      build();
      return true;
    default:
      return false;
  }
}

void PickleMachine::push_text(uint64_t size) { push({kText, 0, reader_.read_text(size), nullptr}); }

void PickleMachine::push_global(std::string_view module, std::string_view name) {
  const std::string full_name = cat(module, ".", name);
  const auto allowed = allowed_global(full_name);
  if (!allowed) {
    throw CheckpointError(
        cat("refused global ", quote(full_name), " at offset ", opcode_offset_,
            " of data.pkl: only tensors are read, and nothing was executed. Do not "
            "open this file with other tools unless you trust its author"));
  }
  push({kGlobal, 0, *allowed, nullptr});
}

void PickleMachine::push_container(PickleKind kind, std::vector<PickleValue> items) {
  push({kind, 0, {}, &arena_.emplace_back(PickleNode{std::move(items)})});
}

/// LONG1: little-endian two's complement of 0 to 255 bytes; more than 8 fit no size of ours.
int64_t PickleMachine::read_long() {
  const auto size = reader_.read<uint8_t>();
  if (size > sizeof(int64_t)) fail(cat("an integer of ", static_cast<int>(size), " bytes"));
  uint64_t bits = 0;
  for (int i = 0; i < size; ++i) bits |= uint64_t{reader_.read<uint8_t>()} << (8 * i);
  const int unused_bits = 64 - 8 * size;
  if (size == 0 || unused_bits == 0) return static_cast<int64_t>(bits);
  return static_cast<int64_t>(bits << unused_bits) >> unused_bits;  // extends the sign
}

void PickleMachine::require(size_t num_values) const {
  const size_t floor = marks_.empty() ? 0 : marks_.back();
  if (stack_.size() - floor < num_values) fail("too few values on the stack");
}

PickleValue& PickleMachine::top() {
  require(1);
  return stack_.back();
}

PickleValue PickleMachine::pop() {
  const PickleValue value = top();
  stack_.pop_back();
  return value;
}

std::vector<PickleValue> PickleMachine::pop_last(size_t count) {
  require(count);
  const auto first = stack_.end() - static_cast<std::ptrdiff_t>(count);
  std::vector<PickleValue> items(first, stack_.end());
  stack_.erase(first, stack_.end());
  return items;
}

std::vector<PickleValue> PickleMachine::pop_to_mark() {
  if (marks_.empty()) fail("no mark on the stack");
  std::vector<PickleValue> items = pop_last(stack_.size() - marks_.back());
  marks_.pop_back();
  return items;
}

void PickleMachine::append(const std::vector<PickleValue>& items) {
  if (top().kind != kList) fail("APPEND to something that is not a list");
  auto& list = top().node->items;
  list.insert(list.end(), items.begin(), items.end());
}

void PickleMachine::set_items(const std::vector<PickleValue>& items) {
  const PickleKind kind = top().kind;
  if (kind != kDict && kind != kOrderedDict) fail("SETITEM on something that is not a dictionary");
  if (items.size() % 2 != 0) fail("SETITEMS with a key but no value");
  auto& dictionary = top().node->items;
  dictionary.insert(dictionary.end(), items.begin(), items.end());
}

void PickleMachine::recall(uint32_t index) {
  const auto found = memo_.find(index);
  if (found == memo_.end()) fail(cat("memo entry ", index, " does not exist"));
  push(found->second);
}

/// torch.save attaches the attribute _metadata to an ordered dictionary; its content is not needed.
void PickleMachine::build() {
  const PickleValue state = pop();
  if (top().kind != kOrderedDict || state.kind != kDict) {
    fail(cat("refused BUILD of ", name_of(top().kind), " with ", name_of(state.kind)));
  }
}

}  // namespace finetune::tensors
