#include "tokenizer_probe.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <string>

#include "base/random.h"
#include "base/strings.h"
#include "text/json_node.h"
#include "text/subword_sampler.h"
#include "text/tokenizer_json.h"

namespace finetune::fuzz {
namespace {

using nlohmann::json;
using text::EncodeOptions;
using text::Encoding;
using text::OffsetUnit;
using text::Tokenizer;

constexpr std::array<std::string_view, 6> kTexts = {
    "",
    " Hello, w\u00f6rld!\n<s> [MASK]</s> \u4e2d\u6587 12,5  it's e\u0301 ",
    "\xFF\xC3 a\xED\xA0\x80\xE2\x96",
    "\u2581\u2581a b \u0120ab abab aab  ba",
    "\u00c5\ufb01\u0130\u1e9e\u03a3 \u0e01\u0e33\u1100\u1161\u11a8\U0001F468\u200D\U0001F469",
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
    "aab"};

/// [characters + 1] of valid UTF-8: where each begins, then the end.
std::vector<int32_t> char_starts(std::string_view text) {
  std::vector<int32_t> starts;
  for (size_t i = 0; i < text.size(); ++i) {
    if ((static_cast<unsigned char>(text[i]) & 0xC0) != 0x80) {
      starts.push_back(static_cast<int32_t>(i));
    }
  }
  starts.push_back(static_cast<int32_t>(text.size()));
  return starts;
}

void check_ids(const Tokenizer& tokenizer, const Encoding& encoding, const EncodeOptions& options) {
  const size_t size = encoding.ids.size();
  require(options.max_length == 0 || size <= static_cast<size_t>(options.max_length),
          "an encoding is no longer than max_length");
  require(encoding.type_ids.size() == size, "every token has a type");
  require(encoding.num_cut >= 0, "what is cut is counted");
  for (const int32_t id : encoding.ids) {
    require(id >= 0 && id < tokenizer.vocab_size(), "ids lie within the vocabulary");
  }
}

void check_offsets(const Encoding& encoding, size_t length) {
  require(encoding.offsets.size() == encoding.ids.size(), "every token has offsets");
  require(encoding.special_mask.size() == encoding.ids.size(), "every token has a mask");
  require(encoding.word_ids.size() == encoding.ids.size(), "every token has a word");
  for (const auto& [begin, end] : encoding.offsets) {
    require(begin >= 0 && begin <= end && static_cast<size_t>(end) <= length,
            "offsets lie within the text");
  }
}

/// Offsets in bytes are those in code points, counted otherwise.
void check_byte_offsets(const Tokenizer& tokenizer, std::string_view text, EncodeOptions options,
                        const Encoding& in_chars) {
  options.offset_unit = OffsetUnit::kBytes;
  Encoding in_bytes;
  tokenizer.encode(text, options, in_bytes);
  check_offsets(in_bytes, text.size());
  if (!base::is_valid_utf8(text)) return;
  const std::vector<int32_t> starts = char_starts(text);
  for (size_t i = 0; i < in_bytes.offsets.size(); ++i) {
    const auto [begin, end] = in_chars.offsets[i];
    require(starts[static_cast<size_t>(begin)] == in_bytes.offsets[i].first &&
                starts[static_cast<size_t>(end)] == in_bytes.offsets[i].second,
            "offsets in bytes and in code points say the same");
  }
}

void probe_sampling(const Tokenizer& tokenizer, std::string_view text) {
  for (const int32_t nbest : {-1, 3}) {
    const base::RandomStream stream(1, base::StreamPurpose::kDataOrder);
    text::SubwordSampler sampler({0.3, nbest}, stream);
    Encoding drawn;
    if (accepts([&] { tokenizer.sample(text, {}, sampler, drawn); })) {
      check_ids(tokenizer, drawn, {});
    }
  }
}

bool is_same(const Encoding& a, const Encoding& b) {
  return a.ids == b.ids && a.type_ids == b.type_ids && a.offsets == b.offsets &&
         a.word_ids == b.word_ids && a.special_mask == b.special_mask;
}

}  // namespace

void probe(const Tokenizer& tokenizer, std::string_view text, EncodeOptions options) {
  options.want_offsets = true;
  options.want_word_ids = true;
  options.want_overflowing = options.max_length > 0;
  options.offset_unit = OffsetUnit::kCodePoints;
  Encoding full;
  if (!accepts([&] { tokenizer.encode(text, options, full); })) return;
  check_ids(tokenizer, full, options);
  check_offsets(full, text.size());
  for (const Encoding& window : full.overflowing) check_offsets(window, text.size());
  if (base::is_valid_utf8(text)) check_offsets(full, char_starts(text).size() - 1);
  check_byte_offsets(tokenizer, text, options, full);
  EncodeOptions ids_only = options;
  ids_only.want_offsets = ids_only.want_word_ids = ids_only.want_overflowing = false;
  Encoding bare;
  tokenizer.encode(text, ids_only, bare);
  require(bare.ids == full.ids, "ids do not depend on what else is wanted");
  for (const bool skip : {false, true}) {
    require(base::is_valid_utf8(tokenizer.decode(full.ids, skip)), "decoded text is UTF-8");
  }
}

void probe(const Tokenizer& tokenizer) {
  EncodeOptions options;
  for (const std::string_view text : kTexts) probe(tokenizer, text, options);
  options.add_special_tokens = false;
  options.max_length = 5;
  options.stride = 2;
  probe(tokenizer, kTexts[1], options);
  options.side = text::TruncationSide::kLeft;
  options.want_offsets = options.want_word_ids = options.want_overflowing = true;
  Encoding pair;
  if (accepts([&] { tokenizer.encode_pair(kTexts[1], kTexts[3], options, pair); })) {
    check_ids(tokenizer, pair, options);
    check_offsets(pair, std::max(kTexts[1].size(), kTexts[3].size()));
  }
  for (const std::string_view text : kTexts) probe_sampling(tokenizer, text);
  std::vector<int32_t> ids(static_cast<size_t>(std::min(tokenizer.vocab_size(), 300)));
  for (size_t i = 0; i < ids.size(); ++i) ids[i] = static_cast<int32_t>(i);
  require(base::is_valid_utf8(tokenizer.decode(ids, true)), "decoded text is UTF-8");
  require(!tokenizer.description().empty(), "a tokenizer describes itself");
}

void require_alike(const Tokenizer& a, const Tokenizer& b, std::string_view text) {
  EncodeOptions options;
  options.want_offsets = options.want_word_ids = true;
  Encoding one, other;
  if (!accepts([&] { a.encode(text, options, one); })) return;  // limits of an expression
  if (!accepts([&] { b.encode(text, options, other); })) return;
  require(is_same(one, other), "a faster way gives the same tokens");
  require(a.decode(one.ids, false) == b.decode(one.ids, false), "both decode alike");
}

void require_alike(const Tokenizer& a, const Tokenizer& b) {
  for (const std::string_view text : kTexts) require_alike(a, b, text);
}

std::unique_ptr<Tokenizer> make_plain_tokenizer(json root) {
  json parts = json::array();
  if (root.contains("pre_tokenizer") && !root["pre_tokenizer"].is_null()) {
    parts.push_back(std::move(root["pre_tokenizer"]));
  }
  root["pre_tokenizer"] = {{"type", "Sequence"}, {"pretokenizers", std::move(parts)}};
  return text::make_tokenizer(text::JsonNode(root));
}

}  // namespace finetune::fuzz
