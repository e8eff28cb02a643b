#include "data/encode.h"

#include <algorithm>
#include <array>
#include <functional>
#include <utility>

#include "base/error.h"
#include "base/hash.h"
#include "base/parallel.h"
#include "base/strings.h"
#include "data/byte_source.h"
#include "data/encode_piece.h"
#include "data/encoded_table.h"
#include "data/example_reader.h"
#include "data/label_collector.h"

namespace finetune::data {
namespace {

constexpr size_t kRowsPerChunk = 8192;
constexpr size_t kBytesPerChunk = size_t{32} << 20;
constexpr size_t kRowsPerPiece = 64;

/// How texts become tokens.
struct Encoder {
  const EncodingOptions& options;
  const Tokenizers& tokenizers;
};

std::vector<Piece> encode_pieces(std::span<const Example> examples, const Encoder& encoder) {
  std::vector<Piece> pieces((examples.size() + kRowsPerPiece - 1) / kRowsPerPiece);
  const auto encode_range = [&](int64_t begin, int64_t end) {
    for (auto i = static_cast<size_t>(begin); i < static_cast<size_t>(end); ++i) {
      if (encoder.options.poll) encoder.options.poll();
      const size_t first = i * kRowsPerPiece;
      const size_t count = std::min(kRowsPerPiece, examples.size() - first);
      pieces[i] = encode_piece(examples.subspan(first, count), encoder.options, encoder.tokenizers);
    }
  };
  base::parallel_for(static_cast<int64_t>(pieces.size()), 1, encoder.options.num_threads,
                     encode_range);
  return pieces;
}

void append_tokens(std::span<const int32_t> ids, EncodedColumns& columns) {
  columns.token_ids.insert(columns.token_ids.end(), ids.begin(), ids.end());
  columns.offsets.push_back(static_cast<int64_t>(columns.token_ids.size()));
}

void append_row(const Piece& piece, size_t index, const Example& example, EncodedColumns& columns) {
  append_tokens(piece.text(index), columns);
  columns.second_begins.push_back(piece.second_begins[index]);
  columns.tokens_cut.push_back(piece.tokens_cut[index]);
  columns.lines.push_back(example.line);
  columns.text_hashes.push_back(text_hash(example));
  if (columns.label_offsets.empty()) return;
  const auto labels = piece.labels(index);
  columns.label_ids.insert(columns.label_ids.end(), labels.begin(), labels.end());
  columns.label_offsets.push_back(static_cast<int64_t>(columns.label_ids.size()));
}

/// Cuts a text into rows that overlap by one token; gives their number.
int64_t append_blocks(std::span<const int32_t> ids, const Example& example, size_t block_length,
                      EncodedColumns& columns) {
  int64_t num_blocks = 0;
  for (size_t begin = 0; begin + 1 < ids.size(); begin += block_length, ++num_blocks) {
    const size_t length = std::min(block_length + 1, ids.size() - begin);
    append_tokens(ids.subspan(begin, length), columns);
    columns.second_begins.push_back(static_cast<int32_t>(length));
    columns.tokens_cut.push_back(0);
    columns.lines.push_back(example.line);
    const std::array<uint64_t, 2> key = {text_hash(example), begin};
    columns.text_hashes.push_back(base::hash64(std::as_bytes(std::span(key))));
  }
  return num_blocks;
}

/// Encodes `examples` and appends those that fit; on_row(example, fit, rows) is told of each, in
/// order, with the number of rows that it became.
template <class OnRow>
void append_encoded(std::span<const Example> examples, const Encoder& encoder,
                    EncodedColumns& columns, OnRow&& on_row) {
  const auto block_length = static_cast<size_t>(encoder.options.block_length);
  size_t row = 0;
  for (const Piece& piece : encode_pieces(examples, encoder)) {
    for (size_t i = 0; i < piece.fits.size(); ++i, ++row) {
      int64_t num_rows = 0;
      if (piece.fits[i] == Fit::kFits && block_length > 0) {
        num_rows = append_blocks(piece.text(i), examples[row], block_length, columns);
      } else if (piece.fits[i] == Fit::kFits) {
        append_row(piece, i, examples[row], columns);
        num_rows = 1;
      }
      on_row(examples[row], piece.fits[i], num_rows);
    }
  }
}

[[noreturn]] void refuse_long_row(const FileOptions& options, const Example& example, Fit fit) {
  const EncodingOptions& limits = options.encoding;
  std::string what = base::cat("the text has more than ", limits.max_length,
                               " tokens (data.max_length, or the model's positions)");
  if (fit == Fit::kLongTarget) {
    what = base::cat("the target has more than ", limits.target.max_length,
                     " tokens (data.max_target_length, or the model's positions)");
  } else if (fit == Fit::kLongTogether) {
    what = base::cat("text and target have more than ", limits.target.shared_length,
                     " tokens together (the model's positions)");
  }
  throw DataError(
      base::cat(name_of_source(options.path), ":", example.line, ": ", what, "; shorten the row",
                options.read.advises_options ? "" : ", or set data.on_long_row to \"drop\""));
}

/// Counts, or refuses, an example that became no row.
void note_left_out(const FileOptions& options, const Example& example, Fit fit, FileNotes& notes) {
  const LongRows policy = options.encoding.long_rows;
  const bool may_drop = policy == LongRows::kDrop || policy == LongRows::kCutOrDrop ||
                        fit == Fit::kUneven || fit == Fit::kFits;
  if (!may_drop) refuse_long_row(options, example, fit);
  const std::string reason = fit == Fit::kFits ? "one_token" : std::string(reason_of(fit));
  ++notes.rows_dropped[reason];
}

/// Reads the next chunk: bounded in rows and in bytes. `poll` is called for each row, since rows
/// may come slowly.
std::vector<Example> read_chunk(ExampleReader& reader, const LabelCollector& labels,
                                const std::function<void()>& poll) {
  std::vector<Example> chunk;
  size_t num_bytes = 0;
  Example example;
  while (chunk.size() < kRowsPerChunk && num_bytes < kBytesPerChunk && reader.next(example)) {
    if (poll) poll();
    try {
      labels.check(example.labels);
    } catch (const BadRow& bad) {
      reader.refuse(bad);
      continue;
    }
    num_bytes += example.text.size() + example.text_pair.size();
    chunk.push_back(std::move(example));
  }
  return chunk;
}

}  // namespace

uint64_t text_hash(const Example& example) {
  return base::hash64(example.text_pair, base::hash64(example.text));
}

EncodedColumns encode_file(const FileOptions& options, const std::optional<LabelMap>& known,
                           const Tokenizers& tokenizers) {
  EncodedColumns columns;
  BadRows bad_rows(options.path, options.split, options.read);
  ExampleReader reader(options.path, options.read, bad_rows);
  const bool is_labelled = !options.read.label_column.empty();
  const bool has_classes = is_labelled && options.read.target_kind != TargetKind::kText &&
                           options.read.target_kind != TargetKind::kNone;
  if (is_labelled && options.read.target_kind == TargetKind::kText) columns.label_offsets = {0};
  LabelCollector labels(has_classes ? options.read.target_kind : TargetKind::kSingleLabel, known);
  const auto on_row = [&](const Example& example, Fit fit, int64_t num_rows) {
    if (fit == Fit::kNoToken) {
      bad_rows.add({"no_token", "the tokenizer gives no token for the text"},
                   {example.line, 0, example.text});
    } else if (num_rows == 0) {
      note_left_out(options, example, fit, columns.notes);
    }
    for (int64_t i = 0; i < num_rows; ++i) labels.add(example.labels);
  };
  for (;;) {
    const std::vector<Example> chunk = read_chunk(reader, labels, options.encoding.poll);
    if (chunk.empty()) break;
    append_encoded(chunk, {options.encoding, tokenizers}, columns, on_row);
  }
  labels.finish(columns);
  columns.notes.rows_bad = bad_rows.by_reason();
  columns.notes.blank_lines = reader.num_blank_lines();
  return columns;
}

std::shared_ptr<const EncodedDataset> encode_examples(std::span<const Example> examples,
                                                      const EncodingOptions& options,
                                                      const Tokenizers& tokenizers) {
  EncodedColumns columns;
  EncodingOptions cut = options;
  if (cut.long_rows != LongRows::kCutBeginning) cut.long_rows = LongRows::kCut;
  cut.block_length = 0;  // a row an example
  cut.target.max_length_ratio = 0.0;
  const auto has_target = [](const Example& example) { return !example.target.empty(); };
  if (std::ranges::any_of(examples, has_target)) columns.label_offsets = {0};
  size_t num_seen = 0;
  size_t end = examples.size();
  append_encoded(examples, {cut, tokenizers}, columns,
                 [&](const Example& /*example*/, Fit fit, int64_t /*num_rows*/) {
                   if (fit != Fit::kFits) end = std::min(end, num_seen);
                   ++num_seen;
                 });
  if (end < examples.size()) return encode_examples(examples.first(end), options, tokenizers);
  columns.class_ids.assign(examples.size(), -1);
  return EncodedTable::in_memory(std::move(columns));
}

}  // namespace finetune::data
