#pragma once

#include <string>
#include <string_view>

namespace finetune::report {

/// `text` as content or quoted attribute of HTML and XML. Control characters become visible symbols
/// (a line end U+240A, an escape U+241B), C1 controls, marks that turn the writing direction and
/// invalid UTF-8 become U+FFFD: nothing in a foreign name or text can act.
std::string escape_html(std::string_view text);

/// `text` as a double-quoted YAML scalar on one line (JSON strings are YAML).
std::string quote_yaml(std::string_view text);

/// `text` as inline Markdown: nothing in it can become markup, HTML, a table cell or a new line.
std::string escape_markdown(std::string_view text);

}  // namespace finetune::report
