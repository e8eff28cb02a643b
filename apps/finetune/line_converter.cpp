#include "line_converter.h"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <vector>

#include "base/error.h"
#include "base/json.h"
#include "base/strings.h"
#include "line_texts.h"

namespace finetune::apps {

namespace {

void append_number(int32_t number, std::string& out) {
  char digits[12];
  const auto end = std::to_chars(digits, digits + sizeof(digits), number).ptr;
  out.append(digits, end);
}

void append_json_string(std::string_view text, std::string& out) {
  const auto is_plain = [](char c) { return c >= ' ' && c < '\x7F' && c != '"' && c != '\\'; };
  if (std::ranges::all_of(text, is_plain)) {
    out += '"';
    out += text;
    out += '"';
  } else {
    out += base::dump_json(std::string(text));
  }
}

nlohmann::json parse_line(const std::string& line) {
  try {
    return base::parse_json(line, "the line");
  } catch (const CheckpointError& error) {
    throw DataError(error.chain().back());
  }
}

}  // namespace

LineConverter::LineConverter(const text::Tokenizer& tokenizer, const TokenizeArguments& arguments)
    : tokenizer_(tokenizer), arguments_(arguments) {
  options_.add_special_tokens = arguments.adds_special_tokens;
  options_.max_length = arguments.max_length;
  options_.want_offsets = arguments.prints_offsets || !arguments.prints_ids;
  const bool obeys_file =
      arguments.max_length == 0 && !std::filesystem::is_directory(arguments.tokenizer);
  if (!obeys_file) return;
  lengths_ = tokenizer.length_settings();
  text::set_truncation(lengths_, options_);
}

void LineConverter::convert(const std::string& line, int64_t line_number, std::string& out) {
  with_context(base::cat("standard input:", line_number), [&] {
    if (arguments_.decodes) {
      decode(line, out);
      return;
    }
    encode(line);
    if (arguments_.prints_ids || arguments_.prints_tokens || arguments_.prints_offsets) {
      append_columns(out);
    } else {
      append_object(out);
    }
  });
}

void LineConverter::encode(const std::string& line) {
  if (arguments_.is_json) {
    encode_json(line);
    return;
  }
  if (!arguments_.has_pairs) {
    encode_text(line);
    return;
  }
  const auto [text, text_pair] = split_pair(line);
  encode_pair(text, text_pair);
}

void LineConverter::encode_text(std::string_view text) {
  tokenizer_.encode(text, options_, encoding_);
  pad();
}

void LineConverter::encode_pair(std::string_view first, std::string_view second) {
  tokenizer_.encode_pair(first, second, options_, encoding_);
  pad();
}

void LineConverter::pad() {
  const auto added = static_cast<size_t>(text::pad(lengths_, options_, encoding_));
  const bool is_left = added > 0 && lengths_.padding->is_left;
  text_begin_ = is_left ? added : 0;
  text_end_ = encoding_.ids.size() - (is_left ? 0 : added);
}

std::string_view LineConverter::token(size_t index) const {
  const bool is_padding = index < text_begin_ || index >= text_end_;
  return is_padding ? lengths_.padding->token : tokenizer_.token(encoding_.ids[index]);
}

void LineConverter::encode_json(const std::string& line) {
  const nlohmann::json value = parse_line(line);
  const auto is_text = [](const nlohmann::json& part) { return part.is_string(); };
  if (value.is_string() && !arguments_.has_pairs) {
    encode_text(value.get_ref<const std::string&>());
  } else if (value.is_array() && value.size() == 2 && std::ranges::all_of(value, is_text)) {
    encode_pair(value[0].get_ref<const std::string&>(), value[1].get_ref<const std::string&>());
  } else {
    throw DataError(arguments_.has_pairs ? "--json --pair: expected an array of two strings"
                                         : "--json: expected a string or an array of two");
  }
}

void LineConverter::decode(const std::string& line, std::string& out) const {
  std::vector<int32_t> ids;
  for (const std::string& word : base::split(base::trim(line), ' ')) {
    if (word.empty()) continue;
    const auto id = base::parse_int64(word);
    if (!id || *id < 0 || *id >= tokenizer_.vocab_size()) {
      throw DataError(base::cat(base::quote(word), " is no token id; expected numbers from 0 to ",
                                tokenizer_.vocab_size() - 1));
    }
    ids.push_back(static_cast<int32_t>(*id));
  }
  const std::string text =
      tokenizer_.decode(ids, /*skip_special_tokens=*/!arguments_.adds_special_tokens);
  if (arguments_.is_json) {
    append_json_string(text, out);
  } else {
    out += text;
  }
}

void LineConverter::append_ids(char separator, std::string& out) const {
  for (size_t i = 0; i < encoding_.ids.size(); ++i) {
    if (i > 0) out += separator;
    append_number(encoding_.ids[i], out);
  }
}

void LineConverter::append_object(std::string& out) const {
  out += "{\"ids\":[";
  append_ids(',', out);
  out += "],\"tokens\":[";
  for (size_t i = 0; i < encoding_.ids.size(); ++i) {
    if (i > 0) out += ',';
    append_json_string(token(i), out);
  }
  out += "],\"offsets\":[";
  for (size_t i = 0; i < encoding_.offsets.size(); ++i) {
    out += i > 0 ? ",[" : "[";
    append_number(encoding_.offsets[i].first, out);
    out += ',';
    append_number(encoding_.offsets[i].second, out);
    out += ']';
  }
  out += "]}";
}

void LineConverter::append_columns(std::string& out) const {
  bool is_first = true;
  const auto begin_column = [&] {
    if (!is_first) out += '\t';
    is_first = false;
  };
  if (arguments_.prints_ids) {
    begin_column();
    append_ids(' ', out);
  }
  if (arguments_.prints_tokens) {
    begin_column();
    for (size_t i = 0; i < encoding_.ids.size(); ++i) {
      if (i > 0) out += ' ';
      out += token(i);
    }
  }
  if (!arguments_.prints_offsets) return;
  begin_column();
  for (size_t i = 0; i < encoding_.offsets.size(); ++i) {
    if (i > 0) out += ' ';
    append_number(encoding_.offsets[i].first, out);
    out += '-';
    append_number(encoding_.offsets[i].second, out);
  }
}

}  // namespace finetune::apps
