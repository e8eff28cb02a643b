#pragma once

#include <string>

namespace finetune::text {

/// How a pipeline with Metaspace treats spaces, and so which word is cut with which prefix.
struct WordwiseOptions {
  enum class Prefix { kNever, kAtStart, kAlways };  ///< a first word without a space before it
  Prefix prefix = Prefix::kAlways;
  bool joins_spaces = false;     ///< runs of spaces count as one
  bool strips_left = false;      ///< spaces at the start go
  bool strips_right = false;     ///< spaces at the end go
  bool splits_first = false;     ///< WhitespaceSplit before Metaspace: every word is a first one
  bool is_one_piece = false;     ///< nothing is split, but no merge joins two words; the normalizer
                                 ///< changes spaces only
  bool prepends_always = false;  ///< a prefix also where the text starts with a space
  std::string unsafe_letters;    ///< of patterns that the normalizer replaces
};

}  // namespace finetune::text
