#include "text/trained_class.h"

#include <catch2/catch.hpp>
#include <set>

#include "base/error.h"

namespace finetune::text {
namespace {

TEST_CASE("Without a name, a kind of vocabulary belongs to its usual model") {
  CHECK(find_trained_class("", TokenizerKind::kWordPiece).name == "bert");
  CHECK(find_trained_class("", TokenizerKind::kByteBpe).name == "gpt2");
  CHECK(find_trained_class("", TokenizerKind::kUnigram).name == "t5");
  CHECK(find_trained_class("", TokenizerKind::kSentencePieceBpe).name == "llama");
  CHECK(find_trained_class("albert", TokenizerKind::kUnigram).type_name == "AlbertTokenizer");
}

TEST_CASE("A class of another kind is refused with those that fit") {
  CHECK_THROWS_AS(find_trained_class("bert", TokenizerKind::kUnigram), ConfigError);
  CHECK_THROWS_WITH(find_trained_class("bart", TokenizerKind::kWordPiece),
                    Catch::Contains("'wordpiece'") && Catch::Contains("'bart'") &&
                        Catch::Contains("bert, distilbert, electra"));
}

TEST_CASE("Every role is played by a special token with an id, and every class can say unknown") {
  std::set<std::string> names;
  for (const TrainedClass& type : trained_classes()) {
    INFO(type.name);
    CHECK(names.insert(type.name).second);
    for (const auto& [role, token] : type.roles) {
      CHECK(type.role(role) == token);
      CHECK(type.id_of_role(role) >= 0);
    }
    CHECK(type.id_of_role("unk_token") >= 0);
    CHECK(type.role("no_token").empty());
    CHECK(type.id_of_role("no_token") == -1);
  }
  CHECK(find_trained_class("bert", TokenizerKind::kWordPiece).id_of_role("mask_token") == 4);
}

}  // namespace
}  // namespace finetune::text
