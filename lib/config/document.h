#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "config/fields.h"
#include "config/json_value.h"
#include "config/problems.h"
#include "config/suggestion.h"

namespace finetune::config {

struct ReadOptions {
  Folders folders;
  std::vector<KeyPath> keys;  ///< all_keys of an object with defaults: for suggestions
  Translator translator;      ///< may be empty
};

/// A config file with overrides, and everything found wrong with it so far.
class Document {
 public:
  /// Parses `text` and applies `overrides`. `file` names the text in messages.
  Document(std::string file, std::string_view text, std::vector<std::string> overrides);

  /// The string at `key` ("task.type"), if there is one: what tells which keys there are.
  std::optional<std::string> text_at(const std::string& key) const;

  /// Stores every value in the members that `root` binds. Null stands for a key that is not given.
  void read(const Fields& root, const ReadOptions& options);

  /// The same of the object at `key` alone ("model.tokenizer"), if there is one without errors so
  /// far. `options.keys` are those inside it.
  void read_inside(const std::string& key, const Fields& fields, ReadOptions options);

  /// Adds an error about keys[0] ("training.max_steps") that the other keys have a part in; its
  /// place is the first of them that was given. Nothing if one of them was reported already.
  void report(std::vector<std::string> keys, const std::string& message);

  /// Throws one ConfigError with all that was found; nothing if all is well.
  void throw_if_wrong() const;

 private:
  std::string file_;
  std::vector<std::string> overrides_;
  bool is_readable_ = false;
  JsonValue root_;
  Problems problems_;
};

}  // namespace finetune::config
