#include <catch2/catch.hpp>

#include "base/strings.h"
#include "foreign_files.h"
#include "support/test_support.h"
#include "tensors/named_tensors.h"

using namespace finetune;
using Catch::Contains;
namespace fs = std::filesystem;

namespace {

std::filesystem::path reference() {
  return test::fixture("tensors/fixtures/every_dtype.safetensors");
}

tensors::NamedTensors read_bytes(const std::string& bytes) {
  const test::TemporaryFolder folder;
  test::write_file(folder.path() / "model.safetensors", bytes);
  return tensors::read_safetensors(folder.path() / "model.safetensors");
}

std::string refusal_of(const std::string& bytes) {
  return test::refusal([&] { read_bytes(bytes); });
}

std::string entry(const std::string& name, const std::string& shape, const std::string& offsets,
                  const std::string& dtype = "F32") {
  return base::cat("\"", name, "\":{\"dtype\":\"", dtype, "\",\"shape\":[", shape,
                   "],\"data_offsets\":[", offsets, "]}");
}

/// A file with these entries and `num_bytes` zero bytes of data.
std::string file_of(const std::string& entries, size_t num_bytes) {
  return test::safetensors_file("{" + entries + "}", std::string(num_bytes, '\0'));
}

struct Row {
  std::string bytes;
  std::string words;  // the refusal contains them
};

void require_refused(const std::vector<Row>& rows) {
  for (const Row& row : rows) {
    INFO("expecting: " << row.words);
    const std::string report = refusal_of(row.bytes);
    CHECK_THAT(report, Contains(row.words));
    CHECK_THAT(report, Contains("model.safetensors"));
  }
}

}  // namespace

TEST_CASE("a file of the reference implementation reads with every element type and odd names") {
  test::require_expected(tensors::read_safetensors(reference()), "every_dtype");
}

TEST_CASE("tensors outlive the call and say which file they come from") {
  const tensors::NamedTensors tensors = tensors::read_safetensors(reference());
  CHECK(tensors.at("a.scalar").file == reference().string());
  CHECK(tensors.at("a.scalar").shape.empty());
  CHECK(tensors.at("a.scalar").strides.empty());
}

TEST_CASE("a file cut at any 64th is refused with what is missing") {
  const std::string whole = test::read_file(reference());
  for (size_t i = 0; i < 64; ++i) {
    const std::string report = refusal_of(whole.substr(0, whole.size() * i / 64));
    INFO(report);
    CHECK((report.find("truncated") != std::string::npos ||
           report.find("empty") != std::string::npos ||
           report.find("fewer than the 8") != std::string::npos));
  }
  CHECK_THAT(refusal_of(whole + "x"), Contains("1 bytes belong to no tensor"));
}

TEST_CASE("header lengths that lie are refused without allocating them") {
  const auto file = [](uint64_t length) { return test::number(length) + "{}      "; };
  require_refused({{file(0), "header"},
                   {file(7) + std::string(1000, ' '), "belong to no tensor"},
                   {file(uint64_t{1} << 63), "more than the allowed 100000000"},
                   {file(UINT64_MAX), "more than the allowed 100000000"},
                   {file(100'000'001), "more than the allowed 100000000"},
                   {file(100'000'000), "the header at offset 8 says it has 100000000 bytes"},
                   {file(9), "truncated"},
                   {"1234567", "fewer than the 8"}});
}

TEST_CASE("headers that are not plain JSON of the right kind are refused") {
  const auto header = [](const std::string& text) { return test::safetensors_file(text); };
  const std::string one = entry("a", "1", "0,4");
  require_refused({
      {header("{\"\xff\":1}"), "not UTF-8"},
      {header("{\"a\":"), "the header at offset 8"},
      {header(std::string(10000, '[')), "nested deeper"},
      {header("[]"), "not a JSON object"},
      {header("\xef\xbb\xbf{}"), "the header at offset 8"},
      {header(std::string("{}\0", 3)), "the header at offset 8"},
      {file_of(one + "," + one, 4), "duplicate key 'a'"},
      {header(R"({"__metadata__":{},"__metadata__":{}})"), "duplicate key '__metadata__'"},
      {header(R"({"__metadata__":{"format":"pt","step":1}})"),
       "__metadata__ 'step' is not a string"},
      {header(R"({"__metadata__":["format"]})"), "__metadata__ is not an object"},
      {header(R"({"a":5})"), "tensor 'a': its header entry is not an object"},
  });
}

TEST_CASE("the format in the metadata follows the rule of transformers 4.57.6") {
  const auto header = [](const std::string& metadata) {
    return test::safetensors_file("{\"__metadata__\":" + metadata + "}");
  };
  CHECK(read_bytes(header("null")).empty());
  CHECK(read_bytes(header(R"({"format":"pt","other":"x"})")).empty());
  CHECK(read_bytes(header(R"({"format":"mlx"})")).empty());
  require_refused({{header("{}"), "__metadata__ has no format"},
                   {header(R"({"format":"np"})"), "__metadata__ has format 'np'"},
                   {header(R"({"format":"tf"})"), "laid out for 'tf'"},
                   {header(R"({"format":"flax"})"), "laid out for 'flax'"}});
}

TEST_CASE("data offsets must tile the file") {
  const std::string a = entry("a", "2", "0,8");
  require_refused({
      {file_of(a + "," + entry("b", "1", "4,8"), 8), "tensor 'b': its data_offsets [4, 8] overlap"},
      {file_of(a + "," + entry("b", "2", "0,8"), 8), "[0, 8] overlap"},
      {file_of(a + "," + entry("b", "1", "12,16"), 16),
       "tensor 'b': its data_offsets [12, 16] leave a hole"},
      {file_of(entry("a", "1", "4,8"), 8), "leave a hole"},
      {file_of(entry("a", "1", "0,4"), 8), "4 bytes belong to no tensor"},
      {file_of(a, 4), "tensor 'a': its data_offsets [0, 8] end outside of the file"},
      {file_of(entry("a", "0", "0,0") + "," + entry("b", "1", "4,0"), 4), "leave a hole"},
      {file_of(a + "," + entry("b", "1", "8,4"), 8), "run backwards"},
      {file_of(entry("a", "1", "0,18446744073709551615"), 4), "end outside of the file"},
      {file_of(entry("a", "1", "0"), 4), "not two whole numbers"},
      {file_of(entry("a", "1", "0,4,4"), 4), "not two whole numbers"},
      {file_of(entry("a", "1", "-4,0"), 4), "not two whole numbers"},
      {file_of(entry("a", "1", "0,4.0"), 4), "not two whole numbers"},
      {file_of(entry("a", "1", "0,18446744073709551616"), 4), "not two whole numbers"},
  });
}

TEST_CASE("shapes must be small whole numbers that fit their bytes") {
  std::string ones = "1";
  for (int i = 0; i < 999'999; ++i) ones += ",1";
  require_refused({
      {file_of(entry("a", "2,18446744073709551614", "0,4"), 4),
       "its shape holds '18446744073709551614'"},
      {file_of(entry("a", "4294967296,4294967296", "0,0"), 0), "overflows"},
      {file_of(entry("a", "4611686018427387904", "0,0"), 0), "overflows"},
      {file_of(entry("a", "3", "0,8"), 8), "hold 8 bytes but its shape and dtype need 12"},
      {file_of(entry("a", "1", "0,8", "F16"), 8), "hold 8 bytes but its shape and dtype need 2"},
      {file_of(entry("a", "-1", "0,4"), 4), "its shape holds '-1'"},
      {file_of(entry("a", "1.0", "0,4"), 4), "its shape holds '1.0'"},
      {file_of(entry("a", "\\\"1\\\"", "0,4"), 4), "the header at offset 8"},
      {file_of(entry("a", "true", "0,4"), 4), "its shape holds 'true'"},
      {file_of(entry("a", ones, "0,4"), 4), "it has 1000000 dimensions"},
      {file_of(R"("a":{"dtype":"F32","data_offsets":[0,4]})", 4), "no 'shape'"},
      {file_of(R"("a":{"shape":[1],"data_offsets":[0,4]})", 4), "no 'dtype'"},
      {file_of(R"("a":{"dtype":"F32","shape":[1]})", 4), "no 'data_offsets'"},
      {file_of(R"("a":{"dtype":"F32","shape":1,"data_offsets":[0,4]})", 4), "not a list"},
      {file_of(R"("a":{"dtype":7,"shape":[1],"data_offsets":[0,4]})", 4), "dtype is not a string"},
  });
}

TEST_CASE("element types that are not read are named together with their tensor") {
  for (const std::string dtype : {"F8_E4M3", "F8_E5M2", "F8_E8M0", "F4", "C64", "U16", "f32"}) {
    require_refused({{file_of(entry("layer.w", "1", "0,4", dtype), 4),
                      "tensor 'layer.w': dtype '" + dtype + "' is not supported"}});
  }
}

TEST_CASE("tensors of other element types can be left out, the rest is read and still checked") {
  const test::TemporaryFolder folder;
  const fs::path file = folder.path() / "model.safetensors";
  const std::string entries = entry("a", "3", "0,3", "F8_E4M3") + "," + entry("b", "1", "3,7");
  test::write_file(file, file_of(entries, 7));
  const auto tensors = tensors::read_safetensors(file, tensors::UnknownDTypes::kSkip);
  CHECK(tensors.size() == 1);
  CHECK(tensors.contains("b"));
  test::write_file(file, file_of(entries, 8));
  CHECK_THAT(test::refusal([&] { tensors::read_safetensors(file, tensors::UnknownDTypes::kSkip); }),
             Contains("belong to no tensor"));
}

TEST_CASE("empty tensors, rank 0, white space and unknown keys are read as the reference does") {
  const std::string empty = entry("e", "0,3", "4,4");
  const auto tensors = read_bytes(test::safetensors_file(
      "\t\n {" + entry("s", "", "0,4") + "," + empty + "}  \n", "\1\0\0\0" + std::string(3, '\0')));
  CHECK(tensors.at("s").shape.empty());
  CHECK(tensors.at("e").num_elements() == 0);
  CHECK(read_bytes(test::safetensors_file("{}")).empty());
  const auto extra = R"("a":{"dtype":"F32","shape":[1],"data_offsets":[0,4],"note":{}})";
  CHECK(read_bytes(file_of(extra, 4)).size() == 1);
}

TEST_CASE("a hostile tensor name is printed safely") {
  const std::string report = refusal_of(file_of(entry("\\u001b[31mred", "1", "0,4", "F4"), 4));
  CHECK(report.find('\x1b') == std::string::npos);
  CHECK_THAT(report, Contains("red"));
}

TEST_CASE("a safetensors file with random damage loads soundly or is refused") {
  const std::string good = test::read_file(reference());
  const test::TemporaryFolder folder;
  const auto file = folder.path() / "model.safetensors";
  int num_accepted = 0;
  test::for_each_mutation(good, 3000, 11, [&](const std::string& bytes) {
    std::filesystem::remove(file);
    test::write_file(file, bytes);
    if (test::is_accepted([&] { test::require_sound(tensors::read_safetensors(file)); })) {
      ++num_accepted;
    }
  });
  CHECK(num_accepted > 0);  // damage in the data itself cannot be seen
  CHECK(num_accepted < 2500);
}
