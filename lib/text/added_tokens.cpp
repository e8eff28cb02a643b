#include "text/added_tokens.h"

#include <algorithm>
#include <cstring>

#include "base/error.h"
#include "base/strings.h"
#include "text/unicode.h"
#include "text/utf8.h"

namespace finetune::text {
namespace {

bool is_space(char32_t c) { return (char_flags(c) & kSpaceChar) != 0; }
bool is_word(char32_t c) { return (char_flags(c) & kWordChar) != 0; }

size_t without_trailing_space(std::string_view text) {
  while (!text.empty() && is_space(last_char(text))) {
    char bytes[4];
    text.remove_suffix(encode_char(last_char(text), bytes));
  }
  return text.size();
}

size_t leading_space(std::string_view text) {
  size_t length = 0;
  while (length < text.size()) {
    const DecodedChar next = decode_char(text.substr(length));
    if (!is_space(next.code_point)) break;
    length += next.length;
  }
  return length;
}

}  // namespace

AddedTokens::AddedTokens(const std::vector<AddedToken>& tokens,
                         const std::vector<std::string>& normalized_contents,
                         const Vocabulary& model, bool splits_specials)
    : splits_specials_(splits_specials) {
  for (const AddedToken& token : tokens) {
    if (token.special && !token.content.empty()) specials_.insert(token.content);
  }
  std::vector<size_t> in_order;  // the specials come first, whatever their place in the file
  std::vector<size_t> others;
  std::set<std::string, std::less<>> seen_specials;
  for (size_t i = 0; i < tokens.size(); ++i) {
    const AddedToken& token = tokens[i];
    if (token.content.empty()) continue;
    if (token.special && seen_specials.insert(token.content).second) in_order.push_back(i);
    const AddedToken* known = find(id_of(token.content).value_or(-1));
    if (known != nullptr && *known == token) continue;
    by_id_[give_id(token.content, model)] = token;
    if (!is_special(token.content)) others.push_back(i);
  }
  in_order.insert(in_order.end(), others.begin(), others.end());
  build_tries(tokens, normalized_contents, in_order);
}

int32_t AddedTokens::give_id(const std::string& content, const Vocabulary& model) {
  std::optional<int32_t> id = id_of(content);
  if (!id) id = model.id_of(content);
  if (!id) {
    id = model.num_tokens() + num_new_++;
    if (model.has(*id)) {
      throw CheckpointError(base::cat("the added token ", base::quote(content),
                                      " is not in the vocabulary and would be numbered ", *id,
                                      ", which is ", base::quote(model.token(*id)),
                                      " already: the vocabulary has holes"));
    }
  }
  ids_[content] = *id;
  return *id;
}

void AddedTokens::build_tries(const std::vector<AddedToken>& tokens,
                              const std::vector<std::string>& normalized_contents,
                              const std::vector<size_t>& in_order) {
  std::vector<Trie::Entry> raw, normalized;
  for (const size_t i : in_order) {
    const bool is_normalized = tokens[i].normalized;
    const std::string& pattern = is_normalized ? normalized_contents[i] : tokens[i].content;
    if (pattern.empty()) {
      throw CheckpointError(base::cat("the normalizer leaves nothing of the added token ",
                                      base::quote(tokens[i].content)));
    }
    (is_normalized ? normalized : raw).emplace_back(pattern, ids_.at(tokens[i].content));
    std::string& first_bytes = is_normalized ? normalized_first_bytes_ : first_bytes_;
    if (first_bytes.find(pattern[0]) == std::string::npos) first_bytes += pattern[0];
  }
  has_normalized_ = !normalized.empty();
  raw_ = Trie(std::move(raw));
  normalized_ = Trie(std::move(normalized));
}

namespace {

bool holds_one_of(std::string_view text, std::string_view bytes) {
  return std::any_of(bytes.begin(), bytes.end(), [text](char byte) {
    return std::memchr(text.data(), static_cast<unsigned char>(byte), text.size()) != nullptr;
  });
}

}  // namespace

bool AddedTokens::may_match(std::string_view text) const {
  return holds_one_of(text, first_bytes_);
}

bool AddedTokens::may_match_normalized(std::string_view text) const {
  return holds_one_of(text, normalized_first_bytes_);
}

bool AddedTokens::is_rejected(const AddedToken& token, std::string_view before,
                              std::string_view after) const {
  if (splits_specials_ && is_special(token.content)) return true;
  if (!token.single_word) return false;
  const bool joins_left = !before.empty() && is_word(last_char(before));
  const bool joins_right = !after.empty() && is_word(decode_char(after).code_point);
  return joins_left || joins_right;
}

void AddedTokens::split(const Trie& trie, std::string_view text, std::vector<Split>& out) const {
  out.clear();
  size_t done = 0;
  for (size_t position = 0; position < text.size();) {
    const Trie::Match match = trie.longest(Trie::kRoot, text.substr(position));
    if (match.value < 0) {
      ++position;
      continue;
    }
    size_t begin = position;
    size_t end = begin + match.length;
    position = end;  // a rejected match is used up all the same
    const AddedToken& token = by_id_.at(match.value);
    if (is_rejected(token, text.substr(0, begin), text.substr(end))) continue;
    if (token.lstrip) begin = std::max(without_trailing_space(text.substr(0, begin)), done);
    if (token.rstrip) end += leading_space(text.substr(end));
    begin = std::min(begin, end);
    if (done < begin) out.push_back({std::nullopt, done, begin});
    if (begin < end) out.push_back({match.value, begin, end});
    done = end;
  }
  if (done < text.size()) out.push_back({std::nullopt, done, text.size()});
}

std::optional<int32_t> AddedTokens::id_of(std::string_view content) const {
  const auto found = ids_.find(content);
  if (found == ids_.end()) return std::nullopt;
  return found->second;
}

const AddedToken* AddedTokens::find(int32_t id) const {
  const auto found = by_id_.find(id);
  return found == by_id_.end() ? nullptr : &found->second;
}

}  // namespace finetune::text
