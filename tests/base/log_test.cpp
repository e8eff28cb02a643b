#include "base/log.h"

#include <fcntl.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cstdio>
#include <regex>
#include <thread>
#include <vector>

#include "base/strings.h"
#include "support/test_support.h"

using namespace finetune;

namespace {

/// What `body` writes to the stderr of this process.
std::string stderr_of(const std::function<void()>& body) {
  const test::TemporaryFolder folder;
  const auto path = folder.path() / "stderr";
  const int saved = dup(STDERR_FILENO);
  const int file = open(path.c_str(), O_CREAT | O_WRONLY | O_APPEND, 0600);
  dup2(file, STDERR_FILENO);
  body();
  std::fflush(stderr);
  dup2(saved, STDERR_FILENO);
  close(file);
  close(saved);
  return test::read_file(path);
}

}  // namespace

TEST_CASE("a log line has the time, the level and the text, untouched") {
  const std::string text = stderr_of([] { base::log_warning("50% of {} %s\n  done"); });
  CHECK(std::regex_match(text, std::regex(R"(\d\d:\d\d:\d\d warning: 50% of \{\} %s\n  done\n)")));
}

TEST_CASE("lines below the level are not written") {
  base::set_log_level(base::LogLevel::kWarning);
  const auto log_all = [] {
    base::log_debug("D");
    base::log_info("I");
    base::log_warning("W");
  };
  const std::string some = stderr_of(log_all);
  CHECK_THAT(some, !Catch::Contains("I\n") && Catch::Contains("W\n"));
  base::set_log_level(base::LogLevel::kOff);
  CHECK(stderr_of(log_all).empty());
  base::set_log_level(base::LogLevel::kDebug);
  CHECK_THAT(stderr_of(log_all), Catch::Contains("debug: D\n"));
  base::set_log_level(base::LogLevel::kInfo);
  CHECK_THAT(stderr_of(log_all), !Catch::Contains("D\n") && Catch::Contains("info: I\n"));
}

TEST_CASE("the hooks stand around every line that is written, and only those") {
  base::set_log_hooks([] { std::fputs("<", stderr); }, [] { std::fputs(">", stderr); });
  const std::string text = stderr_of([] {
    base::log_info("a");
    base::log_debug("hidden");
  });
  CHECK(std::regex_match(text, std::regex("<.* a\n>")));
  base::set_log_hooks({}, {});
  CHECK_THAT(stderr_of([] { base::log_info("a"); }), !Catch::Contains("<"));
}

TEST_CASE("lines of many threads are never mixed") {
  const std::string text = stderr_of([] {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i) {
      threads.emplace_back([] {
        for (int line = 0; line < 200; ++line) base::log_info(std::string(100, 'x'));
      });
    }
  });
  const auto lines = base::split(base::trim(text), '\n');
  REQUIRE(lines.size() == 800);
  for (const std::string& line : lines) REQUIRE(line.ends_with(" info: " + std::string(100, 'x')));
}

TEST_CASE("a closed stderr stops nothing") {
  const int saved = dup(STDERR_FILENO);
  close(STDERR_FILENO);
  base::log_warning("unseen");
  dup2(saved, STDERR_FILENO);
  close(saved);
  std::clearerr(stderr);
  CHECK_THAT(stderr_of([] { base::log_warning("seen"); }), Catch::Contains("seen"));
}
