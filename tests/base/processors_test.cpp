#include "base/processors.h"

#include <sched.h>

#include <catch2/catch.hpp>

#include "support/test_support.h"

using namespace finetune;
using base::cgroup_processors;

TEST_CASE("a process has at least one processor, and no more than the affinity mask allows") {
  const int all = base::available_processors();
  CHECK(all >= 1);
  cpu_set_t before, one;
  REQUIRE(sched_getaffinity(0, sizeof(before), &before) == 0);
  CHECK(all <= CPU_COUNT(&before));
  CPU_ZERO(&one);
  for (size_t i = 0; i < CPU_SETSIZE && CPU_COUNT(&one) == 0; ++i) {
    if (CPU_ISSET(i, &before)) CPU_SET(i, &one);
  }
  REQUIRE(sched_setaffinity(0, sizeof(one), &one) == 0);
  CHECK(base::available_processors() == 1);
  REQUIRE(sched_setaffinity(0, sizeof(before), &before) == 0);
  CHECK(base::available_processors() == all);
}

TEST_CASE("the quota of cgroup version 2 counts, the smallest of all levels") {
  const test::TemporaryFolder root;
  const auto groups = root.path() / "sys/fs/cgroup";
  test::write_file(root.path() / "proc/self/cgroup", "0::/user.slice/job\n");
  CHECK_FALSE(cgroup_processors(root.path()));
  test::write_file(groups / "user.slice/job/cpu.max", "max 100000\n");
  CHECK_FALSE(cgroup_processors(root.path()));
  test::write_file(groups / "user.slice/job/cpu.max", "400000 100000\n");
  CHECK(cgroup_processors(root.path()) == 4);
  test::write_file(groups / "user.slice/cpu.max", "150000 100000\n");
  CHECK(cgroup_processors(root.path()) == 2);  // 1.5 rounded up
  test::write_file(groups / "cpu.max", "10000 100000\n");
  CHECK(cgroup_processors(root.path()) == 1);
}

TEST_CASE("the quota of cgroup version 1 counts, in a container too") {
  const test::TemporaryFolder root;
  const auto cpu = root.path() / "sys/fs/cgroup/cpu";
  test::write_file(root.path() / "proc/self/cgroup",
                   "5:memory:/docker/a:b\n4:cpu,cpuacct:/docker/a:b\n3:cpuset:/\n");
  test::write_file(cpu / "cpu.cfs_quota_us", "-1\n");
  test::write_file(cpu / "cpu.cfs_period_us", "100000\n");
  CHECK_FALSE(cgroup_processors(root.path()));
  test::write_file(cpu / "cpu.cfs_quota_us", "300000\n");  // the container's own root
  CHECK(cgroup_processors(root.path()) == 3);
  test::write_file(cpu / "docker/a:b/cpu.cfs_quota_us", "200000\n");
  test::write_file(cpu / "docker/a:b/cpu.cfs_period_us", "100000\n");
  CHECK(cgroup_processors(root.path()) == 2);
}

TEST_CASE("broken cgroup files set no limit") {
  const test::TemporaryFolder root;
  CHECK_FALSE(cgroup_processors(root.path()));
  test::write_file(root.path() / "proc/self/cgroup", "garbage\n0::/\n\n:\n");
  for (const char* text : {"", "x y", "100000", "-5 100000", "100000 0", "1 2 3"}) {
    test::write_file(root.path() / "sys/fs/cgroup/cpu.max", text);
    CHECK_FALSE(cgroup_processors(root.path()));
  }
}
