// The first byte chooses a class of tokenizers that is made from a SentencePiece model, or the
// sentencepiece library itself; the rest are the bytes of the model.
#include <array>
#include <cstddef>
#include <cstdint>

#include "scratch_folder.h"
#include "text/sentencepiece_tokenizer.h"
#include "tokenizer_probe.h"

using namespace finetune;

namespace {

struct KnownClass {
  const char* file;
  const char* config;
};

constexpr std::array kClasses = {
    KnownClass{"spiece.model", R"({"tokenizer_class": "T5Tokenizer", "extra_ids": 2})"},
    KnownClass{"spiece.model", R"({"tokenizer_class": "AlbertTokenizer"})"},
    KnownClass{"spiece.model", R"({"tokenizer_class": "BigBirdTokenizer"})"},
    KnownClass{"sentencepiece.bpe.model", R"({"tokenizer_class": "XLMRobertaTokenizer"})"},
    KnownClass{"tokenizer.model", R"({"tokenizer_class": "LlamaTokenizer"})"},
    KnownClass{"tokenizer.model", R"({"tokenizer_class": "LlamaTokenizer", "legacy": false})"}};

std::unique_ptr<text::Tokenizer> load(std::string_view bytes) {
  const auto choice = static_cast<size_t>(static_cast<unsigned char>(bytes.front()));
  bytes.remove_prefix(1);
  if (choice % (kClasses.size() + 1) == kClasses.size()) {
    return text::make_sentencepiece_tokenizer(bytes);
  }
  const KnownClass& known = kClasses[choice % (kClasses.size() + 1)];
  fuzz::empty_scratch();
  fuzz::write_scratch("tokenizer_config.json", known.config);
  fuzz::write_scratch(known.file, bytes);
  return text::load_tokenizer(fuzz::scratch_folder());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  std::unique_ptr<text::Tokenizer> tokenizer;
  if (!fuzz::accepts([&] { tokenizer = load({reinterpret_cast<const char*>(data), size}); })) {
    return 0;
  }
  fuzz::probe(*tokenizer);
  return 0;
}
