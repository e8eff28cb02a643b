#include "text/utf8.h"

#include <algorithm>

namespace finetune::text {
namespace {

/// How many continuation bytes a lead byte asks for, and which range the first of them must lie in
/// (it excludes overlong forms, surrogates and values above U+10FFFF). count 0: not a lead byte.
struct LeadByte {
  uint32_t count;
  unsigned char low;
  unsigned char high;
};

LeadByte classify(unsigned char lead) {
  if (lead >= 0xC2 && lead <= 0xDF) return {1, 0x80, 0xBF};
  if (lead == 0xE0) return {2, 0xA0, 0xBF};
  if (lead == 0xED) return {2, 0x80, 0x9F};
  if (lead >= 0xE1 && lead <= 0xEF) return {2, 0x80, 0xBF};
  if (lead == 0xF0) return {3, 0x90, 0xBF};
  if (lead >= 0xF1 && lead <= 0xF3) return {3, 0x80, 0xBF};
  if (lead == 0xF4) return {3, 0x80, 0x8F};
  return {0, 0, 0};
}

}  // namespace

DecodedChar decode_multibyte(std::string_view bytes) {
  const auto lead = static_cast<unsigned char>(bytes[0]);
  LeadByte shape = classify(lead);
  if (shape.count == 0) return {kReplacement, 1};
  char32_t code_point = lead & (0x3Fu >> shape.count);
  for (uint32_t i = 1; i <= shape.count; ++i) {
    if (i >= bytes.size()) return {kReplacement, i};
    const auto next = static_cast<unsigned char>(bytes[i]);
    if (next < shape.low || next > shape.high) return {kReplacement, i};
    shape.low = 0x80;
    shape.high = 0xBF;
    code_point = (code_point << 6) | (next & 0x3Fu);
  }
  return {code_point, shape.count + 1};
}

int64_t count_chars(std::string_view bytes) {
  int64_t count = 0;
  while (!bytes.empty()) {
    bytes.remove_prefix(decode_char(bytes).length);
    ++count;
  }
  return count;
}

void list_char_starts(std::string_view bytes, std::vector<int32_t>& starts) {
  starts.clear();
  size_t begin = 0;
  for (; begin < bytes.size(); begin += decode_char(bytes.substr(begin)).length) {
    starts.push_back(static_cast<int32_t>(begin));
  }
  starts.push_back(static_cast<int32_t>(begin));
}

std::u32string decode_text(std::string_view bytes) {
  std::u32string text;
  while (!bytes.empty()) {
    const DecodedChar next = decode_char(bytes);
    bytes.remove_prefix(next.length);
    text += next.code_point;
  }
  return text;
}

char32_t last_char(std::string_view bytes) {
  // A character has at most four bytes: the first start that ends exactly here is it.
  for (size_t length = std::min<size_t>(4, bytes.size()); length > 1; --length) {
    const DecodedChar decoded = decode_char(bytes.substr(bytes.size() - length));
    if (decoded.length == length && decoded.code_point != kReplacement) return decoded.code_point;
  }
  return decode_char(bytes.substr(bytes.size() - 1)).code_point;
}

std::string repair_utf8(std::string_view bytes) {
  std::string text;
  text.reserve(bytes.size());
  while (!bytes.empty()) {
    const DecodedChar decoded = decode_char(bytes);
    append_char(text, decoded.code_point);
    bytes.remove_prefix(decoded.length);
  }
  return text;
}

}  // namespace finetune::text
