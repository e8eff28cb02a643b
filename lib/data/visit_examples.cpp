#include <filesystem>

#include "base/error.h"
#include "base/strings.h"
#include "data/byte_source.h"
#include "data/encode.h"
#include "data/encoded_table.h"
#include "data/row_reader.h"

namespace finetune::data {
namespace {

/// The next row of the file that can be read at all; false at the end.
bool next_readable(RowReader& reader, Example& example) {
  for (;;) {
    try {
      return reader.next(example);
    } catch (const BadRow&) {
      continue;  // dealt with when the file was encoded
    }
  }
}

}  // namespace

void visit_examples(const std::string& path, const ReadOptions& options,
                    const EncodedDataset& dataset,
                    const std::function<void(int64_t row, const Example&)>& visit) {
  const auto* table = dynamic_cast<const EncodedTable*>(&dataset);
  if (table == nullptr) throw InternalError("visit_examples: not a data set of the data room");
  if (path == "-" || (std::filesystem::exists(path) && !std::filesystem::is_regular_file(path)))
    throw DataError(name_of_source(path) + " cannot be read a second time; give a file");
  const auto reader = make_row_reader(path, options);
  Example example;
  int64_t row = 0;
  while (row < table->size() && next_readable(*reader, example)) {
    if (example.line == table->source_line(row) && text_hash(example) == table->text_hash(row)) {
      visit(row++, example);
    }
  }
  if (row < table->size()) {
    throw DataError(base::cat(path, " has changed since it was encoded: line ",
                              table->source_line(row), " holds another text"));
  }
}

}  // namespace finetune::data
