#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace finetune::config {

enum class Unit { kSteps, kEpochs, kSeconds, kMinutes, kHours, kTokens, kPercent };

/// Larger amounts are refused: every count of steps or tokens fits an int64_t with room to add.
inline constexpr double kMaxAmount = 1e15;

/// A length of training, as a config writes it: "500 steps", "0.25 epochs", "20 minutes",
/// "1e6 tokens", "6 percent" (of all steps). A bare number means steps.
///
/// Steps and tokens are whole numbers; every amount is finite and not negative.
struct Duration {
  double amount = 0.0;
  Unit unit = Unit::kSteps;

  bool operator==(const Duration&) const = default;

  bool is_time() const;     ///< seconds, minutes or hours
  double seconds() const;   ///< of a time; throws InternalError for another unit
  double fraction() const;  ///< of a percentage: 0.06 for "6 percent"; else InternalError
  int64_t count() const;    ///< of steps or tokens; else InternalError
};

std::string_view name_of(Unit unit);  ///< "steps", "epochs", ...

/// Reads "500 steps" or "1 epoch"; nothing where `text` is no length of training.
std::optional<Duration> parse_duration(std::string_view text);

/// "500 steps": what parse_duration reads back.
std::string to_text(const Duration& duration);

}  // namespace finetune::config
