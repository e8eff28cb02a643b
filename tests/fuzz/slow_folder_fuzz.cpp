// A folder without tokenizer.json. The input holds its files one after another, separated by NUL
// bytes; an empty one is absent.
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

#include "scratch_folder.h"
#include "text/tokenizer.h"
#include "tokenizer_probe.h"

using namespace finetune;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  constexpr std::array kNames = {"tokenizer_config.json",
                                 "vocab.json",
                                 "merges.txt",
                                 "vocab.txt",
                                 "added_tokens.json",
                                 "config.json",
                                 "special_tokens_map.json"};
  std::string_view bytes(reinterpret_cast<const char*>(data), size);
  fuzz::empty_scratch();
  for (const char* name : kNames) {
    const std::string_view part = bytes.substr(0, bytes.find('\0'));
    bytes.remove_prefix(std::min(part.size() + 1, bytes.size()));
    if (!part.empty()) fuzz::write_scratch(name, part);
  }
  std::unique_ptr<text::Tokenizer> tokenizer;
  if (fuzz::accepts([&] { tokenizer = text::load_tokenizer(fuzz::scratch_folder()); })) {
    fuzz::probe(*tokenizer);
  }
  return 0;
}
