#include "text/byte_tokens.h"

#include <array>
#include <string_view>

namespace finetune::text {

std::vector<int32_t> byte_token_ids(const Vocabulary& vocabulary) {
  static constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::vector<int32_t> ids;
  for (size_t byte = 0; byte < 256; ++byte) {
    const std::array<char, 6> name = {'<', '0', 'x', kDigits[byte / 16], kDigits[byte % 16], '>'};
    ids.push_back(vocabulary.trie().find({name.data(), name.size()}));
  }
  return ids;
}

}  // namespace finetune::text
