#pragma once

#include <string>
#include <vector>

namespace finetune::apps {

/// Reads the command line (without the program's name), runs the subcommand and returns its exit
/// code. Throws what the subcommand throws; ConfigError for a command line that cannot be read.
int run_command_line(const std::vector<std::string>& arguments);

}  // namespace finetune::apps
