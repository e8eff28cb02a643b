#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/files.h"
#include "base/strings.h"
#include "text/base64.h"
#include "text/generated_merges.h"
#include "text/sentencepiece_model.h"
#include "text/slow_document.h"
#include "text/template_json.h"
#include "text/unicode_categories.h"
#include "text/utf8.h"

namespace finetune::text {
namespace {

using nlohmann::json;
using PieceKind = SentencePieceModel::PieceKind;

constexpr const char* kUnderline = "\u2581";

/// A folder's model and what its class makes of it.
struct Source {
  SentencePieceModel model;
  const TokenizerConfig& config;
  Conversion conversion;

  bool adds_prefix_space() const { return config.flag("add_prefix_space", true); }
  bool is_legacy() const { return !config.has("legacy") || config.flag("legacy", true); }
  /// AlbertTokenizer and XLMRobertaTokenizer know nothing of "legacy" and "add_prefix_space".
  bool knows_legacy() const {
    return conversion == Conversion::kT5 || conversion == Conversion::kLlama;
  }
  std::string prepend_scheme() const {
    if (knows_legacy() && !adds_prefix_space()) return "never";
    return knows_legacy() && !is_legacy() ? "first" : "always";
  }
};

/// str.isdigit of Python.
bool is_digit(char32_t c) {
  constexpr std::array<std::pair<char32_t, char32_t>, 20> kOthers = {
      {{0xB2, 0xB3},       {0xB9, 0xB9},       {0x1369, 0x1371},   {0x19DA, 0x19DA},
       {0x2070, 0x2070},   {0x2074, 0x2079},   {0x2080, 0x2089},   {0x2460, 0x2468},
       {0x2474, 0x247C},   {0x2488, 0x2490},   {0x24EA, 0x24EA},   {0x24F5, 0x24FD},
       {0x24FF, 0x24FF},   {0x2776, 0x277E},   {0x2780, 0x2788},   {0x278A, 0x2792},
       {0x10A40, 0x10A43}, {0x10E60, 0x10E68}, {0x11052, 0x1105A}, {0x1F100, 0x1F10A}}};
  return category(c) == Category::kNd ||
         std::any_of(kOthers.begin(), kOthers.end(),
                     [c](const auto& range) { return c >= range.first && c <= range.second; });
}

/// "3,": ALBERT would rather have the number and the comma apart.
bool is_number_with_comma(std::string_view piece) {
  if (!piece.ends_with(",") || piece.size() < 2) return false;
  piece.remove_suffix(1);
  return is_digit(last_char(piece));
}

/// Token strings and scores in the order of their ids.
class TableBuilder {
 public:
  explicit TableBuilder(JsonVocabulary& tables) : tables_(tables) {}

  void add(const std::string& token, double score) {
    tables_.tokens.emplace_back(token, static_cast<int32_t>(tables_.tokens.size()));
    tables_.scores.push_back(score);
  }
  void add_pieces(const SentencePieceModel& model, size_t first) {
    for (size_t i = first; i < model.pieces.size(); ++i) {
      add(model.pieces[i].text, static_cast<double>(model.pieces[i].score));
    }
  }

 private:
  JsonVocabulary& tables_;
};

/// The token that a slow Llama tokenizer has at the place of a piece.
std::string name_of_first(const Source& source, size_t id) {
  for (const auto& [listed, token] : source.config.listed_tokens()) {
    if (listed == static_cast<int64_t>(id)) return token.content;
  }
  if (id >= source.model.pieces.size()) {
    throw CheckpointError("the model has fewer than three pieces");
  }
  return source.model.pieces[id].text;
}

int64_t num_extra_ids(const TokenizerConfig& config) {
  return config.number("extra_ids", 100, 100'000);
}

JsonVocabulary make_tables(const Source& source) {
  JsonVocabulary tables;
  TableBuilder table(tables);
  switch (source.conversion) {
    case Conversion::kXlmRoberta:
      for (const char* token : {"<s>", "<pad>", "</s>", "<unk>"}) table.add(token, 0);
      table.add_pieces(source.model, 3);
      table.add("<mask>", 0);
      break;
    case Conversion::kLlama:
      for (size_t id = 0; id < 3; ++id) table.add(name_of_first(source, id), 0);
      table.add_pieces(source.model, 3);
      break;
    case Conversion::kT5:
      table.add_pieces(source.model, 0);
      for (int64_t i = num_extra_ids(source.config); i-- > 0;) {
        table.add(base::cat("<extra_id_", i, ">"), 0);
      }
      break;
    default:
      table.add_pieces(source.model, 0);
      break;
  }
  if (source.conversion == Conversion::kAlbert) {
    for (size_t i = 0; i < tables.tokens.size(); ++i) {
      if (is_number_with_comma(tables.tokens[i].first)) tables.scores[i] -= 100;
    }
  }
  return tables;
}

int64_t unknown_id(const Source& source) {
  switch (source.conversion) {
    case Conversion::kXlmRoberta:
      return 3;
    case Conversion::kLlama:
      return 0;
    default:
      return source.model.unknown_id;
  }
}

json make_model(const Source& source, JsonVocabulary& tables) {
  const bool byte_fallback = source.conversion == Conversion::kLlama;
  if (source.model.algorithm == SentencePieceModel::Algorithm::kUnigram) {
    return {{"type", "Unigram"},
            {"unk_id", unknown_id(source)},
            {"vocab", json::array()},
            {"byte_fallback", byte_fallback}};
  }
  if (source.model.algorithm != SentencePieceModel::Algorithm::kBpe) {
    throw CheckpointError(
        "the model is neither a Unigram nor a BPE model: no fast tokenizer can "
        "be made of it");
  }
  tables.merges = generate_merges(source.model, tables);
  tables.scores.clear();
  return {{"type", "BPE"},
          {"dropout", nullptr},
          {"unk_token", source.model.unknown_piece},
          {"continuing_subword_prefix", nullptr},
          {"end_of_word_suffix", nullptr},
          {"fuse_unk", true},
          {"byte_fallback", byte_fallback},
          {"ignore_merges", false},
          {"vocab", json::object()},
          {"merges", json::array()}};
}

json replace(const char* kind, const char* pattern, const char* content) {
  return {{"type", "Replace"}, {"pattern", {{kind, pattern}}}, {"content", content}};
}

json sequence(const char* key, json parts) {
  return {{"type", "Sequence"}, {key, std::move(parts)}};
}

void add_precompiled(const Source& source, json& parts) {
  const std::string& charsmap = source.model.charsmap;
  if (charsmap.empty()) return;
  parts.push_back({{"type", "Precompiled"}, {"precompiled_charsmap", encode_base64(charsmap)}});
}

json albert_normalizer(const Source& source) {
  json parts = {replace("String", "``", "\""), replace("String", "''", "\"")};
  if (!source.config.flag("keep_accents", false)) {
    parts.push_back({{"type", "NFKD"}});
    parts.push_back({{"type", "StripAccents"}});
  }
  if (source.config.flag("do_lower_case", true)) parts.push_back({{"type", "Lowercase"}});
  add_precompiled(source, parts);
  parts.push_back(replace("Regex", " {2,}", " "));
  return sequence("normalizers", parts);
}

json llama_normalizer(const Source& source) {
  if (!source.is_legacy()) return nullptr;
  json parts = json::array();
  if (source.adds_prefix_space()) parts.push_back({{"type", "Prepend"}, {"prepend", kUnderline}});
  parts.push_back(replace("String", " ", kUnderline));
  return sequence("normalizers", parts);
}

json make_normalizer(const Source& source) {
  if (source.conversion == Conversion::kAlbert) return albert_normalizer(source);
  if (source.conversion == Conversion::kLlama) return llama_normalizer(source);
  json parts = json::array();
  add_precompiled(source, parts);
  parts.push_back({{"type", "Strip"}, {"strip_left", false}, {"strip_right", true}});
  parts.push_back(replace("Regex", " {2,}", kUnderline));
  return sequence("normalizers", parts);
}

json metaspace(const Source& source, bool split) {
  return {{"type", "Metaspace"},
          {"replacement", kUnderline},
          {"prepend_scheme", source.prepend_scheme()},
          {"split", split}};
}

json make_pre_tokenizer(const Source& source) {
  if (source.conversion != Conversion::kLlama) return metaspace(source, true);
  return source.is_legacy() ? json(nullptr) : metaspace(source, false);
}

json make_decoder(const Source& source) {
  if (source.conversion != Conversion::kLlama) return metaspace(source, true);
  json parts = {replace("String", kUnderline, " "), {{"type", "ByteFallback"}}, {{"type", "Fuse"}}};
  if (source.adds_prefix_space()) {
    parts.push_back({{"type", "Strip"}, {"content", " "}, {"start", 1}, {"stop", 0}});
  }
  return sequence("decoders", parts);
}

json make_post_processor(const Source& source, const JsonVocabulary& tables) {
  const TemplateStep first{"A", 0, true}, second{"B", 0, true}, second_type{"B", 1, true};
  const auto ids = [&](const std::vector<std::string>& contents) {
    return slow_ids(contents, tables, source.config);
  };
  switch (source.conversion) {
    case Conversion::kT5: {
      const TemplateStep end{"</s>"};
      return make_template({first, end}, {first, end, second, end}, ids({"</s>"}));
    }
    case Conversion::kXlmRoberta: {
      const TemplateStep start{"<s>"}, end{"</s>"};
      return make_template({start, first, end}, {start, first, end, end, second, end},
                           ids({"<s>", "</s>"}));
    }
    case Conversion::kAlbert:
    case Conversion::kBigBird: {
      const TemplateStep start{"[CLS]"}, end{"[SEP]"}, second_end{"[SEP]", 1};
      return make_template({start, first, end}, {start, first, end, second_type, second_end},
                           ids({"[CLS]", "[SEP]"}));
    }
    default:
      return nullptr;
  }
}

/// Control pieces and pieces defined by the user are cut out of the text.
std::vector<AddedToken> listed_pieces(const SentencePieceModel& model) {
  std::vector<AddedToken> tokens;
  for (const SentencePieceModel::Piece& piece : model.pieces) {
    if (piece.kind != PieceKind::kControl && piece.kind != PieceKind::kUserDefined) continue;
    tokens.push_back({piece.text});
    tokens.back().special = piece.kind == PieceKind::kControl;
  }
  return tokens;
}

}  // namespace

SlowDocument convert_sentencepiece(const std::filesystem::path& file,
                                   const TokenizerConfig& config) {
  return with_context(base::cat("reading ", base::quote(file.string())), [&] {
    const Source source{SentencePieceModel::parse(base::read_file(file)), config,
                        config.known_class()->conversion};
    SlowDocument document(make_tables(source));
    json& root = *document.root;
    root["post_processor"] = make_post_processor(source, document.tables);
    root["model"] = make_model(source, document.tables);
    root["normalizer"] = make_normalizer(source);
    root["pre_tokenizer"] = make_pre_tokenizer(source);
    root["decoder"] = make_decoder(source);
    document.added_tokens = listed_pieces(source.model);
    return document;
  });
}

}  // namespace finetune::text
