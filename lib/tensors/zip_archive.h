#pragma once

#include <cstddef>
#include <map>
#include <span>
#include <string>

namespace finetune::tensors {

/// The members of a zip archive by name.
using ZipMembers = std::map<std::string, std::span<const std::byte>, std::less<>>;

/// Lists an archive (PKWARE APPNOTE 6.3, zip64 included) whose members are stored, not compressed,
/// as PyTorch writes them. Stricter than other readers, so that no two of them can see different
/// contents: no comment at the end, one disk, nothing encrypted, plain relative names, each once;
/// the local header must agree with the central directory; members neither overlap nor leave the
/// file. Checksums are not computed. Throws CheckpointError naming the member.
ZipMembers read_stored_zip(std::span<const std::byte> file);

}  // namespace finetune::tensors
