#include "text/json_vocabulary.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/json.h"
#include "base/strings.h"
#include "text/json_scanner.h"

namespace finetune::text {
namespace {

using Tokens = std::vector<std::pair<std::string, int32_t>>;
using MergePair = std::pair<std::string, std::string>;

/// Lists of merges used to be files of lines, headed by one of these.
constexpr std::string_view kMergesHeader = "#version";

struct TextRange {
  size_t begin, end;
};

/// What stands between the brackets of a table: `take` reads one entry.
template <class Take>
TextRange read_entries(JsonScanner& scanner, char open, char close, Take&& take) {
  scanner.expect(open);
  const size_t begin = scanner.position();
  if (scanner.peek() != close) {
    do {
      take();
    } while (scanner.accept(','));
  }
  scanner.expect(close);
  return {begin, scanner.position() - 1};
}

TextRange scan_tokens(JsonScanner& scanner, int32_t largest_id, Tokens& tokens) {
  return read_entries(scanner, '{', '}', [&] {
    std::string token = scanner.string();
    scanner.expect(':');
    tokens.emplace_back(std::move(token), scanner.integer(largest_id));
  });
}

TextRange scan_scored_tokens(JsonScanner& scanner, int32_t largest_id, JsonVocabulary& out) {
  return read_entries(scanner, '[', ']', [&] {
    if (out.tokens.size() > static_cast<size_t>(largest_id)) throw NotPlainJson();
    scanner.expect('[');
    out.tokens.emplace_back(scanner.string(), static_cast<int32_t>(out.tokens.size()));
    scanner.expect(',');
    out.scores.push_back(scanner.number());
    scanner.expect(']');
  });
}

/// Nothing for a line that is no merge; an empty left part where it is malformed.
std::optional<MergePair> split_merge(std::string_view line) {
  if (line.starts_with(kMergesHeader)) return std::nullopt;
  const size_t space = line.find(' ');
  if (space == std::string_view::npos || line.find(' ', space + 1) != std::string_view::npos) {
    return MergePair{};
  }
  return MergePair{line.substr(0, space), line.substr(space + 1)};
}

TextRange scan_merges(JsonScanner& scanner, std::vector<MergePair>& merges) {
  return read_entries(scanner, '[', ']', [&] {
    if (scanner.peek() == '"') {
      std::optional<MergePair> merge = split_merge(scanner.string());
      if (!merge) return;
      if (merge->first.empty()) throw NotPlainJson();
      merges.push_back(std::move(*merge));
      return;
    }
    scanner.expect('[');
    std::string left = scanner.string();
    scanner.expect(',');
    merges.emplace_back(std::move(left), scanner.string());
    scanner.expect(']');
  });
}

/// Moves the scanner to the value of `key` in the object that starts here.
void enter(JsonScanner& scanner, std::string_view key) {
  scanner.expect('{');
  while (scanner.peek() == '"') {
    const std::string_view found = scanner.raw_string();
    scanner.expect(':');
    if (found == key) return;
    scanner.skip_value();
    if (!scanner.accept(',')) break;
  }
  throw NotPlainJson();
}

/// The text without the tables, of which only the line breaks stay.
std::string without(std::string_view json, std::vector<TextRange>& tables) {
  std::string rest;
  size_t done = 0;
  for (const TextRange& table : tables) {
    rest += json.substr(done, table.begin - done);
    const std::string_view cut = json.substr(table.begin, table.end - table.begin);
    rest.append(static_cast<size_t>(std::count(cut.begin(), cut.end(), '\n')), '\n');
    done = table.end;
  }
  return rest += json.substr(done);
}

JsonVocabulary extract(std::string_view json, int32_t largest_id) {
  JsonScanner scanner(json);
  enter(scanner, "model");
  scanner.expect('{');
  JsonVocabulary result;
  std::vector<TextRange> tables;
  bool has_vocabulary = false;
  bool has_merges = false;
  do {
    const std::string_view key = scanner.raw_string();
    scanner.expect(':');
    if (key == "vocab" && !has_vocabulary) {
      has_vocabulary = true;
      tables.push_back(scanner.peek() == '[' ? scan_scored_tokens(scanner, largest_id, result)
                                             : scan_tokens(scanner, largest_id, result.tokens));
    } else if (key == "merges" && !has_merges) {
      has_merges = true;
      tables.push_back(scan_merges(scanner, result.merges));
    } else {
      scanner.skip_value();
    }
  } while (scanner.accept(','));
  scanner.expect('}');
  if (result.tokens.empty()) throw NotPlainJson();
  for (const TextRange& table : tables) {
    if (!base::is_valid_utf8(json.substr(table.begin, table.end - table.begin))) {
      throw NotPlainJson();
    }
  }
  result.rest = without(json, tables);
  return result;
}

Tokens read_tokens(const JsonNode& node, int32_t largest_id) {
  Tokens tokens;
  for (const auto& [token, id] : node.members()) {
    tokens.emplace_back(token, static_cast<int32_t>(id.integer(0, largest_id)));
  }
  return tokens;
}

void read_scored_tokens(const JsonNode& node, int32_t largest_id, JsonVocabulary& out) {
  for (const JsonNode& item : node.items()) {
    const std::vector<JsonNode> parts = item.items();
    if (parts.size() != 2 || !parts[1].value().is_number()) {
      item.fail("expected a token and its score");
    }
    if (out.tokens.size() > static_cast<size_t>(largest_id)) item.fail("too many tokens");
    out.tokens.emplace_back(parts[0].string(), static_cast<int32_t>(out.tokens.size()));
    out.scores.push_back(parts[1].value().get<double>());
  }
}

std::optional<MergePair> read_merge(const JsonNode& item) {
  if (!item.value().is_string()) {
    const std::vector<JsonNode> parts = item.items();
    if (parts.size() != 2) item.fail("expected two tokens");
    return MergePair{parts[0].string(), parts[1].string()};
  }
  std::optional<MergePair> merge = split_merge(item.string());
  if (merge && merge->first.empty()) item.fail("expected two tokens with one space between them");
  return merge;
}

}  // namespace

std::optional<JsonVocabulary> extract_vocabulary(std::string_view json, int32_t largest_id) {
  try {
    return extract(json, largest_id);
  } catch (const NotPlainJson&) {
    return std::nullopt;
  }
}

JsonVocabulary read_vocabulary(const JsonNode& model, int32_t largest_id) {
  JsonVocabulary result;
  const JsonNode vocabulary = model.at("vocab");
  if (vocabulary.value().is_array()) {
    read_scored_tokens(vocabulary, largest_id, result);
  } else {
    result.tokens = read_tokens(vocabulary, largest_id);
  }
  if (const auto merges = model.find("merges")) {
    for (const JsonNode& item : merges->items()) {
      if (std::optional<MergePair> merge = read_merge(item)) result.merges.push_back(*merge);
    }
  }
  return result;
}

std::vector<std::pair<std::string, int32_t>> read_vocabulary_file(std::string_view json,
                                                                  const std::string& name,
                                                                  int32_t largest_id) {
  try {
    JsonScanner scanner(json);
    Tokens tokens;
    scan_tokens(scanner, largest_id, tokens);
    scanner.expect_end();
    if (base::is_valid_utf8(json)) return tokens;
  } catch (const NotPlainJson&) {
  }
  const nlohmann::json value = base::parse_json(json, name);
  return with_context(base::cat("reading ", base::quote(name)),
                      [&] { return read_tokens(JsonNode(value), largest_id); });
}

}  // namespace finetune::text
