#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace finetune::tensors::opcodes {

/// The opcodes that torch.save emits, named as in pickletools.py.
enum : uint8_t {
  kMark = '(',
  kStop = '.',
  kBinint = 'J',
  kBinint1 = 'K',
  kBinint2 = 'M',
  kNone = 'N',
  kBinpersid = 'Q',
  kReduce = 'R',
  kBinunicode = 'X',
  kAppend = 'a',
  kBuild = 'b',
  kGlobal = 'c',
  kAppends = 'e',
  kBinget = 'h',
  kLongBinget = 'j',
  kBinput = 'q',
  kLongBinput = 'r',
  kSetitem = 's',
  kTuple = 't',
  kSetitems = 'u',
  kEmptyTuple = ')',
  kEmptyList = ']',
  kEmptyDict = '}',
  kBinfloat = 'G',
  kProto = 0x80,
  kTuple1 = 0x85,
  kTuple2 = 0x86,
  kTuple3 = 0x87,
  kNewtrue = 0x88,
  kNewfalse = 0x89,
  kLong1 = 0x8a,
  kShortBinunicode = 0x8c,
  kStackGlobal = 0x93,
  kMemoize = 0x94,
  kFrame = 0x95,
};

/// Opcodes that make objects or calls in other readers, for the message.
inline std::string_view name_of_refused(uint8_t opcode) {
  struct Row {
    uint8_t opcode;
    std::string_view name;
  };
  constexpr std::array<Row, 10> kRows{{{'i', " (INST)"},
                                       {'o', " (OBJ)"},
                                       {'P', " (PERSID)"},
                                       {0x81, " (NEWOBJ)"},
                                       {0x82, " (EXT1)"},
                                       {0x83, " (EXT2)"},
                                       {0x84, " (EXT4)"},
                                       {0x8b, " (LONG4)"},
                                       {0x8d, " (BINUNICODE8)"},
                                       {0x92, " (NEWOBJ_EX)"}}};
  for (const Row& row : kRows) {
    if (row.opcode == opcode) return row.name;
  }
  return "";
}

}  // namespace finetune::tensors::opcodes
