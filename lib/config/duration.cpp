#include "config/duration.h"

#include <array>
#include <cmath>

#include "base/error.h"
#include "base/strings.h"

namespace finetune::config {
namespace {

struct UnitName {
  Unit unit;
  std::string_view plural;
  std::string_view singular;
};

constexpr std::array<UnitName, 7> kUnitNames = {{
    {Unit::kSteps, "steps", "step"},
    {Unit::kEpochs, "epochs", "epoch"},
    {Unit::kSeconds, "seconds", "second"},
    {Unit::kMinutes, "minutes", "minute"},
    {Unit::kHours, "hours", "hour"},
    {Unit::kTokens, "tokens", "token"},
    {Unit::kPercent, "percent", "percent"},
}};

bool is_counted(Unit unit) { return unit == Unit::kSteps || unit == Unit::kTokens; }

/// Digits, with a fraction or exponent; base::parse_double alone would take "nan" and "-1" too.
bool is_plain_number(std::string_view text) {
  return !text.empty() && text.front() >= '0' && text.front() <= '9' &&
         text.find_first_not_of("0123456789.eE+-") == std::string_view::npos;
}

}  // namespace

bool Duration::is_time() const {
  return unit == Unit::kSeconds || unit == Unit::kMinutes || unit == Unit::kHours;
}

double Duration::seconds() const {
  switch (unit) {
    case Unit::kSeconds:
      return amount;
    case Unit::kMinutes:
      return amount * 60.0;
    case Unit::kHours:
      return amount * 3600.0;
    default:
      throw InternalError(base::cat("'", to_text(*this), "' is not a time"));
  }
}

double Duration::fraction() const {
  if (unit != Unit::kPercent) {
    throw InternalError(base::cat("'", to_text(*this), "' is not a percentage"));
  }
  return amount / 100.0;
}

int64_t Duration::count() const {
  if (!is_counted(unit)) {
    throw InternalError(base::cat("'", to_text(*this), "' is not a number of steps or tokens"));
  }
  return static_cast<int64_t>(amount);
}

std::string_view name_of(Unit unit) {
  for (const UnitName& name : kUnitNames) {
    if (name.unit == unit) return name.plural;
  }
  throw InternalError("a unit without a name");
}

std::optional<Duration> parse_duration(std::string_view text) {
  const size_t space = text.find(' ');
  if (space == std::string_view::npos || !is_plain_number(text.substr(0, space))) return {};
  const std::optional<double> amount = base::parse_double(text.substr(0, space));
  if (!amount || !(*amount <= kMaxAmount)) return {};
  for (const UnitName& name : kUnitNames) {
    if (text.substr(space + 1) != name.plural && text.substr(space + 1) != name.singular) continue;
    if (is_counted(name.unit) && std::floor(*amount) != *amount) return {};
    return Duration{*amount, name.unit};
  }
  return {};
}

std::string to_text(const Duration& duration) {
  const bool is_whole = std::floor(duration.amount) == duration.amount;
  return base::cat(
      is_whole ? base::cat(static_cast<int64_t>(duration.amount)) : base::to_text(duration.amount),
      " ", name_of(duration.unit));
}

}  // namespace finetune::config
