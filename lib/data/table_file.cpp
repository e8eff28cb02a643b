#include "data/table_file.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <utility>

#include "base/error.h"
#include "base/hash.h"
#include "base/json.h"
#include "base/strings.h"

namespace finetune::data {
namespace {

constexpr std::array<char, 8> kMagic{'F', 'T', 'T', 'A', 'B', 'L', 'E', '\n'};
constexpr uint64_t kVersion = 2;
constexpr uint64_t kHeaderBytes = 128;
constexpr uint64_t kAlignment = 64;

struct Header {
  std::array<char, 8> magic = kMagic;
  uint64_t version = kVersion;
  uint64_t key = 0;
  uint64_t num_rows = 0;
  uint64_t num_tokens = 0;
  uint64_t num_targets = 0;
  uint64_t num_label_offsets = 0;
  uint64_t num_label_ids = 0;
  uint64_t notes_bytes = 0;
  uint64_t columns_hash = 0;
  uint64_t notes_hash = 0;
  uint64_t header_hash = 0;

  uint64_t expected_hash() const {
    return base::hash64({reinterpret_cast<const std::byte*>(this), offsetof(Header, header_hash)});
  }
};
static_assert(sizeof(Header) == 96 && sizeof(Header) <= kHeaderBytes);

uint64_t aligned(uint64_t bytes) { return (bytes + kAlignment - 1) / kAlignment * kAlignment; }

std::string notes_text(const FileNotes& notes) {
  return base::dump_json({{"label_names", notes.label_names},
                          {"rows_bad", notes.rows_bad},
                          {"rows_dropped", notes.rows_dropped},
                          {"blank_lines", notes.blank_lines}});
}

FileNotes parse_notes(std::string_view text) {
  const nlohmann::json json = base::parse_json(text, "notes");
  return {.label_names = json.at("label_names"),
          .rows_bad = json.at("rows_bad"),
          .blank_lines = json.at("blank_lines"),
          .rows_dropped = json.at("rows_dropped")};
}

class Writer {
 public:
  explicit Writer(base::OutputFile& file) : file_(file) {}

  /// Writes `bytes` and zeros up to the next multiple of `alignment`.
  void write(std::span<const std::byte> bytes, uint64_t alignment = kAlignment) {
    static constexpr std::array<std::byte, kHeaderBytes> kZeros{};
    file_.write(bytes);
    const uint64_t rest = bytes.size() % alignment;
    if (rest > 0) file_.write(std::span(kZeros).first(alignment - rest));
  }

 private:
  base::OutputFile& file_;
};

/// Hands out the sections of a mapped file one after another.
class Sections {
 public:
  explicit Sections(std::span<const std::byte> bytes) : bytes_(bytes) {}

  template <class T>
  std::span<const T> take(uint64_t count) {
    const uint64_t room = at_ <= bytes_.size() ? bytes_.size() - at_ : 0;
    if (count > room / sizeof(T)) throw DataError("it is shorter than its header says");
    const auto* first = reinterpret_cast<const T*>(bytes_.data() + at_);
    at_ += aligned(count * sizeof(T));
    return {first, static_cast<size_t>(count)};
  }
  void skip_header() { at_ = kHeaderBytes; }
  bool is_at_end() const { return at_ == bytes_.size(); }

 private:
  std::span<const std::byte> bytes_;
  uint64_t at_ = 0;
};

Header read_header(std::span<const std::byte> bytes, uint64_t key) {
  Header header;
  if (bytes.size() < kHeaderBytes) throw DataError("it is too short for a header");
  std::memcpy(&header, bytes.data(), sizeof(header));
  if (header.magic != kMagic) throw DataError("it is no token table");
  if (header.version != kVersion) {
    throw DataError(base::cat("it has version ", header.version, " instead of ", kVersion));
  }
  if (header.header_hash != header.expected_hash()) throw DataError("its header is damaged");
  if (header.key != key) throw DataError("it was made from something else");
  return header;
}

TableView take_columns(Sections& sections, const Header& header) {
  const uint64_t rows = header.num_rows;
  if (header.num_targets > 0 && rows > UINT64_MAX / header.num_targets) {
    throw DataError("its sizes are impossible");
  }
  TableView view;
  view.offsets = sections.take<int64_t>(rows + 1);
  view.token_ids = sections.take<int32_t>(header.num_tokens);
  view.second_begins = sections.take<int32_t>(rows);
  view.tokens_cut = sections.take<int32_t>(rows);
  view.class_ids = sections.take<int32_t>(rows);
  view.targets = sections.take<float>(rows * header.num_targets);
  view.lines = sections.take<int64_t>(rows);
  view.text_hashes = sections.take<uint64_t>(rows);
  view.label_offsets = sections.take<int64_t>(header.num_label_offsets);
  view.label_ids = sections.take<int32_t>(header.num_label_ids);
  view.num_targets = static_cast<int64_t>(header.num_targets);
  return view;
}

/// Rows are not empty and fill the tokens exactly: all that indexing relies on.
void check_offsets(const TableView& view) {
  const auto& offsets = view.offsets;
  const bool is_increasing =
      std::adjacent_find(offsets.begin(), offsets.end(), std::greater_equal<>()) == offsets.end();
  if (offsets.front() != 0 || !is_increasing ||
      offsets.back() != static_cast<int64_t>(view.token_ids.size())) {
    throw DataError("its rows do not fit its tokens");
  }
}

/// The same for target texts, which may be empty.
void check_label_offsets(const TableView& view) {
  const auto& offsets = view.label_offsets;
  const bool is_whole = offsets.empty()
                            ? view.label_ids.empty()
                            : offsets.size() == view.lines.size() + 1 &&
                                  std::ranges::is_sorted(offsets) && offsets.front() == 0 &&
                                  offsets.back() == static_cast<int64_t>(view.label_ids.size());
  if (!is_whole) throw DataError("its target texts do not fit its rows");
}

}  // namespace

void write_table(base::OutputFile& file, const EncodedColumns& columns, uint64_t key) {
  const TableView view = view_of(columns);
  const std::string notes = notes_text(columns.notes);
  Header header;
  header.key = key;
  header.num_rows = view.lines.size();
  header.num_tokens = view.token_ids.size();
  header.num_targets = static_cast<uint64_t>(view.num_targets);
  header.num_label_offsets = view.label_offsets.size();
  header.num_label_ids = view.label_ids.size();
  header.notes_bytes = notes.size();
  header.columns_hash = hash_of(view);
  header.notes_hash = base::hash64(notes);
  header.header_hash = header.expected_hash();

  Writer writer(file);
  writer.write(std::as_bytes(std::span(&header, 1)), kHeaderBytes);
  writer.write(std::as_bytes(std::span(notes)));
  writer.write(std::as_bytes(view.offsets));
  writer.write(std::as_bytes(view.token_ids));
  writer.write(std::as_bytes(view.second_begins));
  writer.write(std::as_bytes(view.tokens_cut));
  writer.write(std::as_bytes(view.class_ids));
  writer.write(std::as_bytes(view.targets));
  writer.write(std::as_bytes(view.lines));
  writer.write(std::as_bytes(view.text_hashes));
  writer.write(std::as_bytes(view.label_offsets));
  writer.write(std::as_bytes(view.label_ids));
}

std::shared_ptr<const EncodedTable> read_table(const std::filesystem::path& path, uint64_t key) {
  const auto file = std::make_shared<const base::MappedFile>(path);
  const Header header = read_header(file->bytes(), key);
  Sections sections(file->bytes());
  sections.skip_header();
  const auto notes = sections.take<char>(header.notes_bytes);
  const std::string_view notes_view(notes.data(), notes.size());
  if (base::hash64(notes_view) != header.notes_hash) throw DataError("its notes are damaged");
  const TableView view = take_columns(sections, header);
  if (!sections.is_at_end()) throw DataError("it is longer than its header says");
  check_offsets(view);
  check_label_offsets(view);
  auto table = std::make_shared<const EncodedTable>(view, parse_notes(notes_view), file);
  if (table->fingerprint() != header.columns_hash) throw DataError("its columns are damaged");
  return table;
}

}  // namespace finetune::data
