#include "text/wordpiece_model.h"

#include <catch2/catch.hpp>

#include "piece_text.h"

namespace finetune::text {

TEST_CASE("words longer than the limit in characters, not bytes, are unknown") {
  WordPieceOptions options;
  options.max_chars_per_word = 2;
  const WordPieceModel model({{"[UNK]", 0}, {"\u00E9", 1}, {"##\u00E9", 2}, {"a", 3}}, options);
  CHECK(tokens_of(model, "\u00E9\u00E9") == "1:0-2 2:2-4");
  CHECK(tokens_of(model, "\u00E9\u00E9\u00E9") == "0:0-6");
  CHECK(tokens_of(model, "ab") == "0:0-2");
}

}  // namespace finetune::text
