#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "run/sections.h"

namespace finetune::run {

/// How a model writes where nobody says more.
struct GenerationDefaults {
  GenerationSection section;
  std::string file{};  ///< which they are from
  /// True for a generation_config.json: it says all, and what it leaves out is off, as in
  /// transformers. Else decoder start, end, forced ids and bad words are as config.json says.
  bool has_all_ids = false;
  std::optional<int32_t> decoder_start_token_id{};
  std::vector<int32_t> eos_token_ids{};  ///< any of them ends a text
  std::vector<int32_t> suppress_tokens{};
  std::vector<std::vector<int32_t>> bad_words_ids{};
};

/// The generation_config.json of a Hugging Face folder; of an older folder without one, the keys of
/// the same names in its config.json. What we cannot do as the file says is named in a warning.
/// Throws CheckpointError naming file and keys for a value out of range.
GenerationDefaults read_generation_defaults(const std::filesystem::path& folder);

}  // namespace finetune::run
