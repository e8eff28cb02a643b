#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "config/fields.h"
#include "config/json_value.h"

namespace finetune::config {

/// A key that no describe() names.
struct UnknownKey {
  std::string section;  ///< where it was found; empty at the top
  std::string key;
  const JsonValue& value;
};

/// What a key of another program is called here.
struct Translation {
  std::string path;                ///< "training.batch_size"; empty: there is no such key
  std::optional<JsonValue> value;  ///< absent: the user's own
  std::string note;                ///< what else to know; may be empty
};

/// Translates keys that users bring along from elsewhere.
using Translator = std::function<std::optional<Translation>(const UnknownKey&)>;

/// What to say about an unknown key: the line to write instead (translated, or the same key in its
/// right section, or the nearest key), else the keys that are known there.
/// Where `keys` has the key itself, it is one of another type of the section.
std::string remark_on(const UnknownKey& unknown, std::span<const KeyPath> keys,
                      const Translator& translator);

}  // namespace finetune::config
