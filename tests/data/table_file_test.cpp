#include "data/table_file.h"

#include <cstring>

#include "base/error.h"
#include "base/hash.h"
#include "data_files.h"
#include "sample_columns.h"

namespace {

using namespace finetune;

void write(const std::filesystem::path& path, uint64_t key) {
  const auto file = base::posix_fs().create(path);
  data::write_table(*file, test::sample_columns(), key);
  file->close();
}

}  // namespace

TEST_CASE("A table comes back from its file as it was") {
  const test::TemporaryFolder folder;
  const auto path = folder.path() / "a.tokens";
  write(path, 77);
  const auto table = data::read_table(path, 77);
  const auto expected = data::EncodedTable::in_memory(test::sample_columns());
  CHECK(table->fingerprint() == expected->fingerprint());
  CHECK(table->size() == 3);
  CHECK(table->token_ids(0)[2] == 7);
  CHECK(table->targets(2).size() == 2);
  CHECK(table->notes().label_names == test::Strings{"no", "yes"});
  CHECK(table->notes().rows_bad == std::map<std::string, int64_t>{{"nul", 3}});
  CHECK(table->notes().blank_lines == 2);
  CHECK(test::error_of<DataError>([&] { data::read_table(path, 78); }).find("something else") !=
        std::string::npos);
}

TEST_CASE("A table that is cut or extended anywhere is refused") {
  const test::TemporaryFolder folder;
  const auto path = folder.path() / "a.tokens";
  write(path, 77);
  const std::string bytes = test::read_file(path);
  for (size_t kept = 0; kept < bytes.size(); kept += 7) {
    test::write_file(path, bytes.substr(0, kept));
    CAPTURE(kept);
    CHECK_THROWS_AS(data::read_table(path, 77), Error);
  }
  test::write_file(path, bytes + std::string(64, '\0'));
  CHECK_THROWS_AS(data::read_table(path, 77), DataError);
}

TEST_CASE("A flipped bit is noticed wherever it can matter") {
  const test::TemporaryFolder folder;
  const auto path = folder.path() / "a.tokens";
  write(path, 77);
  const std::string bytes = test::read_file(path);
  const uint64_t good = data::read_table(path, 77)->fingerprint();
  int num_refused = 0;
  for (size_t at = 0; at < bytes.size(); at += 3) {
    std::string changed = bytes;
    changed[at] = static_cast<char>(changed[at] ^ (1 << (at % 8)));
    test::write_file(path, changed);
    try {
      const auto table = data::read_table(path, 77);  // only zeros between columns may change
      CHECK(table->fingerprint() == good);
      CHECK(bytes[at] == '\0');
    } catch (const DataError&) {
      ++num_refused;
    }
  }
  CHECK(num_refused > 100);
}

TEST_CASE("Sizes that cannot be are refused before anything is read by them") {
  const test::TemporaryFolder folder;
  const auto path = folder.path() / "a.tokens";
  write(path, 77);
  const std::string bytes = test::read_file(path);
  for (const size_t field : {3U, 4U, 5U, 6U}) {  // rows, tokens, targets, bytes of the notes
    for (const uint64_t value : {uint64_t{1} << 40, UINT64_MAX, UINT64_MAX / 2, uint64_t{4}}) {
      std::string changed = bytes;
      std::memcpy(changed.data() + field * 8, &value, 8);
      const uint64_t hash = base::hash64(std::string_view(changed).substr(0, 72));
      std::memcpy(changed.data() + 72, &hash, 8);
      test::write_file(path, changed);
      CAPTURE(field, value);
      CHECK_THROWS_AS(data::read_table(path, 77), DataError);
    }
  }
}

TEST_CASE("Target texts come back too, and must fit the rows") {
  const test::TemporaryFolder folder;
  const auto path = folder.path() / "a.tokens";
  const auto write_columns = [&](const data::EncodedColumns& columns) {
    const auto file = base::posix_fs().create(path);
    data::write_table(*file, columns, 1);
    file->close();
  };
  data::EncodedColumns columns = test::sample_columns();
  columns.label_offsets = {0, 2, 2, 5};
  columns.label_ids = {21, 22, 23, 24, 25};
  columns.notes.rows_dropped = {{"long_target", 4}};
  write_columns(columns);
  const auto table = data::read_table(path, 1);
  CHECK(table->label_ids(2)[0] == 23);
  CHECK(table->notes().rows_dropped == columns.notes.rows_dropped);
  CHECK(table->fingerprint() == data::EncodedTable::in_memory(columns)->fingerprint());
  columns.label_offsets = {0, 2, 5};
  write_columns(columns);
  CHECK_THAT(test::error_of<DataError>([&] { data::read_table(path, 1); }),
             Catch::Contains("target texts"));
}
