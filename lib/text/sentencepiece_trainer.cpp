#include "text/sentencepiece_trainer.h"

#include <sentencepiece_trainer.h>

#include <algorithm>
#include <exception>
#include <unordered_map>

#include "base/error.h"
#include "base/log.h"
#include "base/strings.h"
#include "text/corpus.h"
#include "text/unicode.h"
#include "text/utf8.h"

namespace finetune::text {

namespace {

constexpr size_t kBlockBytes = size_t{1} << 20;
constexpr size_t kMaxLineBytes = 4192;  // the library's default
constexpr char32_t kMetaspace = 0x2581;

/// True where the library's normalizer may leave nothing of a line: its trainer ends the process
/// when that is so of all lines.
bool is_blank(std::string_view line) {
  while (!line.empty()) {
    const DecodedChar decoded = decode_char(line);
    const bool is_invisible = (char_flags(decoded.code_point) & (kSpaceChar | kControlChar)) != 0;
    if (!is_invisible && decoded.code_point != kMetaspace) return false;
    line.remove_prefix(decoded.length);
  }
  return true;
}

/// The lines of a corpus for the library, without their ends; passes over blank and too long ones.
/// What the corpus throws is kept for after the training: the library knows no exceptions.
class LineIterator final : public sentencepiece::SentenceIterator {
 public:
  explicit LineIterator(const std::vector<std::string>& files) : corpus_(files) { advance(); }

  bool done() const override { return is_done_; }
  void Next() override { advance(); }
  const std::string& value() const override { return line_; }
  sentencepiece::util::Status status() const override { return {}; }

  void rethrow() const {
    if (error_) std::rethrow_exception(error_);
  }
  int64_t num_lines() const { return num_lines_; }
  int64_t num_too_long() const { return num_too_long_; }

 private:
  void advance() {
    try {
      while (take_line()) {
        if (line_.size() > kMaxLineBytes) ++num_too_long_;
        if (line_.size() > kMaxLineBytes || is_blank(line_)) continue;
        ++num_lines_;
        return;
      }
    } catch (const Error&) {
      error_ = std::current_exception();
    }
    is_done_ = true;
  }

  bool take_line() {
    if (block_.empty()) block_ = corpus_.next(kBlockBytes);
    if (block_.empty()) return false;
    const size_t end = block_.find('\n');
    line_ = block_.substr(0, end);
    block_.remove_prefix(end == std::string_view::npos ? block_.size() : end + 1);
    if (line_.ends_with('\r')) line_.pop_back();
    return true;
  }

  Corpus corpus_;
  std::string_view block_;
  std::string line_;
  bool is_done_ = false;
  int64_t num_lines_ = 0;
  int64_t num_too_long_ = 0;
  std::exception_ptr error_;
};

using Settings = std::unordered_map<std::string, std::string>;

/// The library splits lists at commas, and quotes as in CSV.
std::string list_text(const std::vector<std::string>& parts) {
  std::string text;
  for (const std::string& part : parts) {
    if (part.find_first_of("\",\n") != std::string::npos || part.empty())
      throw ConfigError(base::cat("special token ", base::quote(part),
                                  ": a SentencePiece model takes none that is empty or holds a "
                                  "comma, a quote or a line end"));
    text += (text.empty() ? "" : ",") + part;
  }
  return text;
}

Settings make_settings(const SentencePieceTrainerOptions& options) {
  const bool is_bpe = options.algorithm == SentencePieceTrainerOptions::Algorithm::kBpe;
  Settings settings = {{"model_type", is_bpe ? "bpe" : "unigram"},
                       {"vocab_size", base::cat(options.vocab_size)},
                       {"character_coverage", base::cat(options.character_coverage)},
                       {"byte_fallback", base::cat(options.byte_fallback)},
                       {"max_sentence_length", base::cat(kMaxLineBytes)},
                       {"minloglevel", "3"},
                       {"normalization_rule_name", options.lowercase ? "nmt_nfkc_cf" : "nmt_nfkc"}};
  if (options.keeps_text) {
    settings["normalization_rule_name"] = options.lowercase ? "nfkc_cf" : "identity";
    settings["split_digits"] = "true";
    settings["remove_extra_whitespaces"] = "false";
    settings["allow_whitespace_only_pieces"] = "true";
  }
  const auto set_special = [&settings](const std::string& name,
                                       const SentencePieceTrainerOptions::Special& special) {
    settings[name + "_id"] = base::cat(special.id);
    settings[name + "_piece"] = special.text;
  };
  set_special("unk", options.unknown);
  set_special("bos", options.bos);
  set_special("eos", options.eos);
  set_special("pad", options.pad);
  if (!options.control_symbols.empty())
    settings["control_symbols"] = list_text(options.control_symbols);
  return settings;
}

/// The number at the end of "... <= 1234." or "... vs 1234. ...", which the library found.
std::string number_after(std::string_view message, std::string_view words) {
  const size_t at = message.find(words);
  if (at == std::string_view::npos) return "";
  const std::string_view rest = message.substr(at + words.size());
  return std::string(rest.substr(0, rest.find_first_not_of("0123456789")));
}

[[noreturn]] void fail(std::string_view message, int64_t vocab_size) {
  if (const std::string most = number_after(message, "set it to a value <= "); !most.empty()) {
    throw DataError(base::cat("the text is too small for a vocabulary of ", vocab_size,
                              " pieces: it gives at most ", most,
                              "; choose a smaller vocabulary size or give more text"));
  }
  if (message.find("smaller than required_chars") != std::string_view::npos) {
    throw ConfigError(base::cat("a vocabulary of ", vocab_size,
                                " pieces has no room for the characters of the text: at least ",
                                number_after(message, " vs "),
                                " are needed; choose a larger vocabulary size or lower the "
                                "character coverage"));
  }
  throw ConfigError(base::cat("SentencePiece cannot train: ", message));
}

void check(const SentencePieceTrainerOptions& options) {
  constexpr int64_t kMostPieces = 10'000'000;
  if (options.vocab_size < 1 || options.vocab_size > kMostPieces)
    throw ConfigError(
        base::cat("vocabulary size ", options.vocab_size, ": expected 1 to ", kMostPieces));
  if (!(options.character_coverage >= 0.98 && options.character_coverage <= 1.0))
    throw ConfigError(
        base::cat("character coverage ", options.character_coverage, ": expected 0.98 to 1"));
}

}  // namespace

std::string train_sentencepiece(const std::vector<std::string>& files,
                                const SentencePieceTrainerOptions& options) {
  check(options);
  LineIterator lines(files);
  lines.rethrow();
  if (lines.done())
    throw DataError(
        "there is no text to train a vocabulary on: every line is blank, or longer than "
        "4192 bytes");
  std::string model;
  const auto status =
      sentencepiece::SentencePieceTrainer::Train(make_settings(options), &lines, &model);
  lines.rethrow();
  if (lines.num_too_long() > 0) {
    base::log_warning(base::cat(lines.num_too_long(), " lines of more than ", kMaxLineBytes,
                                " bytes are left out of the training; split them to have them in"));
  }
  if (!status.ok()) fail(status.message(), options.vocab_size);
  return model;
}

}  // namespace finetune::text
