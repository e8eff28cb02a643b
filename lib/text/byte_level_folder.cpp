#include <nlohmann/json.hpp>
#include <set>

#include "base/error.h"
#include "base/files.h"
#include "base/mapped_file.h"
#include "base/strings.h"
#include "text/slow_document.h"
#include "text/template_json.h"
#include "text/unicode.h"
#include "text/utf8.h"

namespace finetune::text {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

bool is_space(char32_t c) {
  return (char_flags(c) & kSpaceChar) != 0 || (c >= 0x1C && c <= 0x1F);  // str.split of Python
}

std::vector<std::string> split_words(std::string_view line) {
  std::vector<std::string> words;
  bool is_inside = false;
  while (!line.empty()) {
    const DecodedChar c = decode_char(line);
    if (is_space(c.code_point)) {
      is_inside = false;
    } else {
      if (!is_inside) words.emplace_back();
      words.back() += line.substr(0, c.length);
      is_inside = true;
    }
    line.remove_prefix(c.length);
  }
  return words;
}

/// The first line is a comment whatever it says, and a last line without an end is not a merge:
/// this is how transformers reads. Of equal merges the first counts.
std::vector<std::pair<std::string, std::string>> read_merges(std::string_view text) {
  std::vector<std::pair<std::string, std::string>> merges;
  std::set<std::pair<std::string, std::string>> seen;
  for (int64_t line_number = 1; !text.empty(); ++line_number) {
    const size_t end = text.find_first_of("\r\n");
    if (end == std::string_view::npos) break;
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(end + (text.substr(end).starts_with("\r\n") ? 2 : 1));
    if (!base::is_valid_utf8(line)) {
      throw CheckpointError(base::cat("line ", line_number, " is not UTF-8: ", base::quote(line)));
    }
    if (line_number == 1) continue;
    std::vector<std::string> parts = split_words(line);
    if (parts.size() != 2) {
      throw CheckpointError(base::cat("line ", line_number, " is not two tokens separated by a ",
                                      "space: ", base::quote(line)));
    }
    std::pair<std::string, std::string> merge{std::move(parts[0]), std::move(parts[1])};
    if (seen.insert(merge).second) merges.push_back(std::move(merge));
  }
  return merges;
}

JsonVocabulary read_tables(const fs::path& folder) {
  const fs::path vocabulary = folder / "vocab.json", merges = folder / "merges.txt";
  JsonVocabulary tables;
  with_context(base::cat("reading ", base::quote(vocabulary.string())), [&] {
    const base::MappedFile mapped(vocabulary);
    tables.tokens =
        read_vocabulary_file(mapped.text(), vocabulary.string(), Vocabulary::kMaxIds - 1);
  });
  with_context(base::cat("reading ", base::quote(merges.string())),
               [&] { tables.merges = read_merges(base::read_file(merges)); });
  return tables;
}

json byte_level(bool add_prefix_space, bool trim_offsets) {
  return {{"type", "ByteLevel"},
          {"add_prefix_space", add_prefix_space},
          {"trim_offsets", trim_offsets},
          {"use_regex", true}};
}

std::string need_special(const TokenizerConfig& config, const char* key) {
  const std::optional<std::string> content = config.special(key);
  if (!content) {
    throw CheckpointError(base::cat("tokenizer_config.json: this tokenizer needs a ", key));
  }
  return *content;
}

json gpt2_post_processor(const JsonVocabulary& tables, const TokenizerConfig& config) {
  if (!config.flag("add_bos_token", false)) return byte_level(true, false);
  const std::string bos = need_special(config, "bos_token");
  const TemplateStep start{bos, 0}, first{"A", 0, true}, second{"B", 1, true};
  return make_template({start, first}, {start, first, second}, slow_ids({bos}, tables, config));
}

json roberta_post_processor(const JsonVocabulary& tables, const TokenizerConfig& config) {
  const std::string sep = need_special(config, "sep_token"),
                    cls = need_special(config, "cls_token");
  const auto ids = slow_ids({sep, cls}, tables, config);
  return {{"type", "RobertaProcessing"},
          {"sep", {sep, ids[0].second}},
          {"cls", {cls, ids[1].second}},
          {"trim_offsets", config.flag("trim_offsets", true)},
          {"add_prefix_space", config.flag("add_prefix_space", false)}};
}

}  // namespace

SlowDocument convert_byte_level(const fs::path& folder, const TokenizerConfig& config) {
  SlowDocument document(read_tables(folder));
  json& root = *document.root;
  root["model"] = {{"type", "BPE"},
                   {"dropout", nullptr},
                   {"unk_token", nullptr},
                   {"continuing_subword_prefix", ""},
                   {"end_of_word_suffix", ""},
                   {"fuse_unk", false},
                   {"byte_fallback", false},
                   {"ignore_merges", false},
                   {"vocab", json::object()},
                   {"merges", json::array()}};
  root["pre_tokenizer"] = byte_level(config.flag("add_prefix_space", false), true);
  root["decoder"] = byte_level(true, true);
  const bool is_gpt2 = config.known_class()->conversion == Conversion::kGpt2;
  root["post_processor"] = is_gpt2 ? gpt2_post_processor(document.tables, config)
                                   : roberta_post_processor(document.tables, config);
  return document;
}

}  // namespace finetune::text
