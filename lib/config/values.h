#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

namespace finetune::config {

/// A column of a data file: by name, or by number (from 0) where the file has no header.
struct Column {
  std::string name;  ///< empty when the column is given by number
  std::optional<int64_t> number;

  bool operator==(const Column&) const = default;
};

/// A data file, or two that belong together line by line: "train.tsv" or
/// {"source": "train.en", "target": "train.de"}.
struct DataFile {
  std::filesystem::path file;    ///< of both sides, or of the source
  std::filesystem::path target;  ///< empty unless there are two

  bool operator==(const DataFile&) const = default;
};

/// A folder or file (also as {"path": ...}), or an object that says what to do instead (compact
/// text).
struct PathOrObject {
  std::filesystem::path path;  ///< empty when an object is given
  std::string object;          ///< empty when a path is given

  bool operator==(const PathOrObject&) const = default;
};

/// A data file, or a share of another data set: "dev.tsv" or "5 percent".
struct FileOrPercent {
  std::filesystem::path file;      ///< empty when a share is given
  double percent = 0.0;            ///< in (0, 100) when no file is given
  std::filesystem::path target{};  ///< as in DataFile

  bool operator==(const FileOrPercent&) const = default;
};

/// true, false, or true with a folder of the user's choice.
struct SwitchOrFolder {
  bool is_on = true;
  std::filesystem::path folder;  ///< empty: the default place

  bool operator==(const SwitchOrFolder&) const = default;
};

/// true, false, or one of a rule's choices instead: false, "never".
struct SwitchOrWord {
  bool is_on = false;
  std::string word;  ///< empty: is_on says it

  bool operator==(const SwitchOrWord&) const = default;
};

/// A JSON object that is passed on as it is (compact text).
struct JsonObject {
  std::string text = "{}";

  bool operator==(const JsonObject&) const = default;
};

}  // namespace finetune::config
