#include <unistd.h>

#include <fstream>

#include "base/error.h"
#include "data/prepare.h"
#include "data_files.h"

using namespace finetune;

TEST_CASE("A fingerprint changes with size, head and tail") {
  const std::string text(3'000'000, 'x');
  const test::DataFile file("a.tsv", text);
  const auto before = data::fingerprint_file(file.path());
  CHECK(before.bytes == 3'000'000);
  CHECK(before.modified_nanoseconds > 0);
  for (const size_t at : {size_t{0}, size_t{900'000}, size_t{2'500'000}, text.size() - 1}) {
    std::string changed = text;
    changed[at] = 'y';
    test::write_file(file.path(), changed);
    CAPTURE(at);
    CHECK(data::fingerprint_file(file.path()).head_tail_hash != before.head_tail_hash);
  }
  test::write_file(file.path(), text);
  CHECK(data::fingerprint_file(file.path()).head_tail_hash == before.head_tail_hash);
  test::write_file(file.path(), text + "x");
  CHECK(data::fingerprint_file(file.path()).bytes == 3'000'001);
}

TEST_CASE("Streams have no fingerprint, missing files are an error") {
  CHECK(data::fingerprint_file("-").bytes == 0);
  CHECK(data::fingerprint_file("/dev/null").modified_nanoseconds == 0);
  CHECK_THROWS_AS(data::fingerprint_file("/nowhere/at/all.tsv"), DataError);
}
