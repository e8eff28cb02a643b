#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace finetune::models {

/// One row of a family's name table: our parameter (or a block of its rows) <-> one Hugging Face
/// tensor.
struct NameRow {
  std::string ours;
  std::string theirs;
  int64_t slice_index =
      0;  ///< which of `slice_count` equal blocks of rows of ours (q, k, v of a fused weight)
  int64_t slice_count = 1;
  bool is_transposed = false;  ///< theirs is ours transposed (GPT-2's Conv1D)
  bool is_head =
      false;  ///< the task's own part: may be missing from a checkpoint, and is then initialised
  bool is_buffer = false;        ///< ours is not trained; zero where a checkpoint lacks it
  double fresh_mean = 0.0;       ///< a fresh tensor is drawn from N(mean, deviation^2)
  double fresh_deviation = 0.0;  ///< 0: every element is the mean
  int64_t fresh_zero_row = -1;   ///< a row that is fresh as zeros all the same: that of padding
  bool has_fresh_sines = false;  ///< row n is fresh as the sines and cosines of position n, in turn
};

/// How the parameters of a model correspond to the tensors of its family's files.
struct NameTable {
  std::vector<NameRow> rows;
  std::string prefix;  ///< of the pretrained part ("bert."); files of a bare encoder lack it
  std::vector<std::pair<std::string, std::string>>
      old_endings;  ///< how old files end a name, and how it is spelled today
  /// Second names of a tensor: read where the file has not the first one, otherwise not at all.
  std::vector<std::pair<std::string, std::string>> copies;
  std::vector<std::string> unused_endings;  ///< names that end so hold nothing that is read
};

/// `rows` with every row that has "{}" in its names repeated for each of `num_layers` layers.
std::vector<NameRow> expand_layers(std::span<const NameRow> rows, int64_t num_layers);

}  // namespace finetune::models
