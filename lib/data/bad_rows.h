#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>

#include "base/files.h"
#include "data/bad_row.h"
#include "data/read_options.h"

namespace finetune::data {

/// What happens to the rows of one file that cannot be used: the policy, the counts and the
/// quarantine file, which gets one JSON object a row: file, line, byte, reason, message, raw. In
/// `raw` every byte that is not printable ASCII, and the backslash, is written as \xNN; rows are
/// cut after 64 KiB.
class BadRows {
 public:
  /// `split` names the quarantine file, which is made with its first row.
  BadRows(const std::string& path, std::string split, const ReadOptions& options);
  ~BadRows();

  /// Counts the row. Throws DataError naming file:line under kError, and under every policy when
  /// there are more than max_bad_rows.
  void add(const BadRow& bad, const RowOrigin& origin);

  const std::map<std::string, int64_t>& by_reason() const { return by_reason_; }
  int64_t count() const { return count_; }

 private:
  void quarantine(const BadRow& bad, const RowOrigin& origin);

  std::string path_;
  std::string split_;
  BadRowPolicy policy_;
  int64_t max_bad_rows_;
  bool logs_;
  bool advises_options_;
  std::filesystem::path folder_;
  std::unique_ptr<base::OutputFile> file_;
  std::map<std::string, int64_t> by_reason_;
  int64_t count_ = 0;
};

}  // namespace finetune::data
