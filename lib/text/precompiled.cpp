#include "text/precompiled.h"

#include <algorithm>
#include <cstring>

#include "base/error.h"
#include "base/strings.h"
#include "text/base64.h"
#include "text/grapheme.h"
#include "text/utf8.h"

namespace finetune::text {
namespace {

/// One unit of a darts-clone double array.
struct Unit {
  uint32_t bits;
  bool has_leaf() const { return ((bits >> 8) & 1) != 0; }
  uint32_t value() const { return bits & 0x7FFFFFFF; }
  uint32_t label() const { return bits & 0x800000FF; }
  uint32_t offset() const { return (bits >> 10) << ((bits & 0x200) >> 6); }
};

constexpr uint32_t kBlock = 256;  // units that one node's children may lie in
/// SentencePiece keeps as many results of one look-up, and believes that there are no more.
constexpr int kMaxNestedRules = 32;

/// Follows every path of a double array once.
class ArrayCheck {
 public:
  ArrayCheck(const std::vector<uint32_t>& units, std::string_view replacements)
      : units_(units), replacements_(replacements), states_(units.size()) {
    index_children();
  }

  void run() {
    enter(0);
    while (!path_.empty()) {
      Step& step = path_.back();
      if (step.child == kNoUnit) {
        leave();
      } else {
        const uint32_t child = step.child;
        step.child = next_sibling_[child];
        enter(child);
      }
    }
  }

 private:
  static constexpr uint32_t kNoUnit = UINT32_MAX;
  struct State {
    bool is_open = false;
    int16_t num_rules = -1;  ///< the most rules on one path from here on; -1: not known yet
  };
  struct Step {
    uint32_t base;
    uint32_t child;  ///< the next to be followed
    bool has_leaf;
  };

  /// The unit at `index` with label c is the child along byte c of the node with base index ^ c.
  void index_children() {
    first_child_.assign(units_.size(), kNoUnit);
    next_sibling_.assign(units_.size(), kNoUnit);
    for (uint32_t i = 1; i < units_.size(); ++i) {
      const uint32_t label = Unit{units_[i]}.label();
      const uint32_t base = i ^ label;
      if (label == 0 || label >= kBlock || base >= units_.size()) continue;
      next_sibling_[i] = first_child_[base];
      first_child_[base] = i;
    }
  }

  [[noreturn]] static void fail(uint32_t unit, std::string_view problem) {
    throw CheckpointError(
        base::cat("unit ", unit, " (at byte ", 4 + 4 * uint64_t{unit}, ") of the table ", problem));
  }

  void enter(uint32_t index) {
    const Unit unit{units_[index]};
    const uint32_t base = index ^ unit.offset();
    if ((base | (kBlock - 1)) >= units_.size()) fail(index, "leads out of the table");
    State& state = states_[base];
    if (state.is_open) fail(index, "leads back to where it came from");
    if (unit.has_leaf()) check_value(base);
    if (state.num_rules >= 0) {
      add_rules(state.num_rules + (unit.has_leaf() ? 1 : 0), index);
      return;
    }
    state = {true, 0};
    path_.push_back({base, first_child_[base], unit.has_leaf()});
  }

  void leave() {
    const Step step = path_.back();
    path_.pop_back();
    states_[step.base].is_open = false;
    add_rules(states_[step.base].num_rules + (step.has_leaf ? 1 : 0), step.base);
  }

  void add_rules(int num_rules, uint32_t index) {
    if (num_rules > kMaxNestedRules) fail(index, "ends more than 32 rules that begin alike");
    if (path_.empty()) return;
    int16_t& most = states_[path_.back().base].num_rules;
    most = std::max(most, static_cast<int16_t>(num_rules));
  }

  void check_value(uint32_t index) const {
    const uint32_t begin = Unit{units_[index]}.value();
    const bool is_inside = begin < replacements_.size();
    const bool is_start =
        is_inside && (static_cast<unsigned char>(replacements_[begin]) & 0xC0) != 0x80;
    if (!is_start) fail(index, "names no replacement");
  }

  const std::vector<uint32_t>& units_;
  std::string_view replacements_;
  std::vector<State> states_;  ///< by base
  std::vector<uint32_t> first_child_, next_sibling_;
  std::vector<Step> path_;
};

std::vector<uint32_t> read_units(std::string_view bytes) {
  std::vector<uint32_t> units(bytes.size() / 4);
  for (size_t i = 0; i < units.size(); ++i) {
    for (size_t k = 0; k < 4; ++k) {
      units[i] |= static_cast<uint32_t>(static_cast<unsigned char>(bytes[4 * i + k])) << (8 * k);
    }
  }
  return units;
}

/// Collects what `tokenizers` calls a transformation.
class Rewriting {
 public:
  void keep(char32_t c) { edits_.push_back({c, 0}); }

  /// The last characters of a longer replacement count as inserted, the last one of a shorter
  /// replacement takes over the characters that vanish; those that vanish at the start of the text
  /// are forgotten.
  void replace(size_t num_old, std::string_view replacement) {
    is_changed_ = true;
    const size_t start = edits_.size();
    while (!replacement.empty()) {
      const DecodedChar c = decode_char(replacement);
      replacement.remove_prefix(c.length);
      edits_.push_back({c.code_point, 0});
    }
    const size_t num_new = edits_.size() - start;
    for (size_t i = num_old; i < num_new; ++i) edits_[start + i].change = 1;
    if (num_new < num_old && !edits_.empty()) {
      edits_.back().change -= static_cast<int32_t>(num_old - num_new);
    }
  }

  void apply(AlignedText& text) const {
    if (is_changed_) text.transform(edits_);
  }

 private:
  std::vector<AlignedText::Edit> edits_;
  bool is_changed_ = false;
};

/// Cuts `chars` into the stretches that rules are looked up for and calls found(stretch, bytes of
/// the stretch, its replacement) or, where there is none, kept(character).
template <class Found, class Kept>
void rewrite(std::span<const char32_t> chars, const PrecompiledMap& map, const Found& found,
             const Kept& kept) {
  constexpr size_t kLongestGrapheme = 5;
  std::string bytes;
  while (!chars.empty()) {
    const std::span<const char32_t> grapheme = chars.first(grapheme_length(chars));
    chars = chars.subspan(grapheme.size());
    bytes.clear();
    for (const char32_t c : grapheme) append_char(bytes, c);
    if (bytes.size() <= kLongestGrapheme) {
      if (const auto match = map.shortest(bytes)) {
        found(grapheme.size(), match->replacement);
        continue;
      }
    }
    for (const char32_t c : grapheme) {
      bytes.clear();
      append_char(bytes, c);
      if (const auto match = map.shortest(bytes)) {
        found(1, match->replacement);
      } else {
        kept(c);
      }
    }
  }
}

}  // namespace

PrecompiledMap PrecompiledMap::parse(std::string_view bytes) {
  if (bytes.size() < 4) throw CheckpointError("the table of rewrite rules is cut short");
  const uint32_t array_size = read_units(bytes.substr(0, 4))[0];
  if (array_size % 4 != 0 || array_size < 4 * kBlock || array_size > bytes.size() - 4) {
    throw CheckpointError(base::cat("the table of rewrite rules claims ", array_size,
                                    " bytes of the ", bytes.size() - 4, " that are there"));
  }
  PrecompiledMap map;
  map.units_ = read_units(bytes.substr(4, array_size));
  map.replacements_ = bytes.substr(4 + array_size);
  if (!base::is_valid_utf8(map.replacements_)) {
    throw CheckpointError("the replacements of the rewrite rules are not UTF-8");
  }
  ArrayCheck(map.units_, map.replacements_).run();
  const uint32_t root = Unit{map.units_[0]}.offset();
  for (uint32_t c = 0; c < kBlock; ++c) {
    map.is_untouched_[c] = c == 0 || Unit{map.units_[root ^ c]}.label() != c;
  }
  return map;
}

std::string_view PrecompiledMap::replacement_at(uint32_t begin) const {
  const std::string_view rest = std::string_view(replacements_).substr(begin);
  return rest.substr(0, rest.find('\0'));
}

template <class Found>
void PrecompiledMap::walk(std::string_view text, const Found& found) const {
  uint32_t position = Unit{units_[0]}.offset();
  for (size_t i = 0; i < text.size() && text[i] != '\0'; ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    position ^= byte;
    const Unit unit{units_[position]};
    if (unit.label() != byte) return;
    position ^= unit.offset();
    if (unit.has_leaf() && !found(Unit{units_[position]}.value(), i + 1)) return;
  }
}

std::optional<PrecompiledMap::Match> PrecompiledMap::shortest(std::string_view text) const {
  std::optional<Match> match;
  walk(text, [&](uint32_t begin, size_t length) {
    match = Match{replacement_at(begin), length};
    return false;
  });
  return match;
}

std::optional<PrecompiledMap::Match> PrecompiledMap::longest(std::string_view text) const {
  std::optional<Match> match;
  walk(text, [&](uint32_t begin, size_t length) {
    match = Match{replacement_at(begin), length};
    return true;
  });
  return match;
}

void PrecompiledNormalizer::normalize(AlignedText& text) const {
  Rewriting rewriting;
  rewrite(
      text.chars(), map_,
      [&](size_t num_old, std::string_view replacement) {
        rewriting.replace(num_old, replacement);
      },
      [&](char32_t c) { rewriting.keep(c); });
  rewriting.apply(text);
}

void PrecompiledNormalizer::normalize(std::string_view text, std::string& out) const {
  out.clear();
  rewrite(
      decode_text(text), map_,
      [&](size_t, std::string_view replacement) { out.append(replacement); },
      [&](char32_t c) { append_char(out, c); });
}

std::unique_ptr<PrecompiledNormalizer> read_precompiled(const JsonNode& node) {
  const JsonNode field = node.at("precompiled_charsmap");
  const std::optional<std::string> bytes = decode_base64(field.string());
  if (!bytes) field.fail("this is not base64");
  return with_context(base::quote(field.path()), [&] {
    return std::make_unique<PrecompiledNormalizer>(PrecompiledMap::parse(*bytes));
  });
}

}  // namespace finetune::text
