#include "fuzz_targets.h"

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/json.h"
#include "text/json_node.h"
#include "text/sentencepiece_tokenizer.h"
#include "text/slow_folder.h"
#include "text/tokenizer.h"
#include "text/tokenizer_json.h"

namespace finetune::fuzz {
namespace {

namespace fs = std::filesystem;
using text::Tokenizer;

constexpr std::string_view kTexts[] = {"", " Hello, w\u00f6rld!\n<s> \u4e2d\u6587 12,5",
                                       "\xFF\xC3 a"};

void check_ids(const Tokenizer& tokenizer, const text::Encoding& encoding) {
  for (const int32_t id : encoding.ids) {
    if (id < 0 || id >= tokenizer.vocab_size()) std::abort();
  }
}

void encode(const Tokenizer& tokenizer, std::string_view bytes, text::EncodeOptions options) {
  text::Encoding out;
  options.want_offsets = true;
  tokenizer.encode(bytes, options, out);
  check_ids(tokenizer, out);
  const std::vector<int32_t> ids = out.ids;
  if (out.offsets.size() != ids.size()) std::abort();
  options.want_offsets = false;
  tokenizer.encode(bytes, options, out);
  if (out.ids != ids) std::abort();  // the ways with and without offsets must agree
  tokenizer.decode(ids, true);
}

void try_out(const Tokenizer& tokenizer) {
  for (const std::string_view sample : kTexts) encode(tokenizer, sample, {});
  tokenizer.description();
}

template <class Body>
void expect_only_errors(const Body& body) {
  try {
    body();
  } catch (const InternalError&) {
    throw;
  } catch (const Error&) {
  }
}

/// A folder of this process, in memory where the system has such a place.
const fs::path& scratch_folder() {
  static const fs::path folder = [] {
    const fs::path base = fs::exists("/dev/shm") ? "/dev/shm" : fs::temp_directory_path();
    const fs::path own = base / ("finetune-fuzz-" + std::to_string(getpid()));
    fs::create_directories(own);
    std::atexit([] { fs::remove_all(scratch_folder()); });
    return own;
  }();
  return folder;
}

void write(const fs::path& file, std::string_view bytes) {
  std::ofstream(file, std::ios::binary).write(bytes.data(), static_cast<long>(bytes.size()));
}

std::unique_ptr<Tokenizer> make(const char* document) {
  const nlohmann::json root = base::parse_json(document, "fuzz");
  return text::make_tokenizer(text::JsonNode(root));
}

/// Tokenizers of several kinds with small vocabularies.
const std::vector<std::unique_ptr<Tokenizer>>& tokenizers() {
  static const std::vector<std::unique_ptr<Tokenizer>> all = [] {
    std::vector<std::unique_ptr<Tokenizer>> made;
    made.push_back(make(R"({"added_tokens": [{"id": 1, "content": "[SEP]", "single_word": false,
      "lstrip": true, "rstrip": false, "normalized": false, "special": true}],
      "normalizer": {"type": "BertNormalizer", "clean_text": true, "handle_chinese_chars": true,
      "strip_accents": null, "lowercase": true}, "pre_tokenizer": {"type": "BertPreTokenizer"},
      "post_processor": null, "decoder": {"type": "WordPiece", "prefix": "##", "cleanup": true},
      "model": {"type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##",
      "max_input_chars_per_word": 100, "vocab": {"[UNK]": 0, "[SEP]": 1, "a": 2, "##a": 3,
      "##b": 4, ",": 5}}})"));
    made.push_back(make(R"({"added_tokens": [], "normalizer": null, "pre_tokenizer":
      {"type": "ByteLevel", "add_prefix_space": true, "trim_offsets": true, "use_regex": true},
      "post_processor": {"type": "ByteLevel", "add_prefix_space": true, "trim_offsets": true,
      "use_regex": true}, "decoder": {"type": "ByteLevel", "add_prefix_space": true,
      "trim_offsets": true, "use_regex": true}, "model": {"type": "BPE", "dropout": null,
      "unk_token": "u", "continuing_subword_prefix": "", "end_of_word_suffix": "",
      "fuse_unk": false, "byte_fallback": false, "ignore_merges": false,
      "vocab": {"u": 0, "a": 1, "b": 2, "ab": 3, "\u0120": 4, "\u0120ab": 5},
      "merges": ["a b", "\u0120 ab"]}})"));
    made.push_back(make(R"({"added_tokens": [], "normalizer": {"type": "Sequence", "normalizers":
      [{"type": "NFKC"}, {"type": "Strip", "strip_left": false, "strip_right": true},
      {"type": "Replace", "pattern": {"Regex": " {2,}"}, "content": "\u2581"}]},
      "pre_tokenizer": {"type": "Metaspace", "replacement": "\u2581", "prepend_scheme": "always",
      "split": true}, "post_processor": null, "decoder": {"type": "Metaspace",
      "replacement": "\u2581", "prepend_scheme": "always", "split": true},
      "model": {"type": "Unigram", "unk_id": 0, "byte_fallback": false, "vocab": [["<unk>", 0],
      ["\u2581", -2.0], ["a", -3.0], ["ab", -3.5], ["\u2581a", -2.5], ["b", -4.0]]}})"));
    return made;
  }();
  return all;
}

}  // namespace

void fuzz_tokenizer_json(std::string_view bytes) {
  expect_only_errors([&] {
    const nlohmann::json root = base::parse_json(bytes, "fuzz");
    const auto tokenizer = text::make_tokenizer(text::JsonNode(root));
    try_out(*tokenizer);
  });
}

void fuzz_vocab_merges(std::string_view bytes) {
  const fs::path& folder = scratch_folder();
  const size_t split = std::min(bytes.find('\0'), bytes.size());
  write(folder / "vocab.json", bytes.substr(0, split));
  write(folder / "merges.txt", bytes.substr(std::min(split + 1, bytes.size())));
  write(folder / "tokenizer_config.json", R"({"tokenizer_class": "GPT2Tokenizer"})");
  expect_only_errors([&] { try_out(*text::load_tokenizer(folder)); });
}

void fuzz_model(std::string_view bytes) {
  expect_only_errors([&] { try_out(*text::make_sentencepiece_tokenizer(bytes)); });
  const fs::path& folder = scratch_folder();
  write(folder / "spiece.model", bytes);
  write(folder / "tokenizer_config.json", R"({"tokenizer_class": "T5Tokenizer", "extra_ids": 2})");
  expect_only_errors([&] { try_out(*text::load_tokenizer(folder)); });
}

void fuzz_encode(std::string_view bytes) {
  if (bytes.empty()) return;
  const auto choice = static_cast<unsigned char>(bytes.front());
  text::EncodeOptions options;
  options.max_length = choice >> 4;
  options.offset_unit =
      (choice & 8) != 0 ? text::OffsetUnit::kBytes : text::OffsetUnit::kCodePoints;
  const auto& all = tokenizers();
  expect_only_errors([&] { encode(*all[(choice & 7) % all.size()], bytes.substr(1), options); });
}

const std::vector<FuzzTarget>& fuzz_targets() {
  static const std::vector<FuzzTarget> all = {{"tokenizer_json", fuzz_tokenizer_json},
                                              {"vocab_merges", fuzz_vocab_merges},
                                              {"model", fuzz_model},
                                              {"encode", fuzz_encode}};
  return all;
}

}  // namespace finetune::fuzz
