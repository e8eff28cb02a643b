#include "report/metrics_log.h"

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>

#include "base/log.h"
#include "base/strings.h"

namespace finetune::report {
namespace {

using Json = nlohmann::ordered_json;

Json head(const char* name, int64_t step, double epoch) {
  return Json{{"event", name}, {"step", step}, {"epoch", epoch}};
}

/// Bytes up to and including the last line end within the first `limit` bytes of the file.
int64_t end_of_last_line(const std::filesystem::path& path, int64_t limit) {
  std::ifstream file(path, std::ios::binary);
  char byte = '\0';
  for (int64_t end = limit; end > 0; --end) {
    if (file.seekg(end - 1) && file.get(byte) && byte == '\n') return end;
  }
  return 0;
}

}  // namespace

MetricsLog::MetricsLog(const std::filesystem::path& file) : path_(file), file_(file) {
  truncate_to(offset());
}

void MetricsLog::add(const TrainLogEvent& event) {
  Json line = head("train", event.step, event.epoch);
  line["loss"] = event.loss;
  line["learning_rate"] = event.learning_rate;
  line["grad_norm"] = event.grad_norm;
  line["tokens_per_second"] = event.tokens_per_second;
  line["examples_per_second"] = event.examples_per_second;
  append(line);
}

void MetricsLog::add(const EvaluationEvent& event) {
  Json line = head("evaluation", event.step, event.epoch);
  line["split"] = event.split;
  for (const auto& [name, value] : event.values) line[name] = value ? Json(*value) : Json();
  line["num_examples"] = event.num_examples;
  line["seconds"] = event.seconds;
  line["is_best"] = event.is_best;
  append(line);
}

void MetricsLog::add(const CheckpointEvent& event) {
  Json line = head("checkpoint", event.step, event.epoch);
  line["folder"] = event.folder;
  line["seconds"] = event.seconds;
  line["is_best"] = event.is_best;
  append(line);
}

void MetricsLog::add(const SkipEvent& event) {
  Json line = head("skip", event.step, event.epoch);
  line["reason"] = event.reason;
  append(line);
}

void MetricsLog::add(const WarningEvent& event) {
  Json line = head("warning", event.step, event.epoch);
  line["message"] = event.message;
  append(line);
}

void MetricsLog::add(const ResumeEvent& event) {
  Json line = head("resume", event.step, event.epoch);
  line["checkpoint"] = event.checkpoint;
  append(line);
}

void MetricsLog::add(const FinishEvent& event) {
  Json line = head("finish", event.step, event.epoch);
  line["status"] = event.status;
  line["seconds"] = event.seconds;
  append(line);
}

void MetricsLog::append(const Json& line) {
  file_.append(line.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n");
}

void MetricsLog::truncate_to(int64_t offset) {
  if (offset > file_.size()) {
    base::log_warning(base::cat(path_.string(), " holds ", file_.size(), " bytes of the ", offset,
                                " that were written before the checkpoint: lines are missing"));
  }
  file_.truncate(end_of_last_line(path_, std::min(offset, file_.size())));
}

}  // namespace finetune::report
