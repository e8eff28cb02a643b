#pragma once

#include <string>
#include <string_view>

namespace finetune::apps {

/// `text` with every control character but tabs and line ends written as \xNN: names that files
/// bring along cannot act on a terminal.
std::string terminal_text(std::string_view text);

}  // namespace finetune::apps
