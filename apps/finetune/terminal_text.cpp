#include "terminal_text.h"

namespace finetune::apps {

namespace {

/// The C1 control characters are U+0080 to U+009F: C2 80 to C2 9F in UTF-8.
bool is_c1_control(std::string_view bytes) {
  return bytes.size() >= 2 && bytes[0] == '\xC2' &&
         (static_cast<unsigned char>(bytes[1]) >> 5) == 4;
}

bool is_c0_control(char c) {
  return (static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\t') || c == '\x7F';
}

std::string escaped(char c) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  const auto byte = static_cast<unsigned char>(c);
  return {'\\', 'x', kDigits[byte >> 4], kDigits[byte & 15]};
}

}  // namespace

std::string terminal_text(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    if (is_c1_control(text.substr(i))) {
      out += escaped(text[++i]);
    } else if (is_c0_control(text[i])) {
      out += escaped(text[i]);
    } else {
      out += text[i];
    }
  }
  return out;
}

}  // namespace finetune::apps
