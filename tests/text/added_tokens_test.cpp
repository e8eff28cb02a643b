#include "text/added_tokens.h"

#include <catch2/catch.hpp>

#include "base/error.h"

namespace finetune::text {
namespace {

AddedToken token(const std::string& content) { return {content}; }

AddedTokens build(const std::vector<AddedToken>& tokens) {
  std::vector<std::string> contents;
  for (const AddedToken& added : tokens) contents.push_back(added.content);
  return {tokens, contents, Vocabulary({{"a", 0}, {"[SEP]", 1}})};
}

/// "text|<id>|text": the splits of `text`.
std::string cut(const AddedTokens& tokens, const std::string& text) {
  std::vector<AddedTokens::Split> splits;
  tokens.split(text, splits);
  std::string out;
  for (const auto& split : splits) {
    out += "|" + text.substr(split.begin, split.end - split.begin);
    if (split.id) out += "=" + std::to_string(*split.id);
  }
  return out;
}

}  // namespace

TEST_CASE("ids come from the vocabulary, then go on behind it") {
  const AddedTokens tokens = build({token("<x>"), token("[SEP]"), token("<y>"), token("<x>")});
  CHECK(tokens.id_of("<x>") == 2);
  CHECK(tokens.id_of("[SEP]") == 1);
  CHECK(tokens.id_of("<y>") == 3);
  CHECK(tokens.id_limit() == 4);
  CHECK(tokens.find(3)->content == "<y>");
  CHECK(tokens.find(0) == nullptr);
}

TEST_CASE("the longest token at the leftmost place is cut out") {
  const AddedTokens tokens = build({token("<a"), token("<ab>"), token("b>c")});
  CHECK(cut(tokens, "x<ab>c<a<") == "|x|<ab>=3|c|<a=2|<");
  CHECK(cut(tokens, "") == "");
  CHECK(tokens.may_match("x<"));
  CHECK_FALSE(tokens.may_match("plain"));
}

TEST_CASE("special tokens may be left in the text, but what they cover is used up") {
  AddedToken special = token("<ab>");
  special.special = true;
  const std::vector<AddedToken> list = {special, token("b>c"), token("<x>")};
  const AddedTokens tokens(list, {"<ab>", "b>c", "<x>"}, Vocabulary({{"a", 0}}), true);
  CHECK(cut(tokens, "<x><ab>c") == "|<x>=3|<ab>c");
}

TEST_CASE("tokens may take the white space around them, or refuse to stand inside a word") {
  AddedToken left = token("<l>"), right = token("<r>"), word = token("<w>");
  left.lstrip = true;
  right.rstrip = true;
  word.single_word = true;
  const AddedTokens tokens = build({left, right, word});
  CHECK(cut(tokens, "a \u3000<l> b") == "|a| \u3000<l>=2| b");
  CHECK(cut(tokens, "a <r> \u3000b") == "|a |<r> \u3000=3|b");
  CHECK(cut(tokens, "<r> <l>") == "|<r> =3|<l>=2");
  CHECK(cut(tokens, "a<w> <w>, <w>b") == "|a<w> |<w>=4|, <w>b");
}

// Expected values: the same tokens in tokenizers 0.22.2.
TEST_CASE("a token in the white space that another took is found too, an empty one is none") {
  AddedToken both = token("<m>"), space = token(" ");
  both.lstrip = both.rstrip = true;
  space.lstrip = true;
  const AddedTokens tokens = build({both, token("\n"), space});
  CHECK(cut(tokens, "a<m>\nb") == "|a|<m>\n=2|\n=3|b");
  CHECK(cut(tokens, "a<m> <m>b") == "|a|<m> =2|<m>=2|b");
}

TEST_CASE("an added token that would take the id of another is refused") {
  const Vocabulary with_hole({{"a", 0}, {"b", 2}});
  CHECK_THROWS_WITH(AddedTokens({token("<x>")}, {"<x>"}, with_hole),
                    Catch::Contains("'b' already"));
}

TEST_CASE("a token of which the normalizer leaves nothing is refused") {
  AddedToken gone = token("\u200B");
  gone.normalized = true;
  CHECK_THROWS_WITH(AddedTokens({gone}, {""}, Vocabulary({{"a", 0}})),
                    Catch::Contains("leaves nothing"));
}

}  // namespace finetune::text
