// The first byte chooses a tokenizer of the folder tokenizers, the second what is asked of it, the
// rest is the text: whatever the bytes, tokens come out, the same as those of the plain pipeline.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <vector>

#include "base/json.h"
#include "text/tokenizer.h"
#include "tokenizer_probe.h"

using namespace finetune;

namespace {

struct Pair {
  std::unique_ptr<text::Tokenizer> tokenizer;
  std::unique_ptr<text::Tokenizer> plain;  ///< or null: there is but one way
};

std::vector<Pair> load_all() {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(FINETUNE_FUZZ_TOKENIZERS)) {
    files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  std::vector<Pair> all;
  for (const auto& file : files) {
    all.push_back({text::load_tokenizer(file), nullptr});
    if (file.extension() == ".json") {
      all.back().plain = fuzz::make_plain_tokenizer(base::read_json_file(file));
    }
  }
  return all;
}

text::EncodeOptions read_options(unsigned char bits) {
  text::EncodeOptions options;
  options.add_special_tokens = (bits & 1) == 0;
  options.max_length = bits >> 4;
  options.stride = (bits >> 2) & 1;
  if ((bits & 2) != 0) options.side = text::TruncationSide::kLeft;
  return options;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const std::vector<Pair> all = load_all();
  if (size < 2) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 2, size - 2);
  const Pair& chosen = all[data[0] % all.size()];
  fuzz::probe(*chosen.tokenizer, text, read_options(data[1]));
  if (chosen.plain != nullptr) fuzz::require_alike(*chosen.tokenizer, *chosen.plain, text);
  return 0;
}
