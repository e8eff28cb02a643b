#include "text/byte_alphabet.h"

#include "text/utf8.h"

namespace finetune::text {
namespace {

constexpr bool stands_for_itself(uint32_t byte) {
  return (byte >= '!' && byte <= '~') || (byte >= 0xA1 && byte <= 0xAC) || byte >= 0xAE;
}

constexpr std::array<char32_t, 256> make_alphabet() {
  std::array<char32_t, 256> letters{};
  char32_t next = 0x100;
  for (uint32_t byte = 0; byte < 256; ++byte) {
    letters[byte] = stands_for_itself(byte) ? byte : next++;
  }
  return letters;
}

constexpr size_t kNumLetters = 0x100 + 68;

constexpr std::array<int16_t, kNumLetters> make_bytes() {
  std::array<int16_t, kNumLetters> bytes{};
  for (int16_t& byte : bytes) byte = -1;
  const std::array<char32_t, 256> letters = make_alphabet();
  for (uint32_t byte = 0; byte < 256; ++byte) {
    bytes[letters[byte]] = static_cast<int16_t>(byte);
  }
  return bytes;
}

constexpr std::array<char32_t, 256> kLetters = make_alphabet();
constexpr std::array<int16_t, kNumLetters> kBytes = make_bytes();

}  // namespace

const std::array<char32_t, 256>& byte_alphabet() { return kLetters; }

int32_t byte_of(char32_t letter) { return letter < kNumLetters ? kBytes[letter] : -1; }

bool append_spelled_bytes(std::string_view token, std::string& out) {
  const size_t size_before = out.size();
  for (size_t at = 0; at < token.size();) {
    const DecodedChar decoded = decode_char(token.substr(at));
    const int32_t byte = byte_of(decoded.code_point);
    if (byte < 0) {
      out.resize(size_before);
      return false;
    }
    out += static_cast<char>(byte);
    at += decoded.length;
  }
  return true;
}

}  // namespace finetune::text
