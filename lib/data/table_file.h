#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>

#include "base/files.h"
#include "data/encoded_table.h"

namespace finetune::data {

/// The file of an encoded data set, read by mapping it: header, notes (JSON), then the columns of
/// EncodedColumns as they lie in memory, each begun on a multiple of 64 bytes. Little-endian.
///
///   magic "FTTABLE\n", version, key, rows, tokens, num_targets, label offsets, label ids, bytes of
///   the notes, hash of the columns, hash of the notes, hash of the fields before: twelve u64, then
///   zeros up to 128 bytes.
///
/// `key` is the caller's: it says what the table was made from.
void write_table(base::OutputFile& file, const EncodedColumns& columns, uint64_t key);

/// Throws DataError when the file is no table, of another version, of another key, or damaged
/// anywhere: everything is checked before anything is returned. Throws IoError.
std::shared_ptr<const EncodedTable> read_table(const std::filesystem::path& path, uint64_t key);

}  // namespace finetune::data
