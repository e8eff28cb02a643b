#pragma once

#include <string>
#include <vector>

#include "architecture/source_file.h"

namespace finetune::test {

/// Each rule gives one line a violation: the file, what is wrong, and what to do.
using Violations = std::vector<std::string>;
using SourceFiles = std::vector<SourceFile>;

/// A room includes only the rooms of its row in the table and what those may include.
Violations room_violations(const SourceFiles& files);

/// JSON, logging and formatting headers stay out of our headers, torch out of the rooms that are
/// free of it, everything foreign out of `base`, and the all-in-one torch header out of everything.
Violations library_violations(const SourceFiles& files);

/// Below lib/ nothing prints results, reads the command line or ends the process.
Violations process_violations(const SourceFiles& files);

/// lib/a/b.cpp is built by lib/a/CMakeLists.txt and tested by tests/a/b_test.cpp, and every test is
/// built.
Violations pairing_violations(const SourceFiles& files);

/// No file is longer than 500 lines.
Violations size_violations(const SourceFiles& files);

}  // namespace finetune::test
