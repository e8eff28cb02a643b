#include "text/token_ids.h"

#include <algorithm>

namespace finetune::text {

TokenIds::TokenIds(const std::vector<std::pair<std::string, int32_t>>& vocabulary) {
  ids_.reserve(vocabulary.size());
  for (const auto& [token, id] : vocabulary) ids_[token] = id;
  next_ = static_cast<int32_t>(ids_.size());
}

std::optional<int32_t> TokenIds::find(std::string_view token) const {
  const auto added = added_.find(std::string(token));
  if (added != added_.end()) return added->second;
  const auto found = ids_.find(token);
  if (found == ids_.end()) return std::nullopt;
  return found->second;
}

int32_t TokenIds::add(const std::string& token) {
  const std::optional<int32_t> known = find(token);
  const int32_t id = known.value_or(next_);
  set(token, id);
  next_ = std::max(next_, id + 1);
  return id;
}

void TokenIds::set(const std::string& token, int32_t id) {
  const bool is_new = added_.insert_or_assign(token, id).second;
  if (is_new && !ids_.contains(token)) ++num_added_;
}

}  // namespace finetune::text
