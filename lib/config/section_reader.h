#pragma once

#include <string>

#include "config/document.h"

namespace finetune::config {

/// Stores the values of a JSON object in the members that its Fields bind, and reports every key
/// that is unknown, missing, of a wrong type or out of range, or excluded by another.
class SectionReader {
 public:
  SectionReader(const ReadOptions& options, Problems& problems)
      : options_(options), problems_(problems) {}

  /// `path` is the key of the section; empty at the top.
  void read(const Fields& fields, const JsonValue& object, const std::string& path);

 private:
  void read_field(const Field& field, const JsonValue& object, const std::string& path);
  void read_value(const Field& field, const JsonValue& value, const std::string& path);
  void report_unknown(const Fields& fields, const JsonValue& object, const std::string& path);
  void check(const Group& group, const JsonValue& object, const std::string& path);

  const ReadOptions& options_;
  Problems& problems_;
};

}  // namespace finetune::config
