#include "text/wordpiece_decoder.h"

#include <array>
#include <utility>

namespace finetune::text {
namespace {

void replace_all(std::string& text, std::string_view from, std::string_view to) {
  for (size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
}

void clean_up(std::string& text) {
  using namespace std::string_view_literals;
  static constexpr std::array kRules = {
      std::pair{" ."sv, "."sv},    std::pair{" ?"sv, "?"sv},
      std::pair{" !"sv, "!"sv},    std::pair{" ,"sv, ","sv},
      std::pair{" ' "sv, "'"sv},   std::pair{" n't"sv, "n't"sv},
      std::pair{" 'm"sv, "'m"sv},  std::pair{" do not"sv, " don't"sv},
      std::pair{" 's"sv, "'s"sv},  std::pair{" 've"sv, "'ve"sv},
      std::pair{" 're"sv, "'re"sv}};
  for (const auto& [from, to] : kRules) replace_all(text, from, to);
}

}  // namespace

void WordPieceDecoder::append(std::string_view token, bool is_first, std::string& out) const {
  std::string text;
  if (is_first) {
    text = token;
  } else if (token.starts_with(prefix)) {
    text = token.substr(prefix.size());
  } else {
    text = " ";
    text += token;
  }
  if (cleanup) clean_up(text);
  out += text;
}

}  // namespace finetune::text
