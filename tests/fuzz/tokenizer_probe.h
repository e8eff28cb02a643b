#pragma once

#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string_view>

#include "claims.h"
#include "text/tokenizer.h"

namespace finetune::fuzz {

/// Encodes `text` in every way and checks what holds for every tokenizer: ids within the
/// vocabulary, offsets within the text and alike in bytes and in code points, no more than
/// max_length, the same ids whatever else is asked for, valid UTF-8 back.
void probe(const text::Tokenizer& tokenizer, std::string_view text, text::EncodeOptions options);

/// probe() of a few texts, alone and as pairs, long and short.
void probe(const text::Tokenizer& tokenizer);

/// Both give the same tokens for `text`, or neither gives any.
void require_alike(const text::Tokenizer& a, const text::Tokenizer& b, std::string_view text);
/// The same for a few texts.
void require_alike(const text::Tokenizer& a, const text::Tokenizer& b);

/// The tokenizer of the document `root` without any of the faster ways, which are chosen by the
/// shape of the document.
std::unique_ptr<text::Tokenizer> make_plain_tokenizer(nlohmann::json root);

}  // namespace finetune::fuzz
