#include "text/wordpiece_decoder.h"

#include "text/clean_up.h"

namespace finetune::text {

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
  if (cleanup) clean_up_token(text);
  out += text;
}

}  // namespace finetune::text
