#include "text/clean_up.h"

#include <array>
#include <utility>

namespace finetune::text {
namespace {

using namespace std::string_view_literals;
using Rule = std::pair<std::string_view, std::string_view>;

constexpr std::array kPunctuation = {
    Rule{" ."sv, "."sv},  Rule{" ?"sv, "?"sv},     Rule{" !"sv, "!"sv},  Rule{" ,"sv, ","sv},
    Rule{" ' "sv, "'"sv}, Rule{" n't"sv, "n't"sv}, Rule{" 'm"sv, "'m"sv}};
constexpr Rule kDoNot = {" do not"sv, " don't"sv};
constexpr std::array kEndings = {Rule{" 's"sv, "'s"sv}, Rule{" 've"sv, "'ve"sv},
                                 Rule{" 're"sv, "'re"sv}};

template <class Rules>
void apply(const Rules& rules, std::string& text) {
  for (const auto& [from, to] : rules) replace_all(text, from, to);
}

}  // namespace

void replace_all(std::string& text, std::string_view from, std::string_view to) {
  size_t found = text.find(from);
  if (found == std::string::npos) return;
  std::string out;
  size_t done = 0;
  for (; found != std::string::npos; found = text.find(from, done)) {
    out.append(text, done, found - done).append(to);
    done = found + from.size();
  }
  out.append(text, done);
  text = std::move(out);
}

void clean_up_spaces(std::string& text) {
  apply(kPunctuation, text);
  apply(kEndings, text);
}

void clean_up_token(std::string& token) {
  apply(kPunctuation, token);
  apply(std::array{kDoNot}, token);
  apply(kEndings, token);
}

}  // namespace finetune::text
