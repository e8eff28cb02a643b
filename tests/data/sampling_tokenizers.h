#pragma once

#include <memory>
#include <string>

#include "base/strings.h"
#include "data_files.h"
#include "text/tokenizer.h"

namespace finetune::test {

/// A tokenizer of words between spaces with this "model" of a tokenizer.json.
inline std::unique_ptr<text::Tokenizer> tokenizer_of(const std::string& model) {
  const DataFile file(
      "tokenizer.json",
      base::cat(R"({"version": "1.0", "truncation": null, "padding": null, "added_tokens": [],
        "normalizer": null, "pre_tokenizer": {"type": "WhitespaceSplit"}, "post_processor": null,
        "decoder": null, "model": )",
                model, "}"));
  return text::load_tokenizer(file.path());
}

/// "ab" (3) is likelier whole than as "a" (1) and "b" (2); "c" (4) and "d" (5) are always whole.
inline std::unique_ptr<text::Tokenizer> unigram_tokenizer() {
  return tokenizer_of(R"({"type": "Unigram", "unk_id": 0, "vocab": [["<unk>", 0.0], ["a", -2.0],
    ["b", -2.0], ["ab", -3.0], ["c", -1.0], ["d", -1.0]]})");
}

/// "ab" (2) is merged of "a" (0) and "b" (1); there is "c" (3) too.
inline std::unique_ptr<text::Tokenizer> bpe_tokenizer() {
  return tokenizer_of(R"({"type": "BPE", "dropout": null, "unk_token": null,
    "continuing_subword_prefix": null, "end_of_word_suffix": null, "fuse_unk": false,
    "byte_fallback": false, "vocab": {"a": 0, "b": 1, "ab": 2, "c": 3}, "merges": [["a", "b"]]})");
}

}  // namespace finetune::test
