#pragma once

#include <memory>
#include <optional>

#include "data/encoded_table.h"
#include "data/label_map.h"
#include "data/prepare.h"

namespace finetune::data {

/// The encoded data set of a file: mapped from `cache_folder` if it was encoded before, else
/// encoded now, kept there and mapped as well (in memory where it cannot be kept). A table that is
/// damaged or of another version is made anew, with a warning; a folder that cannot be written
/// costs a warning only. Any number of processes may do this at once: a table appears by rename,
/// whole.
///
/// A table's name is a hash of everything it depends on: the fingerprints of the tokenizers, the
/// options, known labels, and the bytes of the file, whatever its name and time. Streams are
/// encoded in memory, and so is, under quarantine, a file with bad rows: its quarantine file must
/// be written by every run.
std::shared_ptr<const EncodedTable> load_or_encode(const FileOptions& options,
                                                   const std::optional<LabelMap>& known,
                                                   const Tokenizers& tokenizers);

}  // namespace finetune::data
