#include "optim/schedule.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <vector>

#include "support/test_support.h"

using finetune::optim::Schedule;
using finetune::optim::schedule_factor;
using finetune::optim::ScheduleType;

TEST_CASE("schedules follow transformers over the whole run and past its end") {
  const auto fixture = nlohmann::json::parse(
      finetune::test::read_file(finetune::test::fixture("optim/fixtures/optim.json")));
  REQUIRE(fixture.at("schedules").size() == 7);
  for (const auto& expected : fixture.at("schedules")) {
    Schedule schedule;
    schedule.type = expected.at("type") == "linear"         ? ScheduleType::kLinear
                    : expected.at("type") == "inverse_sqrt" ? ScheduleType::kInverseSqrt
                                                            : ScheduleType::kConstant;
    schedule.warmup_steps = expected.at("warmup_steps");
    schedule.total_steps = expected.at("total_steps");
    INFO(expected.dump());
    int64_t step = 0;
    for (const double factor : expected.at("factors")) {
      CHECK(schedule_factor(schedule, step++) == Approx(factor).margin(1e-15));  // the same doubles
    }
  }
}

TEST_CASE("linear warm-up over 3 of 10 updates gives the learning rates of Hugging Face") {
  const std::vector<double> expected = {0,         1.6667e-5, 3.3333e-5, 5e-5,      4.2857e-5,
                                        3.5714e-5, 2.8571e-5, 2.1429e-5, 1.4286e-5, 7.1429e-6};
  for (size_t step = 0; step < expected.size(); ++step) {
    const double factor =
        schedule_factor({ScheduleType::kLinear, 3, 10}, static_cast<int64_t>(step));
    CHECK(5e-5 * factor == Approx(expected[step]).margin(5e-10));  // printed with 5 digits
  }
}

TEST_CASE("the first update of a warm-up has factor 0, without warm-up 1") {
  CHECK(schedule_factor({ScheduleType::kConstant, 5, 10}, 0) == 0.0);
  CHECK(schedule_factor({ScheduleType::kLinear, 5, 10}, 0) == 0.0);
  CHECK(schedule_factor({ScheduleType::kConstant, 0, 10}, 0) == 1.0);
  CHECK(schedule_factor({ScheduleType::kLinear, 0, 10}, 0) == 1.0);
}

TEST_CASE("a line falls by the clock where that is sooner, in the warm-up too") {
  const Schedule by_clock{ScheduleType::kLinear, 4, finetune::optim::kNoLimit};
  CHECK(schedule_factor(by_clock, 1, 0.1) == 0.25);
  CHECK(schedule_factor(by_clock, 3, 0.5) == 0.5);
  CHECK(schedule_factor(by_clock, 1000000, 0.25) == 0.75);
  CHECK(schedule_factor(by_clock, 10, 1.5) == 0.0);
  CHECK(schedule_factor({ScheduleType::kLinear, 0, 10}, 8, 0.1) == Approx(0.2));
  CHECK(schedule_factor({ScheduleType::kLinear, 0, 10}, 1, 0.6) == Approx(0.4));
  CHECK(schedule_factor({ScheduleType::kConstant, 0, 10}, 1, 0.6) == 1.0);
  CHECK(schedule_factor({ScheduleType::kInverseSqrt, 0, 10}, 0, 0.6) == 1.0);
}
