#pragma once

#include <functional>
#include <string_view>

namespace finetune::fuzz {

/// Runs `body`, which may throw what our readers promise to throw: an Error that names what is
/// wrong. Returns whether it threw none. An InternalError and every other exception passes on, and
/// is a finding.
bool accepts(const std::function<void()>& body);

/// Ends the program, which libFuzzer takes for a finding, unless `holds`.
void require(bool holds, std::string_view claim);

}  // namespace finetune::fuzz
