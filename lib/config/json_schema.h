#pragma once

#include <string_view>

#include "config/fields.h"

namespace finetune::config {

/// JSON Schema, draft-07, of the files that the reader accepts (rules across sections left out).
/// `root` binds an object with defaults that serves nothing else.
JsonValue json_schema(const Fields& root, std::string_view title);

}  // namespace finetune::config
