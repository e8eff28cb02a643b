// Equality of the general pipeline with Hugging Face `tokenizers`: every normalizer, pre-tokenizer
// and post-processor, on every code point, real lines and random strings.
#include <catch2/catch.hpp>

#include "base/strings.h"
#include "support/test_support.h"

namespace finetune::text {

namespace fs = std::filesystem;

TEST_CASE("every component gives ids, offsets, words and windows as tokenizers does",
          "[reference]") {
  const auto python = test::python();
  if (!python) return;
  const fs::path program = fs::read_symlink("/proc/self/exe").parent_path() / "encode_lines";
  REQUIRE(fs::exists(program));
  const auto shared = test::shared_data("udhr/udhr.tsv");
  const std::string data = shared ? shared->parent_path().parent_path().string() : "-";
  const test::TemporaryFolder folder;
  const auto result = test::run_shell(
      base::cat(test::shell_quote(python->string()), " ",
                test::shell_quote(test::fixture("text/pipeline_reference.py").string()), " ",
                test::shell_quote(program.string()), " ", test::shell_quote(folder.path().string()),
                " ", test::shell_quote(data)));
  INFO(result.out << result.err);
  CHECK(result.exit_code == 0);
}

}  // namespace finetune::text
