#include "text/bert_tokenizer.h"

#include <catch2/catch.hpp>
#include <thread>

#include "folder_fixtures.h"
#include "text/vocab_folder.h"

namespace finetune::text {
namespace {

BertParts plain_parts() { return read_vocab_folder(fixture_folder("plain") / "vocab.txt"); }

std::vector<int32_t> encode(const Tokenizer& tokenizer, const std::string& text) {
  Encoding out;
  tokenizer.encode(text, {}, out);
  return out.ids;
}

}  // namespace

TEST_CASE("a tokenizer tells about itself") {
  const auto tokenizer = make_bert_tokenizer(plain_parts());
  CHECK(tokenizer->pad_id() == 0);
  CHECK(tokenizer->unknown_id() == 1);
  CHECK(tokenizer->token(2) == "[CLS]");
  CHECK(tokenizer->id_of("hello") == 5);
  CHECK_FALSE(tokenizer->id_of("nothing").has_value());
  CHECK_FALSE(tokenizer->has_sampling());
  CHECK_THAT(tokenizer->description(), Catch::Contains("WordPiece, ") && Catch::Contains("lower"));
}

TEST_CASE("the fingerprint follows everything that changes an encoding") {
  const uint64_t plain = make_bert_tokenizer(plain_parts())->fingerprint();
  CHECK(make_bert_tokenizer(plain_parts())->fingerprint() == plain);
  const std::vector<std::function<void(BertParts&)>> changes = {
      [](BertParts& parts) { parts.normalizer.lowercase = false; },
      [](BertParts& parts) { parts.normalizer.clean_text = false; },
      [](BertParts& parts) { parts.normalizer.strip_accents = false; },
      [](BertParts& parts) { parts.normalizer.handle_chinese_chars = false; },
      [](BertParts& parts) { parts.model.max_chars_per_word = 7; },
      [](BertParts& parts) { parts.model.continuing_prefix = "@@"; },
      [](BertParts& parts) { parts.model.unknown_token = "a"; },
      [](BertParts& parts) { std::swap(parts.vocabulary[0].second, parts.vocabulary[1].second); },
      [](BertParts& parts) { parts.added_tokens.push_back({"<new>"}); },
      [](BertParts& parts) { parts.added_normalizer.emplace().lowercase = false; },
      [](BertParts& parts) { parts.added_tokens[0].lstrip = true; },
      [](BertParts& parts) { parts.post_processor = PostProcessor(); }};
  for (const auto& change : changes) {
    BertParts parts = plain_parts();
    change(parts);
    CHECK(make_bert_tokenizer(parts)->fingerprint() != plain);
  }
}

TEST_CASE("ill-formed UTF-8 is read as U+FFFD, which cleaning removes") {
  const auto tokenizer = make_bert_tokenizer(plain_parts());
  CHECK(encode(*tokenizer, "hel\xFFlo \xE4\xB8") == encode(*tokenizer, "hello"));
  Encoding out;
  EncodeOptions options;
  options.want_offsets = true;
  tokenizer->encode("\xFF hello", options, out);
  CHECK(out.offsets[1] == CharRange{2, 7});
}

// Expected values: the same tokenizer in tokenizers 0.22.2.
TEST_CASE("BERT: an added token may stand in the white space that the one before it took") {
  for (const bool is_normalized : {false, true}) {
    BertParts parts;
    parts.vocabulary = {{"[UNK]", 0}, {"a", 1}, {"b", 2}};
    AddedToken end{.content = "<e>", .rstrip = true, .normalized = is_normalized};
    parts.added_tokens = {end, {.content = "\n", .normalized = is_normalized}};
    parts.normalizer.clean_text = false;  // else it makes spaces of line ends
    parts.post_processor = PostProcessor();
    EncodeOptions options;
    options.want_offsets = true;
    Encoding out;
    make_bert_tokenizer(parts)->encode("\u00E9<e>\n\nb", options, out);
    CHECK(out.ids == std::vector<int32_t>{0, 3, 4, 4, 2});
    CHECK(out.offsets == std::vector<CharRange>{{0, 1}, {1, 6}, {4, 5}, {5, 6}, {6, 7}});
  }
}

TEST_CASE("many threads may encode at once") {
  const auto tokenizer = make_bert_tokenizer(plain_parts());
  const std::vector<int32_t> expected =
      encode(*tokenizer, "Hello unbelievable caf\u00E9 [SEP] 121");
  std::vector<std::thread> threads;
  std::atomic<int> num_wrong = 0;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int k = 0; k < 2000; ++k) {
        num_wrong += encode(*tokenizer, "Hello unbelievable caf\u00E9 [SEP] 121") != expected;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(num_wrong == 0);
}

TEST_CASE("ids that name no token are left out of decoded text") {
  const auto tokenizer = make_bert_tokenizer(plain_parts());
  CHECK(tokenizer->decode(std::vector<int32_t>{5, -1, 100000, 6}, true) == "hello world");
}

TEST_CASE("encoding into a used buffer leaves nothing of the last text behind") {
  const auto tokenizer = make_bert_tokenizer(plain_parts());
  Encoding out;
  EncodeOptions options;
  options.want_offsets = true;
  options.max_length = 4;
  tokenizer->encode("hello world a b c", options, out);
  CHECK(out.num_cut == 3);
  tokenizer->encode("", {}, out);
  CHECK(out.ids == std::vector<int32_t>{2, 3});
  CHECK(out.offsets.empty());
  CHECK(out.num_cut == 0);
}

}  // namespace finetune::text
