#include "tensors/pickle_machine.h"

#include <catch2/catch.hpp>

#include "foreign_files.h"

using namespace finetune;
using namespace std::string_literals;
using Catch::Contains;
using tensors::PickleKind;
using tensors::PickleMachine;

namespace {

std::string refusal_of(const std::string& pickle, tensors::PickleLimits limits = {}) {
  return test::refusal([&] { PickleMachine(test::bytes_of(pickle), limits).run(); });
}

/// The integer that `pickle` leaves.
int64_t integer(const std::string& pickle) {
  const std::string bytes = "\x80\x02" + pickle + ".";
  const auto value = PickleMachine(test::bytes_of(bytes)).run();
  REQUIRE(value.kind == PickleKind::kInteger);
  return value.integer;
}

struct Row {
  std::string body;   // after PROTO 2
  std::string words;  // of the refusal
};

void require_refused(const std::vector<Row>& rows) {
  for (const Row& row : rows) {
    INFO("expecting: " << row.words);
    CHECK_THAT(refusal_of("\x80\x02" + row.body), Contains(row.words));
  }
}

}  // namespace

TEST_CASE("integers of every encoding have the value that Python gives them") {
  CHECK(integer("K\xff") == 255);  // pickle.loads of each: Python 3.11
  CHECK(integer("M\xff\xff") == 65535);
  CHECK(integer("J\xff\xff\xff\xff") == -1);
  CHECK(integer("\x8a\x00"s) == 0);
  CHECK(integer("\x8a\x01\xff") == -1);
  CHECK(integer("\x8a\x02\xff\x00"s) == 255);
  CHECK(integer("\x8a\x05\x00\x00\x00\x00\x01"s) == int64_t{1} << 32);
  CHECK(integer("\x8a\x08\x00\x00\x00\x00\x00\x00\x00\x80"s) == INT64_MIN);
}

TEST_CASE("containers, the memo and marks work together") {
  // ({'k': [1, 2]}, 'k') with the key recalled from the memo, protocols 2 and 4
  for (const std::string& pickle :
       {"\x80\x02}"s + test::pickle_text("k") + "q\x05](K\x01K\x02" + "esh\x05\x86.",
        "\x80\x04}\x8c\x01k\x94](K\x01K\x02" + "esh\x00\x86."s}) {
    PickleMachine machine(test::bytes_of(pickle));
    const auto value = machine.run();
    REQUIRE(value.kind == PickleKind::kTuple);
    REQUIRE(value.node->items.size() == 2);
    CHECK(value.node->items[1].text == "k");
    const auto& dictionary = value.node->items[0].node->items;
    REQUIRE(dictionary.size() == 2);
    CHECK(dictionary[0].text == "k");
    REQUIRE(dictionary[1].kind == PickleKind::kList);
    CHECK(dictionary[1].node->items[1].integer == 2);
  }
}

TEST_CASE("a list that contains itself is harmless") {
  const std::string pickle = "\x80\x02]q\x01h\x01" + "a."s;
  PickleMachine machine(test::bytes_of(pickle));
  const auto value = machine.run();
  CHECK(value.node->items[0].node == value.node);
}

TEST_CASE("names outside of the list are refused with their offset") {
  const auto global = [](const char* module, const char* name) {
    return test::pickle_global(module, name);
  };
  require_refused({
      {global("os", "system"), "refused global 'os.system' at offset 2 of data.pkl"},
      {global("posix", "system"), "refused global 'posix.system' at offset 2"},
      {global("builtins", "eval"), "refused global 'builtins.eval'"},
      {global("torch", "load"), "refused global 'torch.load'"},
      {global("torch.storage", "_load_from_bytes"), "refused global"},
      {global("torch._utils", "_rebuild_tensor_v2.__globals__"), "refused global"},
      {global("collections", "OrderedDict.__reduce__"), "refused global"},
      {global("__builtin__", "getattr"), "refused global"},
      {"N" + global("os", "system"), "at offset 3"},
      {test::pickle_text("os") + test::pickle_text("system") + "\x93",
       "refused global 'os.system'"},
      {"NN\x93", "STACK_GLOBAL without two texts"},
      {"cos\nsystem", "truncated"},
      {global("\x1b[31m", "x"), "refused global"},
  });
  CHECK(refusal_of("\x80\x02" + global("\x1b[31m", "x")).find('\x1b') == std::string::npos);
}

TEST_CASE("opcodes that call or make objects are refused") {
  require_refused(
      {{"(S'id'\nios\nsystem\n.", "refused pickle opcode 83"},
       {"(" + test::pickle_text("id") + "ios\nsystem\n.", "opcode 105 (INST) at offset 10"},
       {"(N" + test::pickle_text("id") + "o.", "opcode 111 (OBJ)"},
       {"N)\x81.", "opcode 129 (NEWOBJ)"},
       {"N)N\x92.", "(NEWOBJ_EX)"},
       {"\x82\x01.", "(EXT1)"},
       {"P0\n.", "(PERSID)"},
       {"\x8b\xff\xff\xff\x7f.", "(LONG4)"},
       {"\x8d" + test::number(UINT64_MAX) + ".", "(BINUNICODE8)"},
       {"\x80\x02N.", "refused pickle opcode 128"},
       {"I01\n.", "refused pickle opcode 73"},
       {"N2.", "refused pickle opcode 50"}});
}

TEST_CASE("REDUCE and BUILD work on the allowed objects only") {
  const std::string ordered = test::pickle_global("collections", "OrderedDict");
  require_refused(
      {{"N)R.", "refused to call None"},
       {"K\x01)R.", "refused to call an integer"},
       {ordered + "NR.", "refused to call a class or function with None"},
       {ordered + "N\x85R.", "refused to call 'collections.OrderedDict'"},
       {test::pickle_global("torch", "FloatStorage") + ")R.",
        "refused to call 'torch.FloatStorage'"},
       {"}}b.", "refused BUILD of a dictionary"},
       {ordered + ")R" + test::pickle_text("x") + "b.", "refused BUILD of a dictionary with text"},
       {ordered + "}b.", "refused BUILD of a class or function"},
       {"NQ.", "a persistent id does not name a storage"}});
}

TEST_CASE("stacks, marks and memo entries that are not there are refused") {
  require_refused({{".", "the stack does not hold one value"},
                   {"NN.", "the stack does not hold one value"},
                   {"(N.", "the stack does not hold one value"},
                   {"N", "no STOP"},
                   {"", "no STOP"},
                   {"N.N", "bytes follow the STOP"},
                   {"Nt.", "no mark"},
                   {"\x85.", "too few values on the stack"},
                   {"NN\x87.", "too few values on the stack"},
                   {"N(\x85.", "too few values on the stack"},  // may not reach below the mark
                   {"](Na.", "too few values on the stack"},
                   {"N(K\x01K\x02s.", "too few values on the stack"},
                   {"R.", "too few values on the stack"},
                   {"q\x01.", "too few values on the stack"},
                   {"\x94.", "too few values on the stack"},
                   {"h\x01.", "memo entry 1 does not exist"},
                   {"j\xff\xff\xff\xff.", "memo entry 4294967295 does not exist"},
                   {"}(Nu.", "a key but no value"},
                   {"NNNs.", "SETITEM on something that is not a dictionary"},
                   {")Na.", "APPEND to something that is not a list"},
                   {"u.", "no mark"}});
}

TEST_CASE("sizes that lie are refused before anything is read or allocated") {
  require_refused({{"X\xff\xff\xff\xff" + "abc."s, "truncated"},
                   {"\x8c\x09short.", "truncated"},
                   {"\x95" + test::number(UINT64_MAX) + "N.", "a frame longer than the pickle"},
                   {"\x8a\xff" + std::string(255, '\1') + ".", "an integer of 255 bytes"},
                   {"\x8a\x09" + std::string(9, '\1') + ".", "an integer of 9 bytes"},
                   {"G\x01", "truncated"},
                   {"J\x01", "truncated"}});
  for (const std::string& pickle : {""s, "\x80"s})
    CHECK_THAT(refusal_of(pickle), Contains("truncated"));
  for (const std::string& pickle : {"\x80\x01N."s, "\x80\x06N."s, "N.."s}) {
    CHECK_THAT(refusal_of(pickle), Contains("protocol 2 to 5"));
  }
}

TEST_CASE("memo, stack and nesting bombs end at the limits") {
  std::string memo = "\x80\x02N";
  for (uint32_t i = 0; i < 1000; ++i) memo += "r" + test::number(i);
  CHECK_THAT(refusal_of(memo + ".", {1 << 20, 1000}), Contains("more than 1000 pickle opcodes"));
  CHECK_THAT(refusal_of("\x80\x02" + std::string(5'000'000, '(')), Contains("pickle opcodes"));
  CHECK_THAT(refusal_of("\x80\x02N.", {3, 1000}), Contains("more than the limit of 3"));
  // a tuple in a tuple ... 4 million deep is built and freed without recursion
  const std::string deep = "\x80\x02)" + std::string(4'000'000, '\x85') + ".";
  CHECK(PickleMachine(test::bytes_of(deep)).run().kind == PickleKind::kTuple);
}

TEST_CASE("random damage to a pickle is survived") {
  const std::string good = test::pickle_dictionary("w", test::pickle_tensor({}));
  int num_accepted = 0;
  test::for_each_mutation(good, 6000, 3, [&](const std::string& bytes) {
    const std::vector<char> exact(bytes.begin(), bytes.end());
    if (test::is_accepted([&] { PickleMachine(std::as_bytes(std::span(exact))).run(); })) {
      ++num_accepted;
    }
  });
  CHECK(num_accepted < 5000);
}
