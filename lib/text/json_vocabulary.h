#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace finetune::text {

/// The object /model/vocab of a tokenizer.json, read apart from the rest: a general JSON parser
/// takes longer over these tens of thousands of entries than everything else in loading does.
struct JsonVocabulary {
  std::vector<std::pair<std::string, int32_t>> tokens;  ///< in the order of the file
  std::string rest;  ///< the file with an empty vocabulary: as long, and line by line the same
};

/// Nothing where the text is not plainly {"model": {"vocab": {"token": id, ...}}} with ids from 0
/// to `largest_id`: the general parser is then to say what is wrong with it, or to read it after
/// all.
std::optional<JsonVocabulary> extract_vocabulary(std::string_view json, int32_t largest_id);

}  // namespace finetune::text
