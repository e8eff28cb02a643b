#include "text/train_tokenizer.h"

#include <catch2/catch.hpp>

#include "base/error.h"
#include "support/test_support.h"
#include "text/tokenizer.h"
#include "text/tokenizer_folder.h"

namespace finetune::text {
namespace {

using test::TemporaryFolder;
using test::write_file;

std::string lines() {
  std::string text;
  for (int i = 0; i < 600; ++i)
    text += "The cat number " + std::to_string(i * 7919 % 1000) + " sat on mat " +
            std::string(1, static_cast<char>('a' + i % 26)) + ".\n";
  return text;
}

class Trained {
 public:
  explicit Trained(TrainTokenizerOptions options) {
    const std::string file = folder_.path() / "text";
    write_file(file, lines());
    const TrainedTokenizer trained = train_tokenizer({file}, options);
    vocab_size = trained.vocab_size;
    write_tokenizer_folder(base::posix_fs(), folder_.path() / "tokenizer", trained.files, false);
    tokenizer = load_tokenizer(folder_.path() / "tokenizer");
  }
  std::string tokens_of(const std::string& text) const {
    Encoding encoding;
    tokenizer->encode(text, {}, encoding);
    std::string tokens;
    for (const int32_t id : encoding.ids) {
      tokens += tokens.empty() ? "" : " ";
      tokens += tokenizer->token(id);
    }
    return tokens;
  }
  std::unique_ptr<Tokenizer> tokenizer;
  int64_t vocab_size = 0;

 private:
  TemporaryFolder folder_;
};

TEST_CASE("Every class gives a folder that loads, with its special tokens around a text") {
  for (const TrainedClass& type : trained_classes()) {
    INFO(type.name);
    TrainTokenizerOptions options;
    options.kind = type.kind;
    options.model_class = type.name;
    options.vocab_size = type.kind == TokenizerKind::kByteBpe            ? 280
                         : type.kind == TokenizerKind::kSentencePieceBpe ? 330
                                                                         : 80;
    options.special_tokens = {"<new>"};
    const Trained trained(options);
    CHECK(trained.vocab_size == options.vocab_size);
    CHECK(trained.tokenizer->vocab_size() == options.vocab_size);
    for (const std::string& special : type.specials) CHECK(trained.tokenizer->id_of(special));
    const std::string tokens = trained.tokens_of("The cat <new> sat");
    CHECK_THAT(tokens, Catch::Contains("<new>"));
    if (type.name == "bert") CHECK_THAT(tokens, Catch::StartsWith("[CLS] T"));
    if (type.name == "t5") CHECK_THAT(tokens, Catch::EndsWith(" </s>"));
    if (type.name == "xlm-roberta") {
      CHECK(trained.tokenizer->id_of("<mask>") == 79);
      CHECK(trained.tokenizer->id_of("<pad>") == 1);
    }
    Encoding encoding;
    trained.tokenizer->encode("cat number 7", {}, encoding);
    CHECK(trained.tokenizer->decode(encoding.ids, true) == "cat number 7");
  }
}

TEST_CASE("Lower-casing holds for training and for encoding") {
  TrainTokenizerOptions options;
  options.kind = TokenizerKind::kWordPiece;
  options.vocab_size = 70;
  options.lowercase = true;
  const Trained trained(options);
  CHECK_FALSE(trained.tokenizer->id_of("T"));
  CHECK(trained.tokens_of("THE CAT") == trained.tokens_of("the cat"));
}

TEST_CASE("Vocabularies without room are errors, and smaller ones than asked for are said") {
  const TemporaryFolder folder;
  const std::string file = folder.path() / "text";
  write_file(file, "aa aa bb\n");
  TrainTokenizerOptions options;
  options.kind = TokenizerKind::kByteBpe;
  options.vocab_size = 200;
  CHECK_THROWS_WITH(train_tokenizer({file}, options), Catch::Contains("256 bytes"));
  options.vocab_size = 1000;
  // The end, 256 bytes and aa; aa with its space occurs once only.
  CHECK(train_tokenizer({file}, options).vocab_size == 258);
  options.kind = TokenizerKind::kWordPiece;
  options.vocab_size = 6;
  CHECK_THROWS_WITH(train_tokenizer({file}, options), Catch::Contains("--limit-alphabet"));
}

TEST_CASE("What does not fit together is refused") {
  TrainTokenizerOptions options;
  CHECK_THROWS_AS(train_tokenizer({}, options), ConfigError);
  CHECK_THROWS_AS(train_tokenizer({"-", "-"}, options), ConfigError);
  options.model_class = "gpt2";
  CHECK_THROWS_AS(train_tokenizer({"-"}, options), ConfigError);
  options.model_class = "t5";
  options.special_tokens = {"<pad>"};
  CHECK_THROWS_WITH(train_tokenizer({"-"}, options), Catch::Contains("there already"));
  options.special_tokens = {"x", "x"};
  CHECK_THROWS_AS(train_tokenizer({"-"}, options), ConfigError);
  options.special_tokens = {" "};
  CHECK_THROWS_AS(train_tokenizer({"-"}, options), ConfigError);
  options.special_tokens = {};
  options.vocab_size = -3;
  CHECK_THROWS_AS(train_tokenizer({"-"}, options), ConfigError);
}

}  // namespace
}  // namespace finetune::text
