#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "config/json_value.h"

namespace finetune::config {

struct Problem {
  Position where;
  std::string key;  ///< "training.batch_size"; empty where no key is to blame
  std::string message;
};

/// Everything found wrong with one configuration, to be reported at once.
class Problems {
 public:
  void add(Position where, std::string key, std::string message);

  bool empty() const { return problems_.empty(); }

  /// True when `key`, a key inside it, or the section around it has been reported.
  bool concerns(std::string_view key) const;

  /// "'sst2.json' has 2 errors:" and one line each, in the order of the file, then of the
  /// overrides: "  line 3, column 5: training.batch_size: expected ...". At most 50 are written
  /// out.
  std::string report(std::string_view file, std::span<const std::string> overrides) const;

 private:
  std::vector<Problem> problems_;
};

/// `parent`.`key`; a key that is no plain word is quoted and escaped.
std::string join_key(std::string_view parent, std::string_view key);

/// `"a": {"b": {entry}}` for the section a.b, the entry itself at the top.
std::string inside_section(std::string_view section, const std::string& entry);

}  // namespace finetune::config
