#include "tensors/zip_archive.h"

#include <catch2/catch.hpp>

#include "foreign_files.h"
#include "support/test_support.h"

using namespace finetune;
using Catch::Contains;
using test::BuiltZip;
using test::put;

namespace {

const std::vector<test::ZipMember> kMembers{{"m/a", "hello"}, {"m/b", ""}, {"m/c", "world!"}};

std::string refusal_of(const std::string& bytes) {
  return test::refusal([&] { tensors::read_stored_zip(test::bytes_of(bytes)); });
}

std::string text_of(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// The refusal of kMembers after `damage`.
template <class Damage>
std::string refusal_after(bool is_zip64, Damage&& damage) {
  BuiltZip zip = test::build_zip(kMembers, is_zip64);
  damage(zip);
  return refusal_of(zip.bytes);
}

}  // namespace

TEST_CASE("stored members are found, with and without zip64 fields") {
  for (const bool is_zip64 : {false, true}) {
    const BuiltZip zip = test::build_zip(kMembers, is_zip64);
    const auto members = tensors::read_stored_zip(test::bytes_of(zip.bytes));
    REQUIRE(members.size() == 3);
    for (const auto& [name, data] : kMembers) CHECK(text_of(members.at(name)) == data);
  }
}

TEST_CASE("an archive that Python's zipfile wrote is read, a compressed one is refused") {
  const auto python = test::python();
  if (!python) return;
  const test::TemporaryFolder folder;
  const std::string script =
      "import zipfile, sys\n"
      "for kind, name in ((0, 'stored'), (8, 'deflated')):\n"
      "  with zipfile.ZipFile(sys.argv[1] + '/' + name, 'w', kind) as z:\n"
      "    z.writestr('m/a', b'hello' * 9)\n"
      "    with z.open('m/b', 'w', force_zip64=True) as f: f.write(b'x')\n";
  const auto result = test::run_shell(python->string() + " - " + folder.path().string(), script);
  REQUIRE(result.err.empty());
  const std::string stored = test::read_file(folder.path() / "stored");
  const auto members = tensors::read_stored_zip(test::bytes_of(stored));
  CHECK(members.at("m/a").size() == 45);
  CHECK(text_of(members.at("m/b")) == "x");
  CHECK_THAT(refusal_of(test::read_file(folder.path() / "deflated")), Contains("compressed"));
}

TEST_CASE("an archive cut anywhere or with bytes behind it is refused") {
  for (const bool is_zip64 : {false, true}) {
    const std::string whole = test::build_zip(kMembers, is_zip64).bytes;
    for (size_t size = 0; size < whole.size(); ++size) {
      // an exact copy, so that reading past its end is seen by a sanitizer
      const std::vector<char> cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
      test::refusal([&] { tensors::read_stored_zip(std::as_bytes(std::span(cut))); });
    }
    CHECK_THAT(refusal_of(whole + "x"), Contains("no end record"));
    CHECK_THAT(refusal_of("x" + whole), Contains("damaged"));
  }
}

TEST_CASE("names must be plain, relative and unique") {
  for (const std::string name :
       {"../m", "m/../a", "/m", "m//a", "m/", "m\\a", "C:a", ".", "m/./a", "", "m/\xff"}) {
    INFO(name);
    CHECK_THAT(refusal_of(test::build_zip({{name, ""}}).bytes),
               Contains("not a plain relative path"));
  }
  CHECK_THAT(refusal_of(test::build_zip({{std::string("m\0a", 3), ""}}).bytes),
             Contains("not a plain relative path"));
  CHECK_THAT(refusal_of(test::build_zip({{"m/a", "1"}, {"m/a", "2"}}).bytes),
             Contains("archive member 'm/a': its name appears twice"));
}

TEST_CASE("compressed, encrypted and unequal sizes are refused") {
  const auto in_both = [](size_t central_at, size_t local_at, uint16_t value) {
    return refusal_after(false, [&](BuiltZip& zip) {
      put(zip.bytes, zip.central[0] + central_at, value);
      put(zip.bytes, zip.local[0] + local_at, value);
    });
  };
  CHECK_THAT(in_both(10, 8, 8), Contains("archive member 'm/a': it is compressed"));
  CHECK_THAT(in_both(8, 6, 1), Contains("encrypted"));
  CHECK_THAT(in_both(8, 6, 1U << 13), Contains("encrypted"));
  CHECK_THAT(refusal_after(false, [](BuiltZip& z) { put(z.bytes, z.central[0] + 20, 4U); }),
             Contains("stored size differs"));
}

TEST_CASE("the local header must agree with the central directory") {
  const auto local = [](size_t at, auto value) {
    return refusal_after(false, [&](BuiltZip& zip) { put(zip.bytes, zip.local[2] + at, value); });
  };
  const std::string words = "archive member 'm/c': its local header differs";
  CHECK_THAT(local(6, uint16_t{8}), Contains(words));   // flags
  CHECK_THAT(local(8, uint16_t{8}), Contains(words));   // method
  CHECK_THAT(local(14, uint32_t{1}), Contains(words));  // checksum
  CHECK_THAT(local(18, uint32_t{5}), Contains(words));  // stored size
  CHECK_THAT(local(22, uint32_t{0}), Contains(words));  // size
  CHECK_THAT(local(30, 'M'), Contains(words));          // name
  CHECK_THAT(local(0, uint32_t{0}), Contains("no local header"));
  CHECK_THAT(local(28, uint16_t{60000}), Contains("truncated"));  // extra field
}

TEST_CASE("members must lie in the file and not overlap") {
  const auto central = [](size_t member, size_t at, uint32_t value) {
    return refusal_after(false,
                         [&](BuiltZip& zip) { put(zip.bytes, zip.central[member] + at, value); });
  };
  CHECK_THAT(central(0, 42, 0x7fffffffU), Contains("lies outside of the file"));
  CHECK_THAT(central(0, 42, 1U), Contains("no local header"));
  const std::string huge = refusal_after(false, [](BuiltZip& zip) {
    for (const size_t at :
         {zip.central[0] + 20, zip.central[0] + 24, zip.local[0] + 18, zip.local[0] + 22}) {
      put(zip.bytes, at, 0x7ffffff0U);
    }
  });
  CHECK_THAT(huge, Contains("reach outside of the file"));
  const std::string overlap = refusal_after(false, [](BuiltZip& zip) {
    for (const size_t at :
         {zip.central[0] + 20, zip.central[0] + 24, zip.local[0] + 18, zip.local[0] + 22}) {
      put(zip.bytes, at, 6U);  // one byte into the next local header
    }
  });
  CHECK_THAT(overlap, Contains("archive member 'm/b': it overlaps 'm/a'"));
}

TEST_CASE("end records that lie are refused") {
  const auto end = [](size_t at, auto value) {
    return refusal_after(false, [&](BuiltZip& zip) { put(zip.bytes, zip.end + at, value); });
  };
  CHECK_THAT(end(0, uint32_t{0}), Contains("no end record"));
  CHECK_THAT(end(4, uint16_t{1}), Contains("several disks"));
  CHECK_THAT(end(8, uint16_t{2}), Contains("several disks"));
  CHECK_THAT(end(8, uint32_t{0xfff0fff0}), Contains("more members"));
  CHECK_THAT(end(8, uint32_t{0x00020002}), Contains("holds more than its members"));
  CHECK_THAT(end(12, uint32_t{0xffffffff}), Contains("does not end at the end record"));
  CHECK_THAT(end(16, uint32_t{0}), Contains("does not end at the end record"));
  CHECK_THAT(end(20, uint16_t{5}), Contains("comment"));
}

TEST_CASE("zip64 records that lie are refused") {
  const auto lie = [](size_t BuiltZip::*record, size_t at, auto value) {
    return refusal_after(true, [&](BuiltZip& zip) { put(zip.bytes, zip.*record + at, value); });
  };
  CHECK_THAT(lie(&BuiltZip::locator, 8, UINT64_MAX), Contains("not where the locator says"));
  CHECK_THAT(lie(&BuiltZip::locator, 8, uint64_t{0}), Contains("not where the locator says"));
  const BuiltZip good = test::build_zip(kMembers, true);
  std::string no_room = good.bytes.substr(good.locator);  // the record would begin before the file
  put(no_room, 8, uint64_t{0} - 56);
  CHECK_THAT(refusal_of(no_room), Contains("not where the locator says"));
  CHECK_THAT(lie(&BuiltZip::locator, 16, uint32_t{2}), Contains("several disks"));
  CHECK_THAT(lie(&BuiltZip::end64, 4, uint64_t{45}), Contains("signature or size"));
  CHECK_THAT(lie(&BuiltZip::end64, 24, uint64_t{4}), Contains("several disks"));
  CHECK_THAT(lie(&BuiltZip::end64, 40, UINT64_MAX - 10), Contains("does not end"));
  CHECK_THAT(lie(&BuiltZip::end64, 48, UINT64_MAX - 10), Contains("does not end"));
  CHECK_THAT(lie(&BuiltZip::end, 12, uint32_t{7}), Contains("two end records disagree"));
  const std::string count = refusal_after(true, [](BuiltZip& zip) {
    put(zip.bytes, zip.end64 + 24, uint64_t{1} << 60);
    put(zip.bytes, zip.end64 + 32, uint64_t{1} << 60);
  });
  CHECK_THAT(count, Contains("more members than its central directory can hold"));
  const std::string offset = refusal_after(
      true, [](BuiltZip& zip) { put(zip.bytes, zip.central[0] + 46 + 3 + 4 + 16, UINT64_MAX); });
  CHECK_THAT(offset, Contains("lies outside of the file"));
  const std::string missing = refusal_after(
      true, [](BuiltZip& zip) { put(zip.bytes, zip.central[0] + 46 + 3, uint16_t{2}); });
  CHECK_THAT(missing, Contains("its zip64 sizes are missing"));
}

TEST_CASE("random damage to an archive is survived") {
  for (const bool is_zip64 : {false, true}) {
    const std::string good = test::build_zip(kMembers, is_zip64).bytes;
    test::for_each_mutation(good, 4000, 5, [&](const std::string& bytes) {
      const std::vector<char> exact(bytes.begin(), bytes.end());
      test::is_accepted([&] {
        size_t sum = 0;
        for (const auto& [name, data] : tensors::read_stored_zip(std::as_bytes(std::span(exact)))) {
          for (std::byte byte : data) sum += std::to_integer<size_t>(byte);
        }
        if (sum == SIZE_MAX) throw 1;  // the sum must be computed
      });
    });
  }
}
