#include "base/process_info.h"

#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <chrono>
#include <cstdio>
#include <ctime>

using namespace finetune;

TEST_CASE("the host has the name that the kernel says") {
  utsname system{};
  REQUIRE(uname(&system) == 0);
  CHECK(base::host_name() == system.nodename);
}

TEST_CASE("the command line names this program") {
  CHECK_THAT(base::command_line(), Catch::Contains("base_test"));
}

TEST_CASE("the time is that of the clock, in UTC") {
  std::tm parts{};
  char end = '\0';
  REQUIRE(std::sscanf(base::utc_now().c_str(), "%4d-%2d-%2dT%2d:%2d:%2d%c", &parts.tm_year,
                      &parts.tm_mon, &parts.tm_mday, &parts.tm_hour, &parts.tm_min, &parts.tm_sec,
                      &end) == 7);
  CHECK(end == 'Z');
  parts.tm_year -= 1900;
  parts.tm_mon -= 1;
  CHECK(std::abs(std::difftime(timegm(&parts), std::time(nullptr))) < 5.0);
}

TEST_CASE("a process runs until it has been waited for") {
  CHECK(base::is_running(1));  // another user's
  CHECK(base::is_running(getpid()));
  const pid_t child = fork();
  if (child == 0) _exit(0);
  waitpid(child, nullptr, 0);
  CHECK_FALSE(base::is_running(child));
}
