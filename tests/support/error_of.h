#pragma once

#include <string>

#include "base/error.h"

namespace finetune::test {

/// The report of the Error that `body` throws; "" when it throws none.
template <class ErrorType, class Body>
std::string error_of(Body&& body) {
  try {
    body();
  } catch (const ErrorType& error) {
    return error.report();
  }
  return "";
}

}  // namespace finetune::test
