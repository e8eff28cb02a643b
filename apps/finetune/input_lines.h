#pragma once

#include <functional>
#include <span>
#include <string>

namespace finetune::apps {

/// Reads stdin line by line in constant memory and hands lines over as they arrive, up to
/// `max_lines` together: whoever types sees an answer to each line, whoever pipes a file gets full
/// batches. A CR before the end of a line is dropped; a last line without an end counts. Throws
/// IoError on a read error, DataError for a line above 64 MiB.
void for_each_line_batch(size_t max_lines,
                         const std::function<void(std::span<const std::string> lines)>& take);

}  // namespace finetune::apps
