#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace finetune::metrics {

/// The tokenizers of sacreBLEU 2.6.0 that need no model:
///   13a   mteval-v13a, the default: ASCII punctuation apart, numbers whole
///   intl  mteval-v14: every punctuation mark and symbol of Unicode apart
///   zh    Chinese characters apart, the rest as 13a
///   char  every character a token
///   none  words as they stand
enum class BleuTokenizer { k13a, kIntl, kZh, kChar, kNone };

/// "13a", "intl", ... in the order of the enumeration.
const std::vector<std::string>& bleu_tokenizer_names();

/// Its name as signatures print it.
const std::string& bleu_tokenizer_name(BleuTokenizer tokenizer);

/// The tokenizer of that name; throws ConfigError for another.
BleuTokenizer bleu_tokenizer(std::string_view name);

/// `line` with spaces between the tokens: split_words() of it gives them.
std::u32string bleu_tokenize(BleuTokenizer tokenizer, std::u32string_view line);

}  // namespace finetune::metrics
