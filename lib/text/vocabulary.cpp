#include "text/vocabulary.h"

#include <algorithm>
#include <set>

#include "base/error.h"
#include "base/strings.h"

namespace finetune::text {
namespace {

[[noreturn]] void fail_on_repeated(const std::vector<std::pair<std::string, int32_t>>& tokens) {
  std::set<std::string_view> seen;
  for (const auto& [token, id] : tokens) {
    if (seen.insert(token).second) continue;
    throw CheckpointError(
        base::cat("the vocabulary holds ", base::quote(token), " twice, again with id ", id));
  }
  throw InternalError("no token of the vocabulary occurs twice");
}

}  // namespace

Vocabulary::Vocabulary(const std::vector<std::pair<std::string, int32_t>>& tokens)
    : num_tokens_(static_cast<int32_t>(tokens.size())) {
  size_t bytes = 0;
  int32_t largest = -1;
  std::vector<Trie::Entry> entries;
  entries.reserve(tokens.size());
  for (const auto& [token, id] : tokens) {
    bytes += token.size();
    largest = std::max(largest, id);
    entries.emplace_back(token, id);
  }
  trie_ = Trie(std::move(entries));
  if (trie_.num_strings() != tokens.size()) fail_on_repeated(tokens);
  text_.reserve(bytes);
  if (largest >= 0) spans_.resize(static_cast<size_t>(largest) + 1);
  for (const auto& [token, id] : tokens) {
    spans_[static_cast<size_t>(id)] = {static_cast<uint32_t>(text_.size()),
                                       static_cast<uint32_t>(token.size())};
    text_ += token;
  }
}

std::optional<int32_t> Vocabulary::id_of(std::string_view token) const {
  const int32_t id = trie_.find(token);
  if (id < 0) return std::nullopt;
  return id;
}

bool Vocabulary::has(int32_t id) const {
  return id >= 0 && id < id_limit() && spans_[static_cast<size_t>(id)].length != kUnused;
}

std::string_view Vocabulary::token(int32_t id) const {
  if (!has(id)) return "";
  const Span span = spans_[static_cast<size_t>(id)];
  return std::string_view(text_).substr(span.begin, span.length);
}

}  // namespace finetune::text
