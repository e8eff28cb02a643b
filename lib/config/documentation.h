#pragma once

#include <span>
#include <string>
#include <string_view>

#include "config/fields.h"

namespace finetune::config {

/// Meaning, type, default and an example of `name`: a key's path, a section (then all its keys), or
/// the last part of a path (then every key that ends so). Empty for a name that is unknown. `keys`
/// are all_keys of an object with defaults.
std::string explain(std::span<const KeyPath> keys, std::string_view name);

/// Markdown: a heading and a table of keys for each section.
std::string markdown(const Fields& root);

}  // namespace finetune::config
