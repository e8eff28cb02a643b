#include "text/wordpiece.h"

#include <bit>
#include <cstring>
#include <utility>

#include "base/error.h"
#include "base/strings.h"

namespace finetune::text {
namespace {

constexpr size_t kShortWordBytes = 16;

ShortWord pack(std::string_view word) {
  ShortWord packed{0, 0};
  char bytes[kShortWordBytes] = {};
  std::memcpy(bytes, word.data(), word.size());
  std::memcpy(&packed.low, bytes, 8);
  std::memcpy(&packed.high, bytes + 8, 8);
  return packed;
}

}  // namespace

WordPiece::WordPiece(const std::vector<std::pair<std::string, int32_t>>& tokens,
                     WordPieceOptions options)
    : options_(std::move(options)), vocabulary_(tokens) {
  const std::optional<int32_t> unknown = vocabulary_.id_of(options_.unknown_token);
  if (!unknown) {
    throw CheckpointError(
        base::cat("the vocabulary has no unknown token ", base::quote(options_.unknown_token)));
  }
  unknown_id_ = *unknown;
  continuing_node_ = vocabulary_.trie().walk(Trie::kRoot, options_.continuing_prefix);
  build_whole_words(tokens);
}

void WordPiece::build_whole_words(const std::vector<std::pair<std::string, int32_t>>& tokens) {
  const size_t num_slots = std::bit_ceil(2 * tokens.size() + 2);
  slots_.assign(num_slots, Slot{});
  slot_mask_ = num_slots - 1;
  slot_shift_ = 64 - std::countr_zero(num_slots);
  const std::string& prefix = options_.continuing_prefix;
  for (const auto& [token, id] : tokens) {
    const bool is_continuation = !prefix.empty() && token.starts_with(prefix);
    if (token.empty() || token.size() > kShortWordBytes || is_continuation) continue;
    if (token.find('\0') != std::string::npos) continue;
    const ShortWord word = pack(token);
    size_t slot = slot_of(word);
    while (slots_[slot].id >= 0) slot = (slot + 1) & slot_mask_;
    slots_[slot] = {word, id};
  }
}

void WordPiece::tokenize(std::string_view word, int64_t num_chars, std::vector<Piece>& out) const {
  const size_t num_before = out.size();
  const auto length = static_cast<uint32_t>(word.size());
  uint32_t begin = 0;
  uint32_t node = Trie::kRoot;
  while (num_chars <= options_.max_chars_per_word && begin < length && node != Trie::kNone) {
    const Trie::Match match = vocabulary_.trie().longest(node, word.substr(begin));
    if (match.value < 0) break;
    out.push_back({match.value, begin, begin + match.length});
    begin += match.length;
    node = continuing_node_;
  }
  if (begin == length) return;
  out.resize(num_before);
  out.push_back({unknown_id_, 0, length});
}

}  // namespace finetune::text
