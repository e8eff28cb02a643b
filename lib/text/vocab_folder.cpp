#include "text/vocab_folder.h"

#include <algorithm>
#include <map>

#include "base/error.h"
#include "base/files.h"
#include "base/strings.h"
#include "text/tokenizer_config.h"

namespace finetune::text {
namespace {

std::vector<std::pair<std::string, int32_t>> read_vocabulary(std::string_view text) {
  std::map<std::string, int32_t> ids;  // of equal lines the last counts
  int32_t line = 0;
  while (!text.empty()) {
    const size_t end = std::min(text.find_first_of("\r\n"), text.size());
    const std::string_view token = text.substr(0, end);
    if (!base::is_valid_utf8(token)) {
      throw CheckpointError(base::cat("line ", line + 1, " is not UTF-8: ", base::quote(token)));
    }
    if (line == 0 && token.starts_with("\xEF\xBB\xBF")) {
      throw CheckpointError("line 1 begins with a byte-order mark; remove it");
    }
    if (line >= Vocabulary::kMaxIds) {
      throw CheckpointError(base::cat("more than ", Vocabulary::kMaxIds, " lines"));
    }
    ids[std::string(token)] = line++;
    const bool is_crlf = text.substr(end).starts_with("\r\n");
    text.remove_prefix(std::min(end + (is_crlf ? 2 : 1), text.size()));
  }
  if (ids.empty()) throw CheckpointError("the file is empty");
  return {ids.begin(), ids.end()};
}

PostProcessor bert_template(int32_t cls, int32_t sep) {
  using Source = TemplatePiece::Source;
  const TemplatePiece start{Source::kSpecial, 0, {cls}};
  const TemplatePiece end{Source::kSpecial, 0, {sep}};
  const TemplatePiece second_end{Source::kSpecial, 1, {sep}};
  const TemplatePiece first{Source::kFirst, 0};
  const TemplatePiece second{Source::kSecond, 1};
  return {{start, first, end}, {start, first, end, second, second_end}};
}

/// The id that `content` gets: the vocabulary's, else the next free one in the order of `added`.
int32_t id_of(const std::string& content, const BertParts& parts) {
  std::map<std::string, int32_t> ids(parts.vocabulary.begin(), parts.vocabulary.end());
  for (const AddedToken& token : parts.added_tokens) {
    ids.try_emplace(token.content, static_cast<int32_t>(ids.size()));
  }
  return ids.at(content);
}

/// Without it, transformers cannot build the tokenizer either.
std::string need_special(const TokenizerConfig& config, const char* key) {
  std::string content = config.special(key).value_or("");
  if (content.empty()) {
    throw CheckpointError(base::cat("tokenizer_config.json: this tokenizer needs a ", key));
  }
  return content;
}

BertParts build(TokenizerConfig config, std::vector<std::pair<std::string, int32_t>> vocabulary) {
  config.set_default_special("unk_token", "[UNK]");
  config.set_default_special("sep_token", "[SEP]");
  config.set_default_special("pad_token", "[PAD]");
  config.set_default_special("cls_token", "[CLS]");
  config.set_default_special("mask_token", "[MASK]");
  BertParts parts;
  parts.vocabulary = std::move(vocabulary);
  parts.normalizer = config.normalizer();
  parts.model.unknown_token = need_special(config, "unk_token");
  parts.pad_token = config.special("pad_token").value_or("");
  parts.decoder = WordPieceDecoder{};
  parts.cleans_up_spaces = config.flag("clean_up_tokenization_spaces", true);
  config.add_tokens(parts.added_tokens);
  parts.splits_specials = config.splits_specials();
  parts.post_processor = bert_template(id_of(need_special(config, "cls_token"), parts),
                                       id_of(need_special(config, "sep_token"), parts));
  parts.post_processor.set_lengths({config.truncation_side().value_or(TruncationSide::kRight)});
  return parts;
}

}  // namespace

BertParts read_vocab_folder(const std::filesystem::path& vocab_file) {
  const TokenizerConfig config = TokenizerConfig::read(vocab_file.parent_path());
  return with_context(base::cat("reading ", base::quote(vocab_file.string())),
                      [&] { return build(config, read_vocabulary(base::read_file(vocab_file))); });
}

}  // namespace finetune::text
