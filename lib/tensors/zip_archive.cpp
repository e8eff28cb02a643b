#include "tensors/zip_archive.h"

#include <algorithm>
#include <vector>

#include "base/error.h"
#include "base/strings.h"
#include "tensors/byte_reader.h"
#include "tensors/checked.h"

namespace finetune::tensors {
namespace {

using base::cat;
using base::quote;
using Bytes = std::span<const std::byte>;

constexpr uint64_t kEndBytes = 22, kLocatorBytes = 20, kEnd64Bytes = 56;
constexpr uint64_t kCentralBytes = 46;
constexpr uint32_t kEndMark = 0x06054b50, kLocatorMark = 0x07064b50, kEnd64Mark = 0x06064b50;
constexpr uint32_t kCentralMark = 0x02014b50, kLocalMark = 0x04034b50;
constexpr uint32_t kIn64 = 0xffffffff;   // "see the zip64 field"
constexpr uint16_t kIn64Short = 0xffff;  // the same in a 16-bit field
constexpr uint16_t kZip64Field = 0x0001;
constexpr uint16_t kSizesFollow = 1U << 3, kNameIsUtf8 = 1U << 11;

/// Where the central directory lies.
struct Directory {
  uint64_t num_members = 0;
  uint64_t offset = 0;
  uint64_t size = 0;
  uint64_t end = 0;  // where the records after it begin
};

/// What both headers of a member say.
struct Header {
  uint16_t flags = 0;
  uint16_t method = 0;
  uint32_t checksum = 0;
  uint64_t stored_size = 0;
  uint64_t size = 0;
  uint64_t offset = 0;  // of the local header; central directory only
  std::string_view name;
};

struct Span {
  uint64_t begin = 0;  // local header
  uint64_t end = 0;    // end of the data
  std::string_view name;
};

[[noreturn]] void refuse_member(std::string_view name, const std::string& reason) {
  throw CheckpointError(cat("archive member ", quote(name), ": ", reason));
}

void require(bool holds, std::string_view problem) {
  if (!holds) throw CheckpointError(cat("the zip archive is damaged: ", problem));
}

/// The zip64 end record in front of the locator at `locator_offset`.
Directory read_end64(Bytes file, uint64_t locator_offset) {
  ByteReader locator(file.subspan(locator_offset, kLocatorBytes), "the zip64 locator");
  locator.read<uint32_t>();
  const auto disk = locator.read<uint32_t>();
  const auto offset = locator.read<uint64_t>();
  require(disk == 0 && locator.read<uint32_t>() == 1, "it claims several disks");
  require(offset <= locator_offset && locator_offset - offset == kEnd64Bytes,
          "its zip64 end record is not where the locator says");
  ByteReader end(file.subspan(offset, kEnd64Bytes), "the zip64 end record");
  require(end.read<uint32_t>() == kEnd64Mark && end.read<uint64_t>() == kEnd64Bytes - 12,
          "its zip64 end record has no such signature or size");
  end.read<uint32_t>();  // versions
  require(end.read<uint64_t>() == 0, "it claims several disks");
  Directory directory;
  directory.end = offset;
  directory.num_members = end.read<uint64_t>();
  require(end.read<uint64_t>() == directory.num_members, "it claims several disks");
  directory.size = end.read<uint64_t>();
  directory.offset = end.read<uint64_t>();
  return directory;
}

/// The end records must agree where both state a number.
template <class Field>
uint64_t agreed(Field stated, Field see_other, const uint64_t* in_64) {
  if (in_64 == nullptr) return stated;
  require(stated == see_other || stated == *in_64, "its two end records disagree");
  return *in_64;
}

Directory find_directory(Bytes file) {
  require(file.size() >= kEndBytes, "it is too short for an end record");
  const uint64_t end_offset = file.size() - kEndBytes;
  ByteReader end(file.subspan(end_offset), "the zip end record");
  require(end.read<uint32_t>() == kEndMark,
          "no end record in its last 22 bytes, so it is truncated or bytes follow it");
  require(end.read<uint32_t>() == 0, "it claims several disks");
  Directory directory;
  directory.end = end_offset;
  bool is_zip64 = false;
  if (end_offset >= kLocatorBytes) {
    const uint64_t at = end_offset - kLocatorBytes;
    is_zip64 = ByteReader(file.subspan(at), "").read<uint32_t>() == kLocatorMark;
    if (is_zip64) directory = read_end64(file, at);
  }
  const Directory in_64 = directory;
  const auto pick = [&](const uint64_t& field) { return is_zip64 ? &field : nullptr; };
  const auto on_disk = end.read<uint16_t>();
  require(end.read<uint16_t>() == on_disk, "it claims several disks");
  directory.num_members = agreed(on_disk, kIn64Short, pick(in_64.num_members));
  directory.size = agreed(end.read<uint32_t>(), kIn64, pick(in_64.size));
  directory.offset = agreed(end.read<uint32_t>(), kIn64, pick(in_64.offset));
  require(end.read<uint16_t>() == 0, "it carries a comment");
  const auto directory_end = checked_add(directory.offset, directory.size);
  require(directory_end == directory.end, "its central directory does not end at the end record");
  require(directory.num_members <= directory.size / kCentralBytes,
          "it claims more members than its central directory can hold");
  return directory;
}

/// Replaces the numbers that `extra` holds in its zip64 field, in their order.
void apply_zip64(Bytes extra, std::initializer_list<uint64_t*> numbers, std::string_view name) {
  const bool is_needed =
      std::any_of(numbers.begin(), numbers.end(), [](const uint64_t* n) { return *n == kIn64; });
  if (!is_needed) return;
  ByteReader fields(extra, "the extra field of an archive member");
  while (fields.remaining() > 0) {
    const auto kind = fields.read<uint16_t>();
    const Bytes content = fields.read_bytes(fields.read<uint16_t>());
    if (kind != kZip64Field) continue;
    ByteReader values(content, "the zip64 field of an archive member");
    for (uint64_t* number : numbers) {
      if (*number == kIn64) *number = values.read<uint64_t>();
    }
    return;
  }
  refuse_member(name, "its zip64 sizes are missing");
}

void check_name(std::string_view name) {
  bool is_plain = base::is_valid_utf8(name) &&
                  name.find_first_of(std::string_view("\\:\0", 3)) == std::string_view::npos;
  for (const std::string& part : base::split(name, '/')) {
    if (part.empty() || part == "." || part == "..") is_plain = false;
  }
  if (!is_plain) refuse_member(name, "its name is not a plain relative path");
}

void check_storage(const Header& header) {
  if (header.method != 0) {
    refuse_member(header.name,
                  "it is compressed, as in TorchScript archives but never by torch.save: load the "
                  "model with PyTorch and save it again with model.save_pretrained(folder)");
  }
  if ((header.flags & ~(kSizesFollow | kNameIsUtf8)) != 0) {
    refuse_member(header.name, "it is encrypted or stored in an unknown way");
  }
  if (header.stored_size != header.size) {
    refuse_member(header.name, "its stored size differs from its size");
  }
}

Header read_central_header(ByteReader& directory) {
  require(directory.read<uint32_t>() == kCentralMark, "a central directory entry has no signature");
  directory.read<uint32_t>();  // versions
  Header header;
  header.flags = directory.read<uint16_t>();
  header.method = directory.read<uint16_t>();
  directory.read<uint32_t>();  // time
  header.checksum = directory.read<uint32_t>();
  header.stored_size = directory.read<uint32_t>();
  header.size = directory.read<uint32_t>();
  const auto name_size = directory.read<uint16_t>();
  const auto extra_size = directory.read<uint16_t>();
  const auto comment_size = directory.read<uint16_t>();
  require(directory.read<uint16_t>() == 0, "it claims several disks");
  directory.read_bytes(6);  // attributes
  header.offset = directory.read<uint32_t>();
  header.name = directory.read_text(name_size);
  const Bytes extra = directory.read_bytes(extra_size);
  directory.read_bytes(comment_size);
  check_name(header.name);
  apply_zip64(extra, {&header.size, &header.stored_size, &header.offset}, header.name);
  check_storage(header);
  return header;
}

/// Reads the local header of `central` and throws where it says something else. Returns where the
/// data begins. Writers that stream leave its sizes and checksum zero.
uint64_t check_local_header(Bytes before_directory, const Header& central) {
  if (central.offset > before_directory.size()) {
    refuse_member(central.name, cat("its offset ", central.offset, " lies outside of the file"));
  }
  ByteReader local(before_directory.subspan(central.offset),
                   "the local header of an archive member");
  if (local.read<uint32_t>() != kLocalMark) {
    refuse_member(central.name, cat("no local header at its offset ", central.offset));
  }
  local.read<uint16_t>();  // version
  Header header;
  header.flags = local.read<uint16_t>();
  header.method = local.read<uint16_t>();
  local.read<uint32_t>();  // time
  header.checksum = local.read<uint32_t>();
  header.stored_size = local.read<uint32_t>();
  header.size = local.read<uint32_t>();
  const auto name_size = local.read<uint16_t>();
  const auto extra_size = local.read<uint16_t>();
  header.name = local.read_text(name_size);
  apply_zip64(local.read_bytes(extra_size), {&header.size, &header.stored_size}, central.name);
  const bool may_be_zero = (central.flags & kSizesFollow) != 0;
  const auto same = [&](uint64_t a, uint64_t b) { return a == b || (may_be_zero && a == 0); };
  if (header.flags != central.flags || header.method != central.method ||
      header.name != central.name || !same(header.checksum, central.checksum) ||
      !same(header.stored_size, central.stored_size) || !same(header.size, central.size)) {
    refuse_member(central.name, "its local header differs from the central directory");
  }
  return central.offset + local.offset();
}

void check_spans(std::vector<Span> spans) {
  std::sort(spans.begin(), spans.end(),
            [](const Span& a, const Span& b) { return a.begin < b.begin; });
  for (size_t i = 1; i < spans.size(); ++i) {
    if (spans[i].begin < spans[i - 1].end) {
      refuse_member(spans[i].name, cat("it overlaps ", quote(spans[i - 1].name)));
    }
  }
}

}  // namespace

ZipMembers read_stored_zip(Bytes file) {
  const Directory directory = find_directory(file);
  ByteReader reader(file.subspan(directory.offset, directory.size), "the zip central directory");
  const Bytes before = file.first(directory.offset);
  ZipMembers members;
  std::vector<Span> spans;
  for (uint64_t i = 0; i < directory.num_members; ++i) {
    const Header header = read_central_header(reader);
    const uint64_t begin = check_local_header(before, header);
    if (header.size > before.size() - begin) {
      refuse_member(header.name, cat("its ", header.size, " bytes from offset ", begin,
                                     " reach outside of the file"));
    }
    spans.push_back({header.offset, begin + header.size, header.name});
    const Bytes data = before.subspan(begin, header.size);
    if (!members.emplace(header.name, data).second) {
      refuse_member(header.name, "its name appears twice");
    }
  }
  require(reader.remaining() == 0, "its central directory holds more than its members");
  check_spans(std::move(spans));
  return members;
}

}  // namespace finetune::tensors
