#include "claims.h"

#include <cstdio>
#include <cstdlib>

#include "base/error.h"
#include "base/log.h"

namespace finetune::fuzz {

bool accepts(const std::function<void()>& body) {
  base::set_log_level(base::LogLevel::kOff);
  try {
    body();
    return true;
  } catch (const InternalError&) {
    throw;
  } catch (const Error&) {
    return false;
  }
}

void require(bool holds, std::string_view claim) {
  if (holds) return;
  std::fprintf(stderr, "does not hold: %.*s\n", static_cast<int>(claim.size()), claim.data());
  std::abort();
}

}  // namespace finetune::fuzz
