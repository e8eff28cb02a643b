#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "data/data_report.h"
#include "data/dataset.h"
#include "data/example.h"
#include "data/label_map.h"
#include "data/read_options.h"
#include "text/tokenizer.h"

namespace finetune::data {

/// What happens to a row with more tokens than the model takes. Target texts are never cut.
enum class LongRows {
  kCut,           ///< the text loses its end; a long target ends the run
  kDrop,          ///< left out and counted
  kError,         ///< ends the run
  kCutOrDrop,     ///< the text loses its end; left out and counted where the target is too long
  kCutBeginning,  ///< the text loses its beginning; a long target ends the run
};

/// Of tasks whose examples have a target text.
struct TargetEncoding {
  int32_t max_length = 0;     ///< tokens of a target, its end included; 0: no limit
  int32_t shared_length = 0;  ///< tokens of text and target together, where they share the model's
                              ///< positions; 0: they do not
  std::optional<int32_t> decoder_start{};  ///< taken away where the tokenizer puts it in front
  std::optional<int32_t> end_of_text{};    ///< put behind every target that lacks it
  double max_length_ratio = 0.0;  ///< rows whose longer side has more than so many times the tokens
                                  ///< of the shorter are dropped; 0: none
};

/// How examples become tokens, and where encoded data is kept.
struct EncodingOptions {
  int32_t max_length = 0;  ///< tokens of one example, specials included; pairs are cut longest
                           ///< first. 0: no limit (pass the model's maximum)
  int num_threads = 1;
  std::filesystem::path cache_folder{};  ///< empty: no cache. Created when missing; may be deleted
                                         ///< at any time; shared safely by runs at the same time
  LongRows long_rows = LongRows::kCut;

  std::string prefix{};  ///< put before every text
  std::string suffix{};  ///< and behind it; where text and target share the model's positions
                         ///< it is not cut with the text
  std::string target_prefix{};  ///< put before every target text
  TargetEncoding target{};

  /// Language modelling. 0: off. Else a text becomes rows of at most so many tokens and one more,
  /// the first of the next row: as inputs and targets every token but the first is predicted once.
  int32_t block_length = 0;
  std::optional<int32_t> block_end{};  ///< put behind every text that becomes blocks

  /// Called again and again while files are read and encoded, from any thread; what it throws ends
  /// the work. Empty: nothing is called.
  std::function<void()> poll{};
};

/// What reads the text of an example, and what its target text where it has one.
struct Tokenizers {
  Tokenizers(const text::Tokenizer& both)  // NOLINT(google-explicit-constructor): one is the rule
      : source(both), target(both) {}
  Tokenizers(const text::Tokenizer& for_source, const text::Tokenizer& for_target)
      : source(for_source), target(for_target) {}

  const text::Tokenizer& source;
  const text::Tokenizer& target;
};

struct DataOptions {
  std::string train{};         ///< path, or "-" for standard input (at most one of the three)
  std::string train_target{};  ///< beside it, line by line; empty: the file has both sides
  std::string validation{};    ///< empty: none
  std::string test{};          ///< empty: none
  std::string validation_target{};
  std::string test_target{};
  double validation_fraction = 0.0;  ///< in (0, 1): split off the training set instead of a file
  uint64_t seed = 42;                ///< of that split
  ReadOptions read{};
  EncodingOptions encoding{};
  /// Label names in the order of their ids (an existing label2id); absent: learned from `train`.
  std::optional<std::vector<std::string>> label_names{};
};

/// What identifies a data file: recorded in environment.json. All zero for a stream.
struct FileFingerprint {
  uint64_t bytes = 0;
  int64_t modified_nanoseconds = 0;  ///< since 1970
  uint64_t head_tail_hash = 0;       ///< XXH3-64 of the first and the last MiB
};

/// Size, time and head/tail hash of a regular file; all zero for anything else. Throws DataError
/// when the file is missing or cannot be read.
FileFingerprint fingerprint_file(const std::string& path);

/// One file for an existing label map (`evaluate --data`, `predict --data`). With
/// `read.label_column` empty, labels are neither needed nor read. `split` names the file in
/// reports.
struct FileOptions {
  std::string path{};  ///< "-": standard input
  std::string split = "data";
  ReadOptions read{};
  EncodingOptions encoding{};
};

/// How the file of a split is read; a validation set split off the training set is in its file.
FileOptions file_of_split(const DataOptions& options, const std::string& split);

/// The data sets of a run. `EncodedDataset::fingerprint()` says whether a data set is still the
/// same: it is a hash of its tokens, labels and lines, so touching a file does not change it.
struct PreparedData {
  std::shared_ptr<const EncodedDataset> train{};
  std::shared_ptr<const EncodedDataset> validation{};  ///< null: none
  std::shared_ptr<const EncodedDataset> test{};        ///< null: none
  LabelMap labels;                                     ///< empty for regression
  DataReport report;
  std::map<std::string, FileFingerprint> files;  ///< by split
};

/// Reads, checks, encodes (or maps from the cache) all splits. Throws DataError naming file:line
/// (bad row, no row left, only one class), ConfigError (unknown ending, column number without
/// meaning), IoError.
PreparedData prepare_data(const DataOptions& options, const Tokenizers& tokenizers);

struct PreparedFile {
  std::shared_ptr<const EncodedDataset> dataset;
  SplitReport report;
};

PreparedFile prepare_file(const FileOptions& options, const LabelMap& labels,
                          const Tokenizers& tokenizers);

/// Encodes examples that are at hand (lines typed by a user), without labels but with the target
/// texts that they have; row i is examples[i]. Ends before the first text that gives no token at
/// all, or whose target is too long. Long texts are cut, at their end unless
/// the options say kCutBeginning.
std::shared_ptr<const EncodedDataset> encode_examples(std::span<const Example> examples,
                                                      const EncodingOptions& options,
                                                      const Tokenizers& tokenizers);

/// Walks through the file once more and calls visit(row, example) for every row of `dataset`, in
/// order: encoded data does not keep the text. `dataset` comes from prepare_data (for a validation
/// set split off the training set, `path` is the training file) or prepare_file with the same
/// options. Throws DataError when the file is a stream or has changed.
void visit_examples(const std::string& path, const ReadOptions& options,
                    const EncodedDataset& dataset,
                    const std::function<void(int64_t row, const Example&)>& visit);

}  // namespace finetune::data
