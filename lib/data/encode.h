#pragma once

#include <optional>
#include <span>
#include <string>

#include "data/encoded_columns.h"
#include "data/example.h"
#include "data/label_map.h"
#include "data/prepare.h"

namespace finetune::data {

/// Hash of an example's text and pair, by which duplicates and overlaps are found.
uint64_t text_hash(const Example& example);

/// Reads and encodes a whole file, a bounded number of texts at a time, on
/// options.encoding.num_threads threads. The result does not depend on the number of threads.
/// Without `known` labels, the label map is learned. Throws DataError as prepare_file.
EncodedColumns encode_file(const FileOptions& options, const std::optional<LabelMap>& known,
                           const Tokenizers& tokenizers);

}  // namespace finetune::data
