#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace finetune::fuzz {

/// Each takes any bytes at all, and may only throw what our readers promise to throw: an Error that
/// names what is wrong. Anything else, a crash or a finding of a sanitizer, is a bug.
void fuzz_tokenizer_json(std::string_view bytes);
/// vocab.json, a NUL byte, merges.txt.
void fuzz_vocab_merges(std::string_view bytes);
/// A SentencePiece .model.
void fuzz_model(std::string_view bytes);
/// One byte that chooses tokenizer and options, then the text.
void fuzz_encode(std::string_view bytes);

struct FuzzTarget {
  std::string name;
  void (*run)(std::string_view bytes);
};

/// All of them; corpus/<name> holds the inputs that are kept.
const std::vector<FuzzTarget>& fuzz_targets();

}  // namespace finetune::fuzz
