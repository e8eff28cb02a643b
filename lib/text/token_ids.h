#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace finetune::text {

/// The ids that added tokens get, before there is a tokenizer.
class TokenIds {
 public:
  /// `vocabulary` must outlive this.
  explicit TokenIds(const std::vector<std::pair<std::string, int32_t>>& vocabulary);

  std::optional<int32_t> find(std::string_view token) const;
  /// What is known keeps its id; else as `tokenizers` 0.22.2 numbers: after the vocabulary (its
  /// size, whatever its largest id) and the tokens added before.
  int32_t add(const std::string& token);
  /// `token` counts as having this id from now on.
  void set(const std::string& token, int32_t id);

  size_t num_tokens() const { return ids_.size() + num_added_; }

 private:
  std::unordered_map<std::string_view, int32_t> ids_;
  std::unordered_map<std::string, int32_t> added_;
  size_t num_added_ = 0;  ///< that are not in the vocabulary
  int32_t next_;
};

}  // namespace finetune::text
