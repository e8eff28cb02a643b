#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace finetune::apps {

/// Counts the lines of standard input whose bytes are no text, for one warning at the end.
class LineDamage {
 public:
  void add(std::string_view line, int64_t line_number);

  /// Takes over the counts of lines that come after those counted here.
  void append(const LineDamage& later);

  /// A sentence for each kind of damage that was met.
  std::vector<std::string> warnings() const;

 private:
  struct Count {
    int64_t num_lines = 0;
    int64_t first_line = 0;
    void add(int64_t num_more, int64_t line_number);
  };
  Count invalid_;  ///< lines that are not UTF-8
  Count nul_;      ///< lines with a NUL
};

}  // namespace finetune::apps
