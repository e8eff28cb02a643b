#include "text/sentencepiece_model.h"

#include <catch2/catch.hpp>

#include "base/error.h"
#include "sentencepiece_cases.h"
#include "support/test_support.h"

namespace finetune::text {
namespace {

std::string error_of(const std::string& bytes) {
  try {
    SentencePieceModel::parse(bytes);
  } catch (const CheckpointError& error) {
    return error.report();
  }
  return "no error";
}

}  // namespace

TEST_CASE("a model's pieces, kinds and defaults are read") {
  const SentencePieceModel model = SentencePieceModel::parse(small_model());
  REQUIRE(model.pieces.size() == 7);
  CHECK(model.pieces[1].kind == SentencePieceModel::PieceKind::kControl);
  CHECK(model.pieces[5].text ==
        "\u2581"
        "a");
  CHECK(model.pieces[5].score == -2.5F);
  CHECK(model.algorithm == SentencePieceModel::Algorithm::kUnigram);
  CHECK(model.unknown_piece_id() == 0);
  CHECK(model.pad_id == -1);
  CHECK(model.add_dummy_prefix);
}

TEST_CASE("a real model's settings are read") {
  const auto file = test::shared_data("tokenizer-sentencepiece/llama.model");
  if (!file) return;
  const SentencePieceModel model = SentencePieceModel::parse(test::read_file(*file));
  CHECK(model.pieces.size() == 32000);
  CHECK(model.algorithm == SentencePieceModel::Algorithm::kBpe);
  CHECK(model.byte_fallback);
  CHECK_FALSE(model.remove_extra_whitespaces);
  CHECK(model.pieces[3].text == "<0x00>");
}

TEST_CASE("every truncation of a model is refused or read as a shorter one, never a crash") {
  const std::string bytes = small_model();
  for (size_t size = 0; size < bytes.size(); ++size) {
    INFO(size);
    const std::string error = error_of(bytes.substr(0, size));
    const bool is_whole_pieces = error == "no error";
    CHECK((is_whole_pieces || error.find("expected") != std::string::npos ||
           error.find("no pieces") != std::string::npos ||
           error.find("is empty") != std::string::npos));
  }
}

TEST_CASE("every flipped bit of a model gives an error or a model") {
  const std::string bytes = small_model();
  for (size_t bit = 0; bit < 8 * bytes.size(); ++bit) {
    std::string flipped = bytes;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << (bit % 8)));
    CHECK_FALSE(error_of(flipped).empty());
  }
}

TEST_CASE("hostile models are refused with the piece or the place") {
  const std::string unknown("\x0A\x09\x0A\x05<unk>\x18\x02", 11);
  const std::string twice = small_model() + unknown;
  CHECK_THAT(error_of(twice), Catch::Contains("piece 7") && Catch::Contains("<unk>"));
  CHECK_THAT(error_of(std::string("\x0A\x05\x0A\x03"
                                  "a\0b",
                                  7) +
                      unknown),
             Catch::Contains("NUL"));
  CHECK_THAT(error_of(std::string("\x0A\x03\x0A\x01\xFF", 5) + unknown), Catch::Contains("UTF-8"));
  CHECK_THAT(error_of(std::string("\x0A\x07\x0A\x00\x18\x01", 6)), Catch::Contains("byte"));
  CHECK_THAT(error_of(std::string("\x0A\x03\x0A\x01"
                                  "a",
                                  5)),
             Catch::Contains("no unknown piece"));
  CHECK_THAT(error_of(small_model() + std::string("\x12\x02\x18\x09", 4)),
             Catch::Contains("unknown type 9"));
  CHECK_THAT(error_of(small_model() + std::string("\x12\x03\x98\x02\x01", 5)),
             Catch::Contains("byte"));
  CHECK_THAT(error_of(small_model() + std::string("\x1A\x05\x12\x03"
                                                  "abc",
                                                  7)),
             Catch::Contains("cut short"));
}

}  // namespace finetune::text
