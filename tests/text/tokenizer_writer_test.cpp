#include "text/tokenizer_writer.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

namespace finetune::text {
namespace {

using nlohmann::json;

TEST_CASE("A WordPiece folder says what BERT's says") {
  const TrainedClass& type = find_trained_class("bert", TokenizerKind::kWordPiece);
  std::vector<std::string> tokens = type.specials;
  tokens.insert(tokens.end(), {"<new>", "a", "##b"});
  const TokenizerFiles files = wordpiece_files(tokens, {type, {"<new>"}, true});
  CHECK(files.at("vocab.txt") == "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\n<new>\na\n##b\n");
  const json tokenizer = json::parse(files.at("tokenizer.json"));
  CHECK(tokenizer.at("normalizer").at("lowercase") == true);
  CHECK(tokenizer.at("model").at("vocab").at("##b") == 7);
  CHECK(tokenizer.at("added_tokens").size() == 6);
  CHECK(tokenizer.at("added_tokens")[5].at("content") == "<new>");
  CHECK(tokenizer.at("post_processor").at("special_tokens").at("[SEP]").at("ids")[0] == 3);
  const json config = json::parse(files.at("tokenizer_config.json"));
  CHECK(config.at("tokenizer_class") == "BertTokenizer");
  CHECK(config.at("do_lower_case") == true);
  const json specials = json::parse(files.at("special_tokens_map.json"));
  CHECK(specials.at("mask_token") == "[MASK]");
  CHECK(specials.at("additional_special_tokens") == json::array({"<new>"}));
}

TEST_CASE(
    "A byte-level folder holds vocabulary and merges, and RoBERTa's template where it is one") {
  const BpeVocabulary vocabulary = {{"<s>", "<pad>", "</s>", "<unk>", "<mask>", "a", "b", "ab"},
                                    {{"a", "b"}}};
  const TrainedClass& roberta = find_trained_class("roberta", TokenizerKind::kByteBpe);
  const TokenizerFiles files = byte_bpe_files(vocabulary, {roberta});
  CHECK(files.at("merges.txt") == "#version: 0.2\na b\n");
  CHECK(json::parse(files.at("vocab.json")).at("ab") == 7);
  const json tokenizer = json::parse(files.at("tokenizer.json"));
  CHECK(tokenizer.at("model").at("merges") == json::parse(R"([["a", "b"]])"));
  CHECK(tokenizer.at("post_processor").at("type") == "RobertaProcessing");
  CHECK(tokenizer.at("added_tokens")[4].at("lstrip") == true);  // the mask takes its space
  CHECK(tokenizer.at("normalizer").is_null());

  const TrainedClass& gpt2 = find_trained_class("gpt2", TokenizerKind::kByteBpe);
  const BpeVocabulary small = {{"<|endoftext|>", "a"}, {}};
  const json plain = json::parse(byte_bpe_files(small, {gpt2, {}, true}).at("tokenizer.json"));
  CHECK(plain.at("post_processor").at("type") == "ByteLevel");
  CHECK(plain.at("normalizer").at("type") == "Lowercase");
}

}  // namespace
}  // namespace finetune::text
