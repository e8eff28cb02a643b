#include <catch2/catch.hpp>

#include "foreign_files.h"
#include "support/test_support.h"
#include "tensors/named_tensors.h"

using namespace finetune;
using namespace std::string_literals;
using Catch::Contains;
using test::TensorPickle;

namespace {

std::filesystem::path sample(const std::string& name) {
  return test::fixture("tensors/fixtures/" + name);
}

tensors::NamedTensors read_bytes(const std::string& bytes) {
  const test::TemporaryFolder folder;
  test::write_file(folder.path() / "pytorch_model.bin", bytes);
  return tensors::read_torch_bin(folder.path() / "pytorch_model.bin");
}

std::string refusal_of(const std::string& bytes) {
  const std::string report = test::refusal([&] { read_bytes(bytes); });
  CHECK_THAT(report, Contains("pytorch_model.bin"));
  return report;
}

std::string refusal_of_sample(const std::string& name) {
  return test::refusal([&] { tensors::read_torch_bin(sample(name)); });
}

/// The refusal of one tensor "layer.w" over a storage of `num_bytes`.
std::string refusal_of_tensor(const TensorPickle& tensor, size_t num_bytes = 16) {
  const std::string pickle = test::pickle_dictionary("layer.w", test::pickle_tensor(tensor));
  return refusal_of(test::torch_file(pickle, std::string(num_bytes, '\0')));
}

}  // namespace

TEST_CASE("files of torch.save read the same in protocols 2 to 5") {
  const std::string expected = "every_dtype";
  for (const char* protocol : {"2", "3", "4", "5"}) {
    INFO("protocol " << protocol);
    test::require_expected(
        tensors::read_torch_bin(sample("every_dtype_protocol"s + protocol + ".bin")), expected);
  }
}

TEST_CASE("state dictionaries and parameters are read") {
  const std::string expected = "state_dict";
  test::require_expected(tensors::read_torch_bin(sample("state_dict.bin")), expected);
  test::require_expected(tensors::read_torch_bin(sample("parameters.bin")), expected);
  test::require_expected(tensors::read_torch_bin(sample("parameter_with_state.bin")),
                         "parameter_with_state");
}

TEST_CASE("views keep their strides and tied tensors share their bytes") {
  const auto tensors = tensors::read_torch_bin(sample("views.bin"));
  test::require_expected(tensors, "views");
  CHECK(tensors.at("tied").bytes.data() == tensors.at("base").bytes.data());
  CHECK(tensors.at("matrix").strides.empty());
  CHECK(tensors.at("transposed").strides == std::vector<int64_t>{1, 6});
  CHECK(tensors.at("transposed").bytes.data() == tensors.at("base").bytes.data());
  CHECK(tensors.at("rows").bytes.data() == tensors.at("base").bytes.data() + 6 * 4);
  CHECK(tensors.at("repeated").strides == std::vector<int64_t>{0, 0});
  CHECK(tensors.at("repeated").bytes.size() == 4);
}

TEST_CASE("the stride of a dimension of one element does not make a view strided") {
  const std::string tensor = test::pickle_tensor({.shape = {1, 4, 1}, .strides = {7, 1, 9}});
  const auto tensors =
      read_bytes(test::torch_file(test::pickle_dictionary("w", tensor), std::string(16, '\0')));
  CHECK(tensors.at("w").strides.empty());
  CHECK(tensors.at("w").bytes.size() == 16);
}

TEST_CASE("files of other kinds are refused with the way to convert them") {
  CHECK_THAT(refusal_of_sample("legacy.bin"), Contains("legacy") && Contains("save_pretrained"));
  CHECK_THAT(refusal_of_sample("torchscript.bin"),
             Contains("TorchScript") && Contains("save_pretrained"));
  for (const char* member : {"m/code/x.py", "m/constants.pkl"}) {
    CHECK_THAT(refusal_of(test::build_zip({{"m/data.pkl", ""}, {member, ""}}).bytes),
               Contains("TorchScript") && Contains("save_pretrained"));
  }
  std::string tar(512, '\0');
  tar.replace(257, 5, "ustar");
  CHECK_THAT(refusal_of(tar), Contains("tar file") && Contains("save_pretrained"));
  CHECK_THAT(refusal_of("<!DOCTYPE html>"), Contains("not a PyTorch file"));
  CHECK_THAT(refusal_of(test::build_zip({{"m/weights", ""}}).bytes), Contains("no data.pkl"));
  CHECK_THAT(refusal_of(test::build_zip({{"m/data.pkl", ""}, {"n/data.pkl", ""}}).bytes),
             Contains("two root folders"));
}

TEST_CASE("a real hub file from before PyTorch 1.6 is refused with advice") {
  const auto file = test::shared_data("checkpoints-tiny/bert-xsmall-dummy/pytorch_model.bin");
  if (!file) return;
  CHECK_THAT(test::refusal([&] { tensors::read_torch_bin(*file); }),
             Contains("legacy PyTorch file"));
}

TEST_CASE("anything but a flat dictionary of tensors is refused") {
  CHECK_THAT(refusal_of_sample("nested.bin"),
             Contains("key 'state_dict' holds a dictionary") && Contains("torch.save("));
  CHECK_THAT(refusal_of_sample("not_only_tensors.bin"), Contains("key 'epoch' holds an integer"));
  CHECK_THAT(refusal_of_sample("one_tensor.bin"), Contains("holds a tensor, not a dictionary"));
  CHECK_THAT(refusal_of_sample("whole_model.bin"),
             Contains("refused global '__main__.TinyModel' at offset 2 of data.pkl"));
  CHECK_THAT(refusal_of(test::torch_file("\x80\x02}K\x01Ns.")), Contains("an integer as key"));
  const std::string tensor = test::pickle_tensor({});
  const std::string twice =
      "\x80\x02}(" + test::pickle_text("w") + tensor + test::pickle_text("w") + tensor + "u.";
  CHECK_THAT(refusal_of(test::torch_file(twice, std::string(16, '\0'))),
             Contains("tensor 'w' appears twice"));
}

TEST_CASE("a big-endian file is refused") {
  std::string bytes = test::read_file(sample("state_dict.bin"));
  const size_t at = bytes.find("little");
  REQUIRE(at != std::string::npos);
  bytes.replace(at, 6, "biggie");
  CHECK_THAT(refusal_of(bytes), Contains("byteorder is 'biggie'"));
}

TEST_CASE("offsets, shapes and strides must stay in the storage") {
  const int64_t big = int64_t{1} << 62;
  const std::string outside = "tensor 'layer.w': offset ";
  CHECK_THAT(refusal_of_tensor({.offset = 1}), Contains(outside + "1"));
  CHECK_THAT(refusal_of_tensor({.offset = -1}), Contains(outside + "-1"));
  CHECK_THAT(refusal_of_tensor({.offset = INT64_MAX}), Contains(outside));
  CHECK_THAT(refusal_of_tensor({.shape = {5}}), Contains(outside));
  CHECK_THAT(refusal_of_tensor({.strides = {2}}), Contains(outside));
  CHECK_THAT(refusal_of_tensor({.shape = {2}, .strides = {INT64_MAX}}), Contains(outside));
  CHECK_THAT(refusal_of_tensor({.shape = {3, 3}, .strides = {big, big}}), Contains(outside));
  CHECK_THAT(refusal_of_tensor({.strides = {-1}}), Contains("its strides hold -1"));
  CHECK_THAT(refusal_of_tensor({.shape = {-4}}), Contains("its shape hold -4"));
  CHECK_THAT(refusal_of_tensor({.shape = {2, 2}}), Contains("2 dimensions and 1 strides"));
  const std::vector<int64_t> ones(65, 1);
  CHECK_THAT(refusal_of_tensor({.shape = ones, .strides = ones}), Contains("65 dimensions"));
  CHECK_THAT(refusal_of_tensor({.offset = 9, .shape = {}, .strides = {}}), Contains(outside + "9"));
}

TEST_CASE("a repeated element may not describe more than the file could hold") {
  CHECK_THAT(refusal_of_tensor({.shape = {1 << 20}, .strides = {0}}), Contains("more elements"));
  CHECK_THAT(refusal_of_tensor({.shape = {int64_t{1} << 40, int64_t{1} << 40}, .strides = {0, 0}}),
             Contains("more elements"));
}

TEST_CASE("storages must exist and have exactly their bytes") {
  CHECK_THAT(refusal_of_tensor({}, 15), Contains("has 15 bytes but should hold 4 elements of F32"));
  CHECK_THAT(refusal_of_tensor({}, 20), Contains("has 20 bytes"));
  CHECK_THAT(refusal_of_tensor({.type = "DoubleStorage"}), Contains("4 elements of F64"));
  CHECK_THAT(refusal_of_tensor({.num_elements = -4}), Contains("should hold -4"));
  CHECK_THAT(refusal_of_tensor({.num_elements = (int64_t{1} << 62) + 4}), Contains("has 16 bytes"));
  const std::string pickle = test::pickle_dictionary("w", test::pickle_tensor({}));
  CHECK_THAT(refusal_of(test::build_zip({{"m/data.pkl", pickle}}).bytes),
             Contains("tensor 'w': its storage data/'0' is not in the archive"));
}

TEST_CASE("malicious pickles are refused and run nothing") {
  const test::TemporaryFolder folder;
  const auto canary = folder.path() / "canary";
  const std::string command = test::pickle_text("touch '" + canary.string() + "'");
  const std::string tensor = test::pickle_tensor({});
  const std::string call = test::pickle_global("posix", "system") + command + "\x85R";
  const std::string proto = "\x80\x02";
  const std::vector<std::string> pickles{
      proto + call + ".",
      proto + test::pickle_global("os", "system") + command + "\x85R.",
      proto + test::pickle_global("builtins", "exec") + command + "\x85R.",
      proto + "(" + command + "iposix\nsystem\n.",                            // INST
      proto + "(" + test::pickle_global("posix", "system") + command + "o.",  // OBJ
      "\x80\x04" + test::pickle_text("posix") + test::pickle_text("system") + "\x93" + command +
          "\x85R.",
      test::pickle_dictionary("w", call),
      proto + "}(" + test::pickle_text("w") + tensor + test::pickle_text("x") + call + "u.",
      proto + test::pickle_global("collections", "OrderedDict") + ")R}" + test::pickle_text("x") +
          call + "sb.",
      proto + test::pickle_global("torch._utils", "_rebuild_parameter") + "(" + tensor + "\x88" +
          call + "tR.",
  };
  for (const std::string& pickle : pickles) {
    const std::string report = refusal_of(test::torch_file(pickle, std::string(16, '\0')));
    CHECK_THAT(report, Contains("refused"));
    CHECK_FALSE(std::filesystem::exists(canary));
  }
  // The first of them is no blank: Python's own unpickler does run it.
  const auto python = test::python();
  if (!python) return;
  test::write_file(folder.path() / "pickle", pickles.front());
  test::run_shell(python->string() +
                  " -c 'import pickle, sys; pickle.load(open(sys.argv[1], \"rb\"))' " +
                  test::shell_quote((folder.path() / "pickle").string()));
  CHECK(std::filesystem::exists(canary));
}

TEST_CASE("a .bin cut at any 64th or extended is refused") {
  const std::string whole = test::read_file(sample("state_dict.bin"));
  for (size_t i = 0; i < 64; ++i)
    refusal_of(whole.substr(0, whole.size() * i / 64) + (i == 0 ? "x" : ""));
  CHECK_THAT(refusal_of(whole + "x"), Contains("no end record"));
}

TEST_CASE("a .bin with random damage loads soundly or is refused") {
  const test::TemporaryFolder folder;
  const auto file = folder.path() / "pytorch_model.bin";
  for (const char* name : {"views.bin", "every_dtype_protocol5.bin"}) {
    const std::string good = test::read_file(sample(name));
    int num_accepted = 0;
    test::for_each_mutation(good, 2500, 17, [&](const std::string& bytes) {
      std::filesystem::remove(file);
      test::write_file(file, bytes);
      if (test::is_accepted([&] { test::require_sound(tensors::read_torch_bin(file)); })) {
        ++num_accepted;
      }
    });
    CHECK(num_accepted > 0);  // padding and data are not covered by any check
    CHECK(num_accepted < 2400);
  }
}
