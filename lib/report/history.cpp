#include "report/history.h"

#include <algorithm>
#include <array>
#include <fstream>
#include <limits>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/json.h"
#include "base/log.h"
#include "base/strings.h"

namespace finetune::report {
namespace {

using Json = nlohmann::json;

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

double number(const Json& line, const char* key) {
  const auto found = line.find(key);
  return found != line.end() && found->is_number() ? found->get<double>() : kNan;
}

int64_t integer(const Json& line, const char* key) {
  const auto found = line.find(key);
  return found != line.end() && found->is_number_integer() ? found->get<int64_t>() : 0;
}

std::string text(const Json& line, const char* key) {
  const auto found = line.find(key);
  return found != line.end() && found->is_string() ? found->get<std::string>() : "";
}

bool boolean(const Json& line, const char* key) {
  const auto found = line.find(key);
  return found != line.end() && found->is_boolean() && found->get<bool>();
}

TrainLogEvent train_event(const Json& line) {
  TrainLogEvent event;
  event.step = integer(line, "step");
  event.epoch = number(line, "epoch");
  event.loss = number(line, "loss");
  event.learning_rate = number(line, "learning_rate");
  event.grad_norm = number(line, "grad_norm");
  event.tokens_per_second = number(line, "tokens_per_second");
  event.examples_per_second = number(line, "examples_per_second");
  return event;
}

/// Every number that is not one of the event's own fields is a metric.
metrics::Values metric_values(const Json& line) {
  constexpr std::array<std::string_view, 4> kOwn = {"step", "epoch", "num_examples", "seconds"};
  metrics::Values values;
  for (const auto& [key, value] : line.items()) {
    if (std::find(kOwn.begin(), kOwn.end(), key) != kOwn.end()) continue;
    if (value.is_number()) values[key] = value.get<double>();
    if (value.is_null()) values[key] = std::nullopt;
  }
  return values;
}

EvaluationEvent evaluation_event(const Json& line) {
  EvaluationEvent event;
  event.step = integer(line, "step");
  event.epoch = number(line, "epoch");
  event.split = text(line, "split");
  event.values = metric_values(line);
  event.num_examples = integer(line, "num_examples");
  event.seconds = number(line, "seconds");
  event.is_best = boolean(line, "is_best");
  return event;
}

void add(History& history, const Json& line) {
  const std::string name = text(line, "event");
  const int64_t step = integer(line, "step");
  const double epoch = number(line, "epoch");
  if (name == "train") history.train.push_back(train_event(line));
  if (name == "evaluation") history.evaluations.push_back(evaluation_event(line));
  if (name == "checkpoint") {
    history.checkpoints.push_back(
        {step, epoch, text(line, "folder"), number(line, "seconds"), boolean(line, "is_best")});
  }
  if (name == "skip") history.skips.push_back({step, epoch, text(line, "reason")});
  if (name == "warning") history.warnings.push_back({step, epoch, text(line, "message")});
  if (name == "resume") history.resumes.push_back({step, epoch, text(line, "checkpoint")});
  if (name == "finish") {
    history.finish = FinishEvent{step, epoch, text(line, "status"), number(line, "seconds")};
  }
}

}  // namespace

History read_history(const std::filesystem::path& metrics_file) {
  History history;
  if (!std::filesystem::is_regular_file(metrics_file)) return history;  // a device may have no end
  std::ifstream file(metrics_file, std::ios::binary);
  int64_t num_unreadable = 0;
  for (std::string line; std::getline(file, line);) {
    try {
      const Json value = base::parse_json(line, metrics_file.string());
      if (value.is_object()) add(history, value);
    } catch (const Error&) {
      ++num_unreadable;
    }
  }
  if (num_unreadable > 0) {
    base::log_warning(base::cat(num_unreadable, " line(s) of ", base::quote(metrics_file.string()),
                                " cannot be read and are left out of the report"));
  }
  return history;
}

}  // namespace finetune::report
