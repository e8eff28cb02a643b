#include "text/generated_merges.h"

#include <catch2/catch.hpp>

namespace finetune::text {

TEST_CASE("merges come from every split into two pieces, better scores and longer parts first") {
  SentencePieceModel model;
  JsonVocabulary tables;
  const std::vector<std::pair<std::string, float>> pieces = {
      {"a", -5}, {"b", -6}, {"\u00e9", -7}, {"ab", -1}, {"b\u00e9", -2}, {"ab\u00e9", -2}};
  for (const auto& [text, score] : pieces) {
    model.pieces.push_back({text, score});
    tables.tokens.emplace_back(text, static_cast<int32_t>(tables.tokens.size()));
    tables.scores.push_back(static_cast<double>(score));
  }
  const std::vector<std::pair<std::string, std::string>> expected = {
      {"a", "b"}, {"ab", "\u00e9"}, {"a", "b\u00e9"}, {"b", "\u00e9"}};
  CHECK(generate_merges(model, tables) == expected);
}

}  // namespace finetune::text
