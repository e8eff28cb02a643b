#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "text/trie.h"
#include "text/vocabulary.h"

namespace finetune::text {

/// A token that is cut out of the text before the model sees it (an entry of `added_tokens`).
struct AddedToken {
  std::string content;
  bool single_word = false;  ///< not inside a word
  bool lstrip = false;       ///< takes the white space before it too
  bool rstrip = false;       ///< takes the white space after it too
  bool normalized = false;   ///< matched, in its normalised form, against the normalised text
  bool special = false;      ///< left out by decode(skip_special_tokens)

  bool operator==(const AddedToken&) const = default;
};

/// The added vocabulary of a tokenizer: ids, matching, specials. Ids and precedence are given as
/// `tokenizers` 0.22.2 gives them: a content that the model knows keeps the model's id, others are
/// numbered from the size of the vocabulary on. Immutable once built.
class AddedTokens {
 public:
  AddedTokens() = default;
  /// `normalized_contents[i]` is what the normalizer makes of tokens[i].content (used where
  /// tokens[i].normalized). Special tokens are not looked for in texts where `splits_specials`.
  /// Throws CheckpointError when a normalised form is empty.
  AddedTokens(const std::vector<AddedToken>& tokens,
              const std::vector<std::string>& normalized_contents, const Vocabulary& model,
              bool splits_specials = false);

  /// A stretch of a text, not empty: an added token, or (id absent) text for the model. Splits
  /// follow one another, but a token that begins in the white space that the one before it took
  /// (rstrip) goes back there: `tokenizers` gives that white space twice, too.
  struct Split {
    std::optional<int32_t> id;
    size_t begin;
    size_t end;
  };

  /// Quick look whether `text`, not yet normalised, can hold an added token at all.
  bool may_match(std::string_view text) const;
  /// Cuts `text` at the tokens with normalized = false. Replaces `out`.
  void split(std::string_view text, std::vector<Split>& out) const { split(raw_, text, out); }
  /// Cuts normalised text at the tokens with normalized = true. Replaces `out`.
  void split_normalized(std::string_view text, std::vector<Split>& out) const {
    split(normalized_, text, out);
  }
  bool matches_normalized_text() const { return has_normalized_; }
  /// Quick look whether normalised text can hold an added token that is matched there.
  bool may_match_normalized(std::string_view text) const;
  /// The bytes that such tokens begin with.
  std::string_view first_bytes_of_normalized() const { return normalized_first_bytes_; }

  std::optional<int32_t> id_of(std::string_view content) const;
  const AddedToken* find(int32_t id) const;  ///< nullptr where no added token has this id
  bool is_special(std::string_view content) const { return specials_.contains(content); }
  int32_t id_limit() const { return by_id_.empty() ? 0 : by_id_.rbegin()->first + 1; }
  const std::map<int32_t, AddedToken>& by_id() const { return by_id_; }

 private:
  int32_t give_id(const std::string& content, const Vocabulary& model);
  void build_tries(const std::vector<AddedToken>& tokens,
                   const std::vector<std::string>& normalized_contents,
                   const std::vector<size_t>& in_order);
  void split(const Trie& trie, std::string_view text, std::vector<Split>& out) const;
  bool is_rejected(const AddedToken& token, std::string_view before, std::string_view after) const;

  std::map<std::string, int32_t, std::less<>> ids_;
  std::map<int32_t, AddedToken> by_id_;
  std::set<std::string, std::less<>> specials_;
  Trie raw_;
  Trie normalized_;
  bool has_normalized_ = false;
  bool splits_specials_ = false;
  int32_t num_new_ = 0;      ///< tokens that the model does not know
  std::string first_bytes_;  ///< of the raw contents
  std::string normalized_first_bytes_;
};

}  // namespace finetune::text
