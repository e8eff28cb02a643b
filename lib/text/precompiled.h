#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "text/json_node.h"
#include "text/normalizer.h"

namespace finetune::text {

/// The rewrite rules that a SentencePiece model carries ("precompiled_charsmap"): a double array
/// (darts-clone) from byte strings to places in a text of replacements, each ended by NUL.
///
/// Bytes: u32 size of the double array in bytes, its units as u32 (little endian), replacements.
///
/// parse() walks every string the array holds, so that look-ups need no further checks. Immutable.
class PrecompiledMap {
 public:
  /// Throws CheckpointError (with the place in `bytes`) for a table that is cut short, leads out of
  /// itself, goes round in circles, or has a replacement that is not UTF-8.
  static PrecompiledMap parse(std::string_view bytes);

  struct Match {
    std::string_view replacement;
    size_t length;  ///< bytes of the text
  };
  /// The shortest string of the map that `text` starts with: what `tokenizers` looks for.
  std::optional<Match> shortest(std::string_view text) const;
  /// The longest one: what SentencePiece looks for.
  std::optional<Match> longest(std::string_view text) const;

  /// No string of the map starts with this byte: such a character always stays as it is.
  bool is_untouched(char byte) const { return is_untouched_[static_cast<unsigned char>(byte)]; }

 private:
  PrecompiledMap() = default;
  void check_units() const;
  std::string_view replacement_at(uint32_t begin) const;
  template <class Found>
  void walk(std::string_view text, const Found& found) const;

  std::vector<uint32_t> units_;
  std::string replacements_;
  std::array<bool, 256> is_untouched_{};
};

/// The Precompiled normalizer of `tokenizers` 0.22.2, with its habits: a grapheme of fewer than six
/// bytes is replaced as a whole when the map has any beginning of it, else character by character.
class PrecompiledNormalizer final : public Normalizer {
 public:
  explicit PrecompiledNormalizer(PrecompiledMap map) : map_(std::move(map)) {}

  void normalize(AlignedText& text) const override;
  /// The same on plain UTF-8 (valid), without origins. Replaces `out`.
  void normalize(std::string_view text, std::string& out) const;

  const PrecompiledMap& map() const { return map_; }

 private:
  PrecompiledMap map_;
};

/// {"type": "Precompiled", "precompiled_charsmap": "<base64>"}. Throws CheckpointError naming the
/// JSON path.
std::unique_ptr<PrecompiledNormalizer> read_precompiled(const JsonNode& node);

}  // namespace finetune::text
