#pragma once

#include <memory>
#include <optional>
#include <string_view>

#include "text/text_pattern.h"

namespace finetune::text {

/// Regular expressions of well-known tokenizers, written out as scanners.
enum class KnownPattern {
  kGpt2,      ///< GPT-2, RoBERTa, BART: 's|'t|... ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+
  kLlama3,    ///< cl100k_base and Llama 3: numbers of up to three digits
  kQwen2,     ///< Qwen2: the same with single digits
  kSpaceRun,  ///< \s+
  kWords,     ///< \w+|[^\w\s]+ of the Whitespace pre-tokenizer
  kTwoSpaces,  ///< " {2,}" of T5's normalizer
};

std::unique_ptr<TextPattern> make_known_pattern(KnownPattern pattern);

/// The one that `regex` spells, if it is known.
std::optional<KnownPattern> find_known_pattern(std::string_view regex);

}  // namespace finetune::text
