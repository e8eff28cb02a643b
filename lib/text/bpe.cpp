#include "text/bpe.h"

#include <algorithm>

#include "base/error.h"
#include "base/strings.h"
#include "text/byte_tokens.h"
#include "text/utf8.h"

namespace finetune::text {
namespace {

constexpr size_t kKeptSymbols = 1 << 16;  ///< buffers larger than this are given back

[[noreturn]] void fail_on_merge(size_t index, std::string_view token) {
  throw CheckpointError(base::cat("merge ", index + 1, " needs the token ", base::quote(token),
                                  ", which is not in the vocabulary"));
}

MergeTable build_merges(const Vocabulary& vocabulary, const Bpe::Merges& merges,
                        const std::string& prefix) {
  MergeTable table(merges.size());
  const Trie& trie = vocabulary.trie();
  for (size_t i = 0; i < merges.size(); ++i) {
    const auto& [left, right] = merges[i];
    const uint32_t left_node = trie.walk(Trie::kRoot, left);
    if (left_node == Trie::kNone || trie.value(left_node) < 0) fail_on_merge(i, left);
    const int32_t right_id = trie.find(right);
    if (right_id < 0) fail_on_merge(i, right);
    if (right.size() < prefix.size()) {
      throw CheckpointError(base::cat("merge ", i + 1, ": ", base::quote(right),
                                      " is shorter than the prefix ", base::quote(prefix)));
    }
    const std::string_view rest = std::string_view(right).substr(prefix.size());
    const uint32_t merged = trie.walk(left_node, rest);
    if (merged == Trie::kNone || trie.value(merged) < 0) {
      fail_on_merge(i, base::cat(left, rest));
    }
    table.set(trie.value(left_node), right_id, {static_cast<uint32_t>(i), trie.value(merged)});
  }
  return table;
}

}  // namespace

struct Bpe::Symbol {
  int32_t id;
  uint32_t length;  ///< bytes of the piece; 0: merged into the one before it
  int32_t previous, next;
};

/// A pair that may be merged, found when its symbols were new.
struct Bpe::Start {
  uint32_t rank;
  uint32_t position;
  int32_t id;

  /// For a heap whose top is the lowest rank, then the leftmost.
  bool operator<(const Start& other) const {
    return rank != other.rank ? rank > other.rank : position > other.position;
  }
};

struct Bpe::Workspace {
  std::vector<Symbol> symbols;
  std::vector<Start> heap;
  std::vector<Start> skipped;

  void clear() {
    if (symbols.capacity() > kKeptSymbols) *this = {};
    symbols.clear();
    heap.clear();
    skipped.clear();
  }
};

Bpe::Workspace& Bpe::workspace() {
  thread_local Workspace space;
  return space;
}

Bpe::Bpe(const std::vector<std::pair<std::string, int32_t>>& tokens, const Merges& merges,
         BpeOptions options)
    : options_(std::move(options)),
      vocabulary_(tokens),
      merges_(build_merges(vocabulary_, merges, options_.continuing_prefix)) {
  if (options_.unknown_token) unknown_id_ = vocabulary_.id_of(*options_.unknown_token);
  if (options_.byte_fallback) byte_ids_ = byte_token_ids(vocabulary_);
}

std::string Bpe::description() const {
  return base::cat("BPE, ", merges_.size(), " merges",
                   options_.byte_fallback ? ", byte fallback" : "");
}

int32_t Bpe::needed_unknown_id() const {
  if (unknown_id_) return *unknown_id_;
  throw CheckpointError(
      base::cat("the text holds characters that the vocabulary lacks, and the unknown token ",
                base::quote(*options_.unknown_token), " is not in the vocabulary either"));
}

/// False, and nothing appended, where a byte has no token.
bool Bpe::add_bytes(std::string_view bytes, std::vector<Symbol>& symbols) const {
  const size_t num_before = symbols.size();
  for (const char byte : bytes) {
    const int32_t id = byte_ids_[static_cast<unsigned char>(byte)];
    if (id < 0) {
      symbols.resize(num_before);
      return false;
    }
    symbols.push_back({id, 1, 0, 0});
  }
  return true;
}

/// The characters of the piece, before any merge. An unknown token is held back until the next
/// known character, as `tokenizers` holds it: behind tokens of bytes, if there are any.
void Bpe::start(std::string_view piece, std::vector<Symbol>& symbols) const {
  uint32_t unknown_length = 0;
  const auto end_unknown = [&] {
    if (unknown_length > 0) symbols.push_back({needed_unknown_id(), unknown_length, 0, 0});
    unknown_length = 0;
  };
  std::string decorated;
  for (size_t at = 0; at < piece.size();) {
    const uint32_t length = decode_char(piece.substr(at)).length;
    std::string_view name = piece.substr(at, length);
    const bool is_first = at == 0;
    at += length;
    const bool has_suffix = at == piece.size() && !options_.word_suffix.empty();
    if ((!is_first && !options_.continuing_prefix.empty()) || has_suffix) {
      decorated = is_first ? "" : options_.continuing_prefix;
      decorated += name;
      if (has_suffix) decorated += options_.word_suffix;
      name = decorated;
    }
    const int32_t id = vocabulary_.trie().find(name);
    if (id >= 0) {
      end_unknown();
      symbols.push_back({id, length, 0, 0});
    } else if (!(options_.byte_fallback && add_bytes(name, symbols)) && options_.unknown_token) {
      if (!options_.fuse_unknown) end_unknown();
      unknown_length += length;
    }
  }
  end_unknown();
}

void Bpe::push(Workspace& space, int64_t left, int64_t right) const {
  const Symbol& first = space.symbols[static_cast<size_t>(left)];
  const Symbol& second = space.symbols[static_cast<size_t>(right)];
  const MergeRule found = merges_.find(first.id, second.id);
  if (found.id < 0) return;
  space.heap.push_back({found.rank, static_cast<uint32_t>(left), found.id});
  std::push_heap(space.heap.begin(), space.heap.end());
}

/// The symbol at `position` takes in the next one.
void Bpe::join(Workspace& space, uint32_t position, int32_t id) const {
  Symbol& left = space.symbols[position];
  Symbol& right = space.symbols[static_cast<size_t>(left.next)];
  left.id = id;
  left.length += right.length;
  left.next = right.next;
  right.length = 0;
  const auto here = static_cast<int32_t>(position);
  if (left.next >= 0) space.symbols[static_cast<size_t>(left.next)].previous = here;
  if (left.previous >= 0) push(space, left.previous, here);
  if (left.next >= 0) push(space, here, left.next);
}

void Bpe::merge(Workspace& space, SubwordSampler* sampler) const {
  auto& [symbols, heap, skipped] = space;
  const auto count = static_cast<int32_t>(symbols.size());
  for (int32_t i = 0; i < count; ++i) {
    symbols[static_cast<size_t>(i)].previous = i - 1;
    symbols[static_cast<size_t>(i)].next = i + 1 < count ? i + 1 : -1;
  }
  for (int32_t i = 0; i + 1 < count; ++i) push(space, i, i + 1);
  while (!heap.empty()) {
    std::pop_heap(heap.begin(), heap.end());
    const Start top = heap.back();
    heap.pop_back();
    if (sampler != nullptr && sampler->uniform() < sampler->options().alpha) {
      skipped.push_back(top);
      continue;
    }
    for (const Start& start : skipped) {
      heap.push_back(start);
      std::push_heap(heap.begin(), heap.end());
    }
    skipped.clear();
    const Symbol& left = symbols[top.position];
    if (left.length == 0 || left.next < 0) continue;
    const int32_t right_id = symbols[static_cast<size_t>(left.next)].id;
    if (merges_.find(left.id, right_id).id != top.id) continue;  // found before one of them grew
    join(space, top.position, top.id);
  }
}

void Bpe::run(std::string_view piece, SubwordSampler* sampler, std::vector<Piece>& out) const {
  Workspace& space = workspace();
  space.clear();
  start(piece, space.symbols);
  merge(space, sampler);
  const auto size = static_cast<uint32_t>(piece.size());
  uint32_t end = 0;
  for (const Symbol& symbol : space.symbols) {
    if (symbol.length == 0) continue;
    const uint32_t begin = end;
    end = std::min(begin + symbol.length, size);
    out.push_back({symbol.id, begin, end});
  }
}

void Bpe::tokenize(std::string_view piece, std::vector<Piece>& out) const {
  const int32_t whole = options_.ignore_merges ? vocabulary_.trie().find(piece) : -1;
  if (whole >= 0) {
    out.push_back({whole, 0, static_cast<uint32_t>(piece.size())});
  } else {
    run(piece, nullptr, out);
  }
}

void Bpe::sample(std::string_view piece, SubwordSampler& sampler, std::vector<Piece>& out) const {
  if (sampler.options().alpha <= 0.0) return tokenize(piece, out);
  run(piece, &sampler, out);
}

}  // namespace finetune::text
