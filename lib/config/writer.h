#pragma once

#include <string>
#include <utility>
#include <vector>

#include "config/fields.h"

namespace finetune::config {

/// Every value that is set, as an object that the reader reads back to the same.
JsonValue write(const Fields& fields);

/// One value of the tree as JSON text.
struct Setting {
  std::string path;
  std::string text;
};

/// The values of `write`, in its order.
std::vector<Setting> settings(const Fields& fields);

}  // namespace finetune::config
