#include "architecture/rules.h"

#include <algorithm>
#include <map>
#include <set>

namespace finetune::test {
namespace {

/// Which rooms a room may include, besides what those may include.
const std::map<std::string, std::vector<std::string>>& room_table() {
  static const std::map<std::string, std::vector<std::string>> table = {
      {"base", {}},
      {"config", {"base"}},
      {"text", {"base", "config"}},
      {"metrics", {"base"}},
      {"tensors", {"base"}},
      {"data", {"text", "config"}},
      {"kernels", {"base"}},
      {"nn", {"kernels"}},
      {"models", {"nn", "tensors", "config"}},
      {"adapt", {"nn", "models"}},
      {"optim", {"kernels", "config", "tensors"}},  // its state is saved as named tensors
      {"dist", {"base", "config"}},
      {"decode", {"models"}},
      {"tasks", {"data", "models", "metrics", "decode"}},
      {"train", {"tasks", "optim", "dist", "tensors"}},
      {"report", {"base", "metrics"}},
      {"run", {"train", "adapt", "report"}},
  };
  return table;
}

const std::set<std::string> kTorchFreeRooms = {"base",    "config", "text",  "metrics",
                                               "tensors", "data",   "report"};

void add_reachable(const std::string& room, std::set<std::string>& reachable) {
  if (!reachable.insert(room).second) return;
  for (const std::string& next : room_table().at(room)) add_reachable(next, reachable);
}

bool starts_with_any(const std::string& text, const std::vector<std::string>& beginnings) {
  return std::any_of(beginnings.begin(), beginnings.end(),
                     [&](const std::string& beginning) { return text.starts_with(beginning); });
}

/// The room of `"room/file.h"`, or "" for any other include.
std::string included_room(const std::string& include) {
  const size_t slash = include.find('/');
  const bool is_ours = include.starts_with('"') && slash != std::string::npos;
  return is_ours ? include.substr(1, slash - 1) : "";
}

/// Standard C++ (no ending, no folder) or POSIX.
bool is_system_header(const std::string& include) {
  if (!include.starts_with('<')) return false;
  if (include.find_first_of("./") == std::string::npos) return true;
  return starts_with_any(include, {"<sys/", "<fcntl.h>", "<sched.h>", "<stdlib.h>", "<unistd.h>"});
}

bool is_torch(const std::string& include) {
  return starts_with_any(include.substr(1), {"ATen/", "torch/", "c10/"});
}

std::string library_problem(const SourceFile& file, const std::string& include) {
  if (include.substr(1).starts_with("torch/torch.h")) {
    return "half a minute of compilation; include the headers of the operations";
  }
  if (file.is_header() && starts_with_any(include, {"<spdlog/", "<fmt/", "<nlohmann/json.hpp>"})) {
    return "belongs into .cpp files; a header takes <nlohmann/json_fwd.hpp> or plain types";
  }
  const std::string room = room_of(file);
  if (kTorchFreeRooms.contains(room) && is_torch(include)) return "the room is free of torch";
  const bool is_known = is_system_header(include) || included_room(include) == "base" ||
                        starts_with_any(include, {"<spdlog/", "<fmt/", "<nlohmann/", "<xxhash.h>"});
  if (room == "base" && !is_known)
    return "base stands on std, fmt, spdlog, nlohmann and xxhash only";
  return "";
}

}  // namespace

Violations room_violations(const SourceFiles& files) {
  Violations found;
  for (const SourceFile& file : files) {
    const std::string room = room_of(file);
    if (room.empty() || !file.is_cpp()) continue;
    if (!room_table().contains(room)) {
      found.push_back(file.path + ": '" + room + "' is no room of the table");
      continue;
    }
    std::set<std::string> allowed;
    add_reachable(room, allowed);
    for (const std::string& include : includes_of(file)) {
      const std::string other = included_room(include);
      if (!include.starts_with('"') || allowed.contains(other)) continue;
      found.push_back(file.path + ": includes " + include + ", but '" + room +
                      "' may not include " + (other.empty() ? "a file without its room" : other));
    }
  }
  return found;
}

Violations library_violations(const SourceFiles& files) {
  Violations found;
  for (const SourceFile& file : files) {
    if (!file.is_cpp()) continue;
    for (const std::string& include : includes_of(file)) {
      const std::string problem = library_problem(file, include);
      if (!problem.empty()) found.push_back(file.path + ": includes " + include + ": " + problem);
    }
  }
  return found;
}

Violations process_violations(const SourceFiles& files) {
  Violations found;
  for (const SourceFile& file : files) {
    if (room_of(file).empty() || !file.is_cpp()) continue;
    const std::string code = code_of(file);
    for (const char* word : {"cout", "cerr", "clog", "stdout", "printf", "puts", "putchar", "argv",
                             "exit", "quick_exit", "_Exit"}) {
      if (!has_word(code, word)) continue;
      found.push_back(file.path + ": uses '" + word + "': only apps/ prints, reads argv or exits");
    }
  }
  return found;
}

Violations pairing_violations(const SourceFiles& files) {
  std::map<std::string, std::string> texts;
  for (const SourceFile& file : files) texts[file.path] = file.text;
  Violations found;
  for (const SourceFile& file : files) {
    const bool is_room_source = file.is_below("lib") && file.path.ends_with(".cpp");
    const bool is_test = file.is_below("tests") && file.path.ends_with("_test.cpp");
    if (!is_room_source && !is_test) continue;
    if (is_room_source) {
      const std::string test = "tests" + file.path.substr(3, file.path.size() - 7) + "_test.cpp";
      if (!texts.contains(test)) found.push_back(file.path + ": has no test " + test);
    }
    const size_t name = file.path.find('/', file.path.find('/') + 1) + 1;
    const std::string list = file.path.substr(0, name) + "CMakeLists.txt";
    if (texts[list].find(file.path.substr(name)) == std::string::npos) {
      found.push_back(file.path + ": is not listed in " + list);
    }
  }
  return found;
}

Violations size_violations(const SourceFiles& files) {
  constexpr auto kMostLines = 500;
  Violations found;
  for (const SourceFile& file : files) {
    const auto num_lines = std::count(file.text.begin(), file.text.end(), '\n');
    if (num_lines <= kMostLines) continue;
    found.push_back(file.path + ": " + std::to_string(num_lines) + " lines; split it (at most " +
                    std::to_string(kMostLines) + ")");
  }
  return found;
}

}  // namespace finetune::test
