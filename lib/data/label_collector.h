#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "data/encoded_columns.h"
#include "data/label_map.h"
#include "data/read_options.h"

namespace finetune::data {

/// Gathers the labels of a file row by row, and turns them into class ids or targets once all are
/// known: the label map may have to be learned from them.
class LabelCollector {
 public:
  /// `known` is not used for regression; without it, the map is learned from the rows.
  LabelCollector(TargetKind kind, std::optional<LabelMap> known);

  /// Throws BadRow for a label that a known map does not hold.
  void check(const std::vector<std::string>& labels) const;

  /// The checked labels of the next row; none for an unlabelled row.
  void add(const std::vector<std::string>& labels);

  /// Fills class ids or targets of `columns`, and the label names.
  void finish(EncodedColumns& columns) const;

 private:
  LabelMap map() const;
  std::vector<int32_t> final_ids(const LabelMap& map) const;

  TargetKind kind_;
  std::optional<LabelMap> known_;
  std::map<std::string, int32_t, std::less<>> learned_;  ///< provisional ids, by first appearance
  std::vector<int32_t> ids_;                             ///< of all rows, end to end
  std::vector<int64_t> ends_;                            ///< [rows] where in `ids_` a row ends
  std::vector<float> numbers_;                           ///< [rows], regression only
};

}  // namespace finetune::data
