#include "text/segment_encoder.h"

#include <catch2/catch.hpp>

#include "text/pre_tokenizer.h"

namespace finetune::text {
namespace {

/// Every piece is one token, the number of its bytes.
class LengthModel final : public TokenModel {
 public:
  void tokenize(std::string_view piece, std::vector<Piece>& out) const override {
    const auto size = static_cast<uint32_t>(piece.size());
    out.push_back({static_cast<int32_t>(size), 0, size});
  }
  const Vocabulary& vocabulary() const override { return vocabulary_; }
  std::optional<int32_t> unknown_id() const override { return std::nullopt; }
  std::string description() const override { return "lengths"; }

 private:
  Vocabulary vocabulary_;
};

}  // namespace

TEST_CASE("white space at both ends of a token is counted, U+0120 included") {
  const SpaceRuns runs = space_runs("\u0120\u00A0a \n");
  CHECK(runs.leading == 2);
  CHECK(runs.trailing == 2);
  CHECK(space_runs("\u0120\u0120").leading == 2);
  CHECK(space_runs("\u0120\u0120").trailing == 2);
  CHECK(space_runs("").leading == 0);
}

TEST_CASE("without normalizer and pre-tokenizer a segment is one piece") {
  const LengthModel model;
  const AddedTokens added;
  const auto encoder = make_plain_encoder({nullptr, nullptr, model, added});
  TokenBuffer out;
  out.wants_words = true;
  encoder->encode({"\u00E9x", 5}, true, out);
  encoder->encode({"", 7}, true, out);
  encoder->encode({"yz", 7}, true, out);
  CHECK(out.ids == std::vector<int32_t>{3, 2});
  CHECK(out.offsets == std::vector<CharRange>{{5, 7}, {7, 9}});
  CHECK(out.words == std::vector<int32_t>{0, 1});
}

}  // namespace finetune::text
