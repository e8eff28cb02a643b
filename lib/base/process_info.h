#pragma once

#include <cstdint>
#include <string>

/// Who wrote a file: for locks, event files and the record of a run.
namespace finetune::base {

std::string host_name();  ///< "localhost" where the machine has no name

std::string command_line();  ///< of this process, its arguments separated by spaces

bool is_running(int64_t process);  ///< on this machine, whoever's it is

std::string utc_now();  ///< as 2026-01-31T23:59:59Z

}  // namespace finetune::base
