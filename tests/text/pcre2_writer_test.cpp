#include "text/pcre2_writer.h"

#include <catch2/catch.hpp>

namespace finetune::text {

TEST_CASE("characters and sets are written by their codes, without surrogates") {
  Pcre2Writer writer;
  writer.put("(");
  writer.put(U"?:");
  writer.put_code(U'[');
  writer.put_class({{U'a', U'a'}, {U'b', U'd'}, {0xD000, 0xE001}, {0xD800, 0xDFFF}});
  writer.put(U')');
  CHECK(writer.take() ==
        U"(?:\\x{5B}[\\x{61}\\x{62}-\\x{64}\\x{D000}-\\x{D7FF}\\x{E000}-\\x{E001}])");
}

TEST_CASE("a boundary looks to both sides") {
  Pcre2Writer writer;
  writer.put_boundary({{U'a', U'a'}}, true);
  CHECK(writer.take() == U"(?:(?<=[\\x{61}])(?![\\x{61}])|(?<![\\x{61}])(?=[\\x{61}]))");
  writer.put_boundary({{U'a', U'a'}}, false);
  CHECK(writer.take() == U"(?:(?<=[\\x{61}])(?=[\\x{61}])|(?<![\\x{61}])(?![\\x{61}]))");
}

}  // namespace finetune::text
