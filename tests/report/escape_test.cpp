#include "report/escape.h"

#include <catch2/catch.hpp>
#include <string>

using finetune::report::escape_html;
using finetune::report::escape_markdown;
using finetune::report::quote_yaml;

TEST_CASE("markup, quotes and ampersands cannot act in HTML") {
  CHECK(escape_html("<script>alert('x')</script> & \"q\"") ==
        "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt; &amp; &quot;q&quot;");
  CHECK(escape_html("grüße 日本 🙂") == "grüße 日本 🙂");
  CHECK(escape_html("") == "");
}

TEST_CASE("control characters become visible") {
  CHECK(escape_html("\x1b[31mred") == "␛[31mred");
  CHECK(escape_html("a\nb\tc\r") == "a␊b␉c␍");
  CHECK(escape_html(std::string(1, '\0')) == "␀");
  CHECK(escape_html("\x7f") == "␡");
  CHECK(escape_html("\xc2\x9b") == "\xef\xbf\xbd");  // C1: an escape of 8 bits
  CHECK(escape_html("a\xe2\x80\xae"
                    "b") ==
        "a\xef\xbf\xbd"
        "b");  // right-to-left override
  CHECK(escape_html("\xe2\x81\xa6") == "\xef\xbf\xbd");
  CHECK(escape_html("\xef\xbf\xbf") == "\xef\xbf\xbd");  // U+FFFF is no XML character
  CHECK(escape_html("\xc2\xa0\xe2\x80\xaf") == "\xc2\xa0\xe2\x80\xaf");  // their neighbours stay
}

TEST_CASE("bytes that are not UTF-8 are replaced one by one and hide nothing behind them") {
  CHECK(escape_html("\xff<") == "\xef\xbf\xbd&lt;");
  CHECK(escape_html("\xe2\x80<") == "\xef\xbf\xbd\xef\xbf\xbd&lt;");
  CHECK(escape_html("\xf0") == "\xef\xbf\xbd");
  CHECK(escape_html("\xed\xa0\x80") == "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd");  // a surrogate
  CHECK(escape_html("\xc0\xbc") == "\xef\xbf\xbd\xef\xbf\xbd");                  // an overlong "<"
}

TEST_CASE("a YAML scalar stays one quoted line") {
  CHECK(quote_yaml("a: b # c") == "\"a: b # c\"");
  CHECK(quote_yaml("x\"\n---\nlicense: mit") == "\"x\\\"␊---␊license: mit\"");
  CHECK(quote_yaml("\xff") == "\"\xef\xbf\xbd\"");
}

TEST_CASE("Markdown keeps names as text") {
  CHECK(escape_markdown("a|b\n# c") == "a\\|b␊\\# c");
  CHECK(escape_markdown("[x](javascript:y)") == "\\[x\\]\\(javascript:y\\)");
  CHECK(escape_markdown("<img src=x>") == "\\<img src\\=x\\>");
  CHECK(escape_markdown("=SUM(A1)") == "\\=SUM\\(A1\\)");
}
