#include "data/encode.h"

#include <algorithm>
#include <utility>

#include "base/error.h"
#include "base/hash.h"
#include "base/parallel.h"
#include "base/strings.h"
#include "data/encoded_table.h"
#include "data/example_reader.h"
#include "data/label_collector.h"

namespace finetune::data {
namespace {

constexpr size_t kRowsPerChunk = 8192;
constexpr size_t kBytesPerChunk = size_t{32} << 20;
constexpr size_t kRowsPerPiece = 64;

/// What one thread encodes at a time.
struct Piece {
  std::vector<int32_t> token_ids;
  std::vector<size_t> offsets{0};  ///< row i holds tokens [offsets[i], offsets[i+1])
  std::vector<int32_t> second_begins;
  std::vector<int32_t> tokens_cut;
};

/// Type ids are 0 ... 0 or 0 ... 0 1 ... 1.
int32_t second_begin(const text::Encoding& encoding) {
  const auto first = std::find(encoding.type_ids.begin(), encoding.type_ids.end(), 1);
  if (std::any_of(first, encoding.type_ids.end(), [](int32_t type) { return type != 1; }) ||
      std::any_of(encoding.type_ids.begin(), first, [](int32_t type) { return type != 0; })) {
    throw InternalError("the tokenizer gave type ids that are not two segments");
  }
  return static_cast<int32_t>(first - encoding.type_ids.begin());
}

Piece encode_piece(std::span<const Example> examples, int32_t max_length,
                   const text::Tokenizer& tokenizer) {
  Piece piece;
  text::Encoding encoding;
  const text::EncodeOptions options{.max_length = max_length};
  for (const Example& example : examples) {
    if (example.text_pair.empty()) {
      tokenizer.encode(example.text, options, encoding);
    } else {
      tokenizer.encode_pair(example.text, example.text_pair, options, encoding);
    }
    piece.token_ids.insert(piece.token_ids.end(), encoding.ids.begin(), encoding.ids.end());
    piece.offsets.push_back(piece.token_ids.size());
    piece.second_begins.push_back(second_begin(encoding));
    piece.tokens_cut.push_back(encoding.num_cut);
  }
  return piece;
}

/// How texts become tokens.
struct Encoder {
  const EncodingOptions& options;
  const text::Tokenizer& tokenizer;
};

std::vector<Piece> encode_pieces(std::span<const Example> examples, const Encoder& encoder) {
  std::vector<Piece> pieces((examples.size() + kRowsPerPiece - 1) / kRowsPerPiece);
  const auto encode_range = [&](int64_t begin, int64_t end) {
    for (auto i = static_cast<size_t>(begin); i < static_cast<size_t>(end); ++i) {
      const size_t first = i * kRowsPerPiece;
      const size_t count = std::min(kRowsPerPiece, examples.size() - first);
      pieces[i] = encode_piece(examples.subspan(first, count), encoder.options.max_length,
                               encoder.tokenizer);
    }
  };
  base::parallel_for(static_cast<int64_t>(pieces.size()), 1, encoder.options.num_threads,
                     encode_range);
  return pieces;
}

void append_row(const Piece& piece, size_t index, const Example& example, EncodedColumns& columns) {
  const auto ids =
      std::span(piece.token_ids)
          .subspan(piece.offsets[index], piece.offsets[index + 1] - piece.offsets[index]);
  columns.token_ids.insert(columns.token_ids.end(), ids.begin(), ids.end());
  columns.offsets.push_back(static_cast<int64_t>(columns.token_ids.size()));
  columns.second_begins.push_back(piece.second_begins[index]);
  columns.tokens_cut.push_back(piece.tokens_cut[index]);
  columns.lines.push_back(example.line);
  columns.text_hashes.push_back(text_hash(example));
}

/// Encodes `examples` and appends them; on_row(example, has_tokens) is told of each, in order. A
/// text without any token is left out: a sequence has at least one.
template <class OnRow>
void append_encoded(std::span<const Example> examples, const Encoder& encoder,
                    EncodedColumns& columns, OnRow&& on_row) {
  size_t row = 0;
  for (const Piece& piece : encode_pieces(examples, encoder)) {
    for (size_t i = 0; i + 1 < piece.offsets.size(); ++i, ++row) {
      const bool has_tokens = piece.offsets[i + 1] > piece.offsets[i];
      if (has_tokens) append_row(piece, i, examples[row], columns);
      on_row(examples[row], has_tokens);
    }
  }
}

/// Reads the next chunk: bounded in rows and in bytes.
std::vector<Example> read_chunk(ExampleReader& reader, const LabelCollector& labels) {
  std::vector<Example> chunk;
  size_t num_bytes = 0;
  Example example;
  while (chunk.size() < kRowsPerChunk && num_bytes < kBytesPerChunk && reader.next(example)) {
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
                           const text::Tokenizer& tokenizer) {
  EncodedColumns columns;
  BadRows bad_rows(options.path, options.split, options.read);
  ExampleReader reader(options.path, options.read, bad_rows);
  const bool is_labelled = !options.read.label_column.empty();
  LabelCollector labels(is_labelled ? options.read.target_kind : TargetKind::kSingleLabel, known);
  const auto on_row = [&](const Example& example, bool has_tokens) {
    if (has_tokens) {
      labels.add(example.labels);
    } else {
      bad_rows.add({"no_token", "the tokenizer gives no token for the text"},
                   {example.line, 0, example.text});
    }
  };
  for (;;) {
    const std::vector<Example> chunk = read_chunk(reader, labels);
    if (chunk.empty()) break;
    append_encoded(chunk, {options.encoding, tokenizer}, columns, on_row);
  }
  labels.finish(columns);
  columns.notes.rows_bad = bad_rows.by_reason();
  columns.notes.blank_lines = reader.num_blank_lines();
  return columns;
}

std::shared_ptr<const EncodedDataset> encode_examples(std::span<const Example> examples,
                                                      const EncodingOptions& options,
                                                      const text::Tokenizer& tokenizer) {
  EncodedColumns columns;
  append_encoded(examples, {options, tokenizer}, columns,
                 [](const Example& example, bool has_tokens) {
                   if (!has_tokens) {
                     throw DataError(base::cat("line ", example.line,
                                               ": the tokenizer gives no token for the text ",
                                               base::quote(example.text)));
                   }
                 });
  columns.class_ids.assign(examples.size(), -1);
  return EncodedTable::in_memory(std::move(columns));
}

}  // namespace finetune::data
