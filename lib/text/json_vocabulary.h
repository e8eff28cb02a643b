#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "text/json_node.h"

namespace finetune::text {

/// The large tables of a tokenizer.json (/model/vocab and /model/merges), read apart from the rest:
/// a general JSON parser takes longer over these tens of thousands of entries than everything else
/// in loading does.
struct JsonVocabulary {
  std::vector<std::pair<std::string, int32_t>> tokens{};  ///< in the order of the file
  std::vector<double>
      scores{};  ///< one a token where the vocabulary is a list (Unigram), else none
  std::vector<std::pair<std::string, std::string>> merges{};
  std::string rest{};  ///< the file with the tables empty, every line at its place
};

/// Nothing where the text is not plainly {"model": {"vocab": {"token": id, ...}}}, or a list of
/// ["token", score], with ids from 0 to `largest_id` and merges like "a b" or ["a", "b"]: the
/// general parser is then to say what is wrong with it, or to read it after all. Scores are rounded
/// as `tokenizers` (serde_json) rounds them, now and then one unit in the last place off.
std::optional<JsonVocabulary> extract_vocabulary(std::string_view json, int32_t largest_id);

/// The same tables as the general parser read them; `rest` stays empty. `model` is the section
/// "model". Throws CheckpointError naming the path of what is malformed.
JsonVocabulary read_vocabulary(const JsonNode& model, int32_t largest_id);

/// A file that holds one such object alone: vocab.json of GPT-2's kind. Throws CheckpointError
/// naming the path of what is malformed.
std::vector<std::pair<std::string, int32_t>> read_vocabulary_file(std::string_view json,
                                                                  const std::string& name,
                                                                  int32_t largest_id);

}  // namespace finetune::text
