#include "text/slow_document.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/strings.h"
#include "text/token_ids.h"

namespace finetune::text {

using nlohmann::json;

SlowDocument::SlowDocument(JsonVocabulary model_tables)
    : root(std::make_unique<json>(json::object())), tables(std::move(model_tables)) {
  for (const char* key :
       {"truncation", "padding", "normalizer", "pre_tokenizer", "post_processor"}) {
    (*root)[key] = nullptr;
  }
  (*root)["version"] = "1.0";
}

SlowDocument::SlowDocument(SlowDocument&&) noexcept = default;
SlowDocument::~SlowDocument() = default;

std::vector<std::pair<std::string, int32_t>> slow_ids(const std::vector<std::string>& contents,
                                                      const JsonVocabulary& tables,
                                                      const TokenizerConfig& config) {
  TokenIds ids(tables.tokens);
  for (const auto& [id, token] : config.listed_tokens()) {
    ids.set(token.content, static_cast<int32_t>(std::min<int64_t>(id, Vocabulary::kMaxIds)));
  }
  auto next = static_cast<int32_t>(ids.num_tokens());
  for (const AddedToken& token : config.specials()) {
    if (!ids.find(token.content)) ids.set(token.content, next++);
  }
  std::vector<std::pair<std::string, int32_t>> found;
  for (const std::string& content : contents) {
    const std::optional<int32_t> id = ids.find(content);
    if (!id) {
      throw CheckpointError(base::cat("the tokenizer has no token ", base::quote(content),
                                      ", which its template needs"));
    }
    found.emplace_back(content, *id);
  }
  return found;
}

}  // namespace finetune::text
