#pragma once

#include <catch2/catch.hpp>
#include <map>
#include <string>
#include <vector>

#include "data/bad_rows.h"
#include "data/example_reader.h"
#include "data/row_reader.h"
#include "support/test_support.h"

namespace finetune::test {

/// A file with the given content in a folder of its own.
class DataFile {
 public:
  DataFile(const std::string& name, const std::string& content) : path_(folder_.path() / name) {
    write_file(path_, content);
  }
  std::string path() const { return path_.string(); }
  std::filesystem::path folder() const { return folder_.path(); }

 private:
  TemporaryFolder folder_;
  std::filesystem::path path_;
};

/// What a row reader gives for a whole file: the reasons of refused rows stand between the
/// examples.
struct ReadRows {
  std::vector<data::Example> examples;
  std::vector<std::string> refused;  ///< "line:byte in row:reason"
  int64_t num_blank_lines = 0;
};

inline ReadRows read_rows(data::RowReader& reader) {
  ReadRows rows;
  data::Example example;
  for (;;) {
    try {
      if (!reader.next(example)) break;
      rows.examples.push_back(example);
    } catch (const data::BadRow& bad) {
      rows.refused.push_back(std::to_string(reader.origin().line) + ":" +
                             std::to_string(bad.byte_in_row) + ":" + std::string(bad.reason));
    }
  }
  rows.num_blank_lines = reader.num_blank_lines();
  return rows;
}

inline ReadRows read_rows(const std::string& path, const data::ReadOptions& options) {
  return read_rows(*data::make_row_reader(path, options));
}

inline std::vector<std::string> texts(const std::vector<data::Example>& examples) {
  std::vector<std::string> out;
  for (const auto& example : examples) out.push_back(example.text);
  return out;
}

using Strings = std::vector<std::string>;

/// The message of the error of type E that `body` throws.
template <class E, class Body>
std::string error_of(Body&& body) {
  try {
    body();
  } catch (const E& error) {
    return error.what();
  }
  FAIL("nothing was thrown");
  return {};
}

}  // namespace finetune::test
