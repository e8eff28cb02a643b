#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace finetune::text {

/// How the files of a slow tokenizer become a tokenizer.json.
enum class Conversion : uint8_t {
  kNone,  ///< only a tokenizer.json
  kBert,
  kGpt2,
  kMarian,
  kLlama,
  kT5,
  kRoberta,
  kXlmRoberta,
  kAlbert,
  kBigBird
};

/// The special tokens that a tokenizer has, in the order in which transformers adds them.
constexpr std::array<const char*, 7> kSpecialKeys = {
    "bos_token", "eos_token", "unk_token", "sep_token", "pad_token", "cls_token", "mask_token"};

/// What transformers 4.57.6 knows about a tokenizer by the name of its class.
struct TokenizerClass {
  std::string_view name;  ///< without "Fast"
  Conversion conversion;
  std::string_view vocabulary_file;  ///< "": vocab.json and merges.txt, or none at all
  std::array<std::string_view, kSpecialKeys.size()> specials;  ///< by default; "": none
  bool is_normalized = false;         ///< the specials of a converted tokenizer, the mask aside
  bool is_mask_normalized = false;    ///< of a converted tokenizer
  bool is_mask_renormalized = false;  ///< of a tokenizer.json
  bool rewraps_specials = false;      ///< those of a tokenizer.json, the mask aside

  /// The specials of a converted tokenizer are as the class has them, whatever the files say of
  /// tokens with the same content.
  bool wraps_specials() const {
    return is_normalized || conversion == Conversion::kT5 || conversion == Conversion::kLlama ||
           conversion == Conversion::kRoberta;
  }

  /// The mask token takes the space before it, too.
  bool has_wide_mask() const { return conversion >= Conversion::kRoberta; }
};

/// nullptr where the class is not known; `name` with or without "Fast".
const TokenizerClass* find_tokenizer_class(std::string_view name);

/// The class that AutoTokenizer takes for a config.json of this "model_type"; "" if not known.
std::string_view tokenizer_class_of(std::string_view model_type);

}  // namespace finetune::text
