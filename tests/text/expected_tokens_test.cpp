// Ids that other implementations gave: google-research/bert, openai/gpt-2, spm_encode, and the
// fixtures of transformers.js and swift-transformers (tokenizer-expected/SOURCE.md).
#include <array>
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "base/json.h"
#include "base/strings.h"
#include "support/test_support.h"
#include "text/tokenizer.h"

namespace finetune::text {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using Ids = std::vector<int32_t>;

const std::string kPieces = "tokenizer-sentencepiece/";

/// The tokenizers of the data, by short names; folders are composed of its files.
class Tokenizers {
 public:
  explicit Tokenizers(fs::path data) : data_(std::move(data)) {}

  std::unique_ptr<Tokenizer> load(const std::string& file) const {
    return load_tokenizer(data_ / file);
  }
  std::unique_ptr<Tokenizer> compose(const std::string& config, const std::string& source,
                                     const std::string& name) const {
    const test::TemporaryFolder folder;
    test::write_file(folder.path() / "tokenizer_config.json", config);
    fs::copy_file(data_ / source, folder.path() / name);
    return load_tokenizer(folder.path());
  }
  std::unique_ptr<Tokenizer> bert() const {
    return compose(R"({"tokenizer_class": "BertTokenizer"})",
                   "tokenizer-bert/bert-base-uncased.vocab.txt", "vocab.txt");
  }
  std::unique_ptr<Tokenizer> bert_chinese() const {
    return compose(R"({"tokenizer_class": "BertTokenizer", "do_lower_case": false})",
                   "tokenizer-bert/bert-base-chinese.vocab.txt", "vocab.txt");
  }
  std::unique_ptr<Tokenizer> gpt2() const { return load("tokenizer-gpt2/hf-export"); }
  std::unique_ptr<Tokenizer> t5() const {
    return compose(R"({"tokenizer_class": "T5Tokenizer", "clean_up_tokenization_spaces": true})",
                   kPieces + "t5_base.model", "spiece.model");
  }
  std::unique_ptr<Tokenizer> llama() const {
    return compose(R"({"tokenizer_class": "LlamaTokenizer"})", kPieces + "llama.model",
                   "tokenizer.model");
  }

 private:
  fs::path data_;
};

std::vector<std::string> lines_of(const fs::path& file) {
  std::vector<std::string> lines = base::split(test::read_file(file), '\n');
  lines.pop_back();
  return lines;
}

Ids encode(const Tokenizer& tokenizer, const std::string& text, bool add_special_tokens) {
  EncodeOptions options;
  options.add_special_tokens = add_special_tokens;
  Encoding out;
  tokenizer.encode(text, options, out);
  return out.ids;
}

std::string join(const Ids& ids) {
  std::vector<std::string> words;
  for (const int32_t id : ids) words.push_back(std::to_string(id));
  return base::join(words, " ");
}

/// Compares every line but those with a token that `left_out` names; returns how many it left out.
int compare_lines(const Tokenizer& tokenizer, const fs::path& expected_file,
                  const std::vector<std::string>& texts, const std::string& left_out) {
  const std::vector<std::string> expected = lines_of(expected_file);
  REQUIRE(expected.size() == texts.size());
  int num_left_out = 0, num_different = 0;
  for (size_t i = 0; i < texts.size(); ++i) {
    if (!left_out.empty() && texts[i].find(left_out) != std::string::npos) {
      ++num_left_out;
    } else if (const std::string found = join(encode(tokenizer, texts[i], false));
               found != expected[i] && ++num_different <= 3) {
      UNSCOPED_INFO("line " << i + 1 << "\nexpected " << expected[i] << "\nfound    " << found);
    }
  }
  CHECK(num_different == 0);
  return num_left_out;
}

/// Ids of `text`, and of `text_pair` where the case has one, with special tokens.
Ids encode_case(const Tokenizer& tokenizer, const json& record) {
  Encoding out;
  if (record.contains("text_pair")) {
    tokenizer.encode_pair(record["text"].get<std::string>(), record["text_pair"].get<std::string>(),
                          {}, out);
  } else {
    tokenizer.encode(record.at("text").get<std::string>(), {}, out);
  }
  return out.ids;
}

}  // namespace

TEST_CASE("the ids of the original implementations come out, line by line") {
  const auto folder = test::shared_data("tokenizer-expected");
  if (!folder) return;
  const Tokenizers tokenizers(folder->parent_path());
  const std::vector<std::string> texts = lines_of(*folder / "texts.txt");
  REQUIRE(texts.size() == 2226);
  const auto compare = [&](const std::string& name, const std::unique_ptr<Tokenizer>& tokenizer,
                           const std::string& left_out = "") {
    INFO(name);
    return compare_lines(*tokenizer, *folder / (name + ".ids"), texts, left_out);
  };
  compare("bert-base-uncased", tokenizers.bert());
  compare("bert-base-uncased", tokenizers.load("tokenizer-bert/bert-base-uncased.tokenizer.json"));
  compare("bert-base-cased", tokenizers.load("tokenizer-bert/bert-base-cased.tokenizer.json"));
  compare("bert-base-chinese.nolower", tokenizers.bert_chinese());
  compare("gpt2", tokenizers.gpt2());
  compare("t5_base", tokenizers.load(kPieces + "t5_base.model"));
  compare("llama", tokenizers.load(kPieces + "llama.model"));
  compare("google_test_model", tokenizers.load(kPieces + "google_test_model.model"));
  compare("en.wiki.bpe.vs10000", tokenizers.load(kPieces + "en.wiki.bpe.vs10000.model"));
  compare("wmtende", tokenizers.load(kPieces + "opennmt/wmtende.model"));
  // spm_encode knows no special tokens inside a text, MarianTokenizer does.
  CHECK(compare("marian-en-pt.source", tokenizers.load(kPieces + "marian-en-pt"), "<unk>") == 27);
}

TEST_CASE("the questions of SQuAD get the ids of Hugging Face's Python") {
  const auto file = test::shared_data("tokenizer-expected/squad-questions.jsonl");
  if (!file) return;
  const auto tokenizer = Tokenizers(file->parent_path().parent_path()).bert();
  int num_equal = 0;
  for (const std::string& line : lines_of(*file)) {
    const json record = base::parse_json(line, "squad-questions.jsonl");
    const Ids ids = encode(*tokenizer, record.at("text").get<std::string>(), false);
    std::vector<std::string> pieces;
    for (const int32_t id : ids) pieces.emplace_back(tokenizer->token(id));
    num_equal += static_cast<int>(ids == record.at("ids").get<Ids>() &&
                                  pieces == record.at("wordpiece").get<std::vector<std::string>>());
  }
  CHECK(num_equal == 1500);
}

TEST_CASE("the cases of transformers.js are met in ids and text") {
  const auto file = test::shared_data("tokenizer-expected/transformersjs.json");
  if (!file) return;
  const Tokenizers tokenizers(file->parent_path().parent_path());
  const json models = base::read_json_file(*file);
  const auto check = [&](const std::string& model, const std::unique_ptr<Tokenizer>& tokenizer) {
    for (const json& record : models.at(model)) {
      INFO(model << " " << record.at("case"));
      const Ids ids = record.at("ids").get<Ids>();
      CHECK(encode_case(*tokenizer, record) == ids);
      CHECK(tokenizer->decode(ids, false) == record.at("decoded").get<std::string>());
    }
  };
  check("Xenova/bert-base-uncased", tokenizers.bert());
  check("Xenova/gpt2", tokenizers.gpt2());
  check("Xenova/t5-small", tokenizers.t5());
  check("Xenova/llama-tokenizer", tokenizers.llama());
  CHECK(models.size() == 4);
}

TEST_CASE("the cases of swift-transformers are met in ids and text") {
  const auto folder = test::shared_data("tokenizer-expected/swift");
  if (!folder) return;
  const Tokenizers tokenizers(folder->parent_path().parent_path());
  const json models = base::read_json_file(*folder / "tokenizer_tests.json");
  const auto check = [&](const std::string& model, const std::unique_ptr<Tokenizer>& tokenizer) {
    for (const json& record : models.at(model)) {
      INFO(model << " " << record.at("input"));
      const Ids ids = record.at("encoded").at("input_ids").get<Ids>();
      CHECK(encode(*tokenizer, record.at("input").get<std::string>(), true) == ids);
      CHECK(tokenizer->decode(ids, false) == record.at("decoded_with_special").get<std::string>());
      CHECK(tokenizer->decode(ids, true) ==
            record.at("decoded_without_special").get<std::string>());
    }
  };
  check("bert-base-uncased", tokenizers.bert());
  check("google-bert/bert-base-uncased", tokenizers.bert());
  check("distilgpt2", tokenizers.gpt2());
  check("coreml-projects/Llama-2-7b-chat-coreml", tokenizers.llama());
  check("t5-base", tokenizers.t5());
}

TEST_CASE("a long French text is cut as swift-transformers cuts it") {
  const auto folder = test::shared_data("tokenizer-expected/swift");
  if (!folder) return;
  const Tokenizers tokenizers(folder->parent_path().parent_path());
  const auto check = [&](const std::string& name, const std::unique_ptr<Tokenizer>& tokenizer) {
    INFO(name);
    const json record = base::read_json_file(*folder / name);
    const Ids ids = record.at("token_ids").get<Ids>();
    CHECK(encode(*tokenizer, record.at("text").get<std::string>(), true) == ids);
    CHECK(tokenizer->decode(ids, false) == record.at("decoded_text").get<std::string>());
  };
  check("bert_uncased_encoded.json", tokenizers.bert());
  check("gpt2_encoded_tokens.json", tokenizers.gpt2());
  check("t5_base_encoded.json", tokenizers.t5());
}

}  // namespace finetune::text
