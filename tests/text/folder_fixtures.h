#pragma once

#include <string>
#include <vector>

#include "support/test_support.h"
#include "text/tokenizer.h"

namespace finetune::text {

/// One line of fixtures/expected.json: a text and what transformers makes of it.
struct ExpectedCase {
  std::string text;
  std::string pair;
  bool has_pair = false;
  EncodeOptions options;
  Encoding encoding;
  std::string decoded;
  std::string decoded_without_specials;
};

/// The answers for fixtures/folders/<name>.
std::vector<ExpectedCase> expected_cases(const std::string& name);

/// Names of all folders there.
std::vector<std::string> fixture_folders();

inline std::filesystem::path fixture_folder(const std::string& name) {
  return test::fixture("text/fixtures/folders/" + name);
}

/// Checks every case of the folder `name` with `tokenizer`.
void check_cases(const Tokenizer& tokenizer, const std::string& name);

}  // namespace finetune::text
