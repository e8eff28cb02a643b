#include "config/problems.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "base/strings.h"

namespace finetune::config {
namespace {

constexpr size_t kMaxWritten = 50;

/// True when `outer` is `inner` or a section around it.
bool encloses(std::string_view outer, std::string_view inner) {
  return inner.starts_with(outer) && (inner.size() == outer.size() || inner[outer.size()] == '.');
}

std::string place_of(const Position& where, std::span<const std::string> overrides) {
  if (where.is_override()) {
    return base::cat("override ",
                     base::quote(overrides[static_cast<size_t>(where.override_index)]));
  }
  return base::cat("line ", where.line, ", column ", where.column);
}

}  // namespace

void Problems::add(Position where, std::string key, std::string message) {
  problems_.push_back({where, std::move(key), std::move(message)});
}

bool Problems::concerns(std::string_view key) const {
  return std::any_of(problems_.begin(), problems_.end(), [&](const Problem& problem) {
    return !problem.key.empty() && (encloses(problem.key, key) || encloses(key, problem.key));
  });
}

std::string Problems::report(std::string_view file, std::span<const std::string> overrides) const {
  std::vector<Problem> sorted = problems_;
  std::stable_sort(sorted.begin(), sorted.end(), [](const Problem& a, const Problem& b) {
    return std::tie(a.where.override_index, a.where.line, a.where.column) <
           std::tie(b.where.override_index, b.where.line, b.where.column);
  });
  std::string text = base::cat(base::quote(file, 1000), " has ", sorted.size(),
                               sorted.size() == 1 ? " error:" : " errors:");
  for (size_t i = 0; i < std::min(sorted.size(), kMaxWritten); ++i) {
    const Problem& problem = sorted[i];
    text += base::cat("\n  ", place_of(problem.where, overrides), ": ", problem.key,
                      problem.key.empty() ? "" : ": ", problem.message);
  }
  if (sorted.size() > kMaxWritten) {
    text += base::cat("\n  and ", sorted.size() - kMaxWritten, " more");
  }
  return text;
}

std::string join_key(std::string_view parent, std::string_view key) {
  const bool is_plain =
      !key.empty() && key.size() <= 60 && std::all_of(key.begin(), key.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '_' || c == '-' || c == '$';
      });
  const std::string shown = is_plain ? std::string(key) : base::quote(key);
  return parent.empty() ? shown : base::cat(parent, ".", shown);
}

std::string inside_section(std::string_view section, const std::string& entry) {
  if (section.empty()) return entry;
  const size_t dot = section.rfind('.');
  const bool is_inner = dot != section.npos;
  return inside_section(
      section.substr(0, is_inner ? dot : 0),
      base::cat("\"", section.substr(is_inner ? dot + 1 : 0), "\": {", entry, "}"));
}

}  // namespace finetune::config
