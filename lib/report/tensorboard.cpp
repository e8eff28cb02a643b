#include "report/tensorboard.h"

#include <unistd.h>

#include <atomic>
#include <chrono>
#include <utility>

#include "base/process_info.h"
#include "base/strings.h"
#include "report/crc32c.h"
#include "report/protobuf.h"

namespace finetune::report {
namespace {

// Field numbers of tensorflow/core/util/event.proto and framework/summary.proto.
constexpr int kEventWallTime = 1;
constexpr int kEventStep = 2;
constexpr int kEventFileVersion = 3;
constexpr int kEventSummary = 5;
constexpr int kEventSessionLog = 7;
constexpr int kSessionLogStatus = 1;
constexpr int64_t kSessionStart = 1;
constexpr int kSummaryValue = 1;
constexpr int kValueTag = 1;
constexpr int kValueSimple = 2;
constexpr int kValueTensor = 8;
constexpr int kValueMetadata = 9;

/// events.out.tfevents.<10-digit seconds>.<host>.<pid>.<n>: later files sort behind earlier ones.
std::filesystem::path event_file(const std::filesystem::path& folder, double now) {
  static std::atomic<int> count{0};
  std::string seconds = std::to_string(static_cast<int64_t>(now));
  seconds.insert(0, seconds.size() < 10 ? 10 - seconds.size() : 0, '0');
  return folder / base::cat("events.out.tfevents.", seconds, ".", base::host_name(), ".",
                            static_cast<int64_t>(::getpid()), ".", count++);
}

std::string event_record(double wall_time, int64_t step, int field, const ProtobufMessage& part) {
  ProtobufMessage event;
  event.add_double(kEventWallTime, wall_time).add_int(kEventStep, step).add_message(field, part);
  return tfrecord(event.bytes());
}

void add_scalar(ProtobufMessage& summary, std::string_view tag, double value) {
  ProtobufMessage scalar;
  scalar.add_bytes(kValueTag, tag).add_float(kValueSimple, static_cast<float>(value));
  summary.add_message(kSummaryValue, scalar);
}

/// A string tensor of shape [1] that the text plug-in shows.
ProtobufMessage text_value(std::string_view tag, std::string_view text) {
  constexpr int64_t kDtString = 7;
  ProtobufMessage plugin_data;
  plugin_data.add_bytes(1, "text");
  ProtobufMessage metadata;
  metadata.add_message(1, plugin_data).add_int(4, 2);  // data_class = tensor
  ProtobufMessage dimension;
  dimension.add_int(1, 1);
  ProtobufMessage shape;
  shape.add_message(2, dimension);
  ProtobufMessage tensor;
  tensor.add_int(1, kDtString).add_message(2, shape).add_bytes(8, text);
  ProtobufMessage value;
  value.add_bytes(kValueTag, tag)
      .add_message(kValueTensor, tensor)
      .add_message(kValueMetadata, metadata);
  return value;
}

}  // namespace

double system_wall_clock() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration<double>(now).count();
}

std::string tfrecord(std::string_view bytes) {
  std::string record;
  append_little_endian(record, bytes.size(), 8);
  append_little_endian(record, masked_crc32c(record), 4);
  record.append(bytes);
  append_little_endian(record, masked_crc32c(bytes), 4);
  return record;
}

TensorBoardWriter::TensorBoardWriter(const std::filesystem::path& folder,
                                     std::optional<int64_t> resume_step, WallClock clock)
    : clock_(std::move(clock)), file_(event_file(folder, clock_())) {
  ProtobufMessage version;
  version.add_double(kEventWallTime, clock_()).add_bytes(kEventFileVersion, "brain.Event:2");
  file_.append(tfrecord(version.bytes()));
  if (!resume_step) return;
  ProtobufMessage start;
  start.add_int(kSessionLogStatus, kSessionStart);
  // TensorBoard forgets this step and all later ones; those of the checkpoint itself stay.
  file_.append(event_record(clock_(), *resume_step + 1, kEventSessionLog, start));
}

void TensorBoardWriter::add(const TrainLogEvent& event) {
  ProtobufMessage summary;
  add_scalar(summary, "train/loss", event.loss);
  add_scalar(summary, "train/learning_rate", event.learning_rate);
  add_scalar(summary, "train/grad_norm", event.grad_norm);
  add_scalar(summary, "train/tokens_per_second", event.tokens_per_second);
  add_scalar(summary, "train/epoch", event.epoch);
  file_.append(event_record(clock_(), event.step, kEventSummary, summary));
}

void TensorBoardWriter::add(const EvaluationEvent& event) {
  const std::string prefix = event.split == "validation" ? "eval/" : event.split + "/";
  ProtobufMessage summary;
  for (const auto& [name, value] : event.values) {
    if (value) add_scalar(summary, prefix + name, *value);
  }
  file_.append(event_record(clock_(), event.step, kEventSummary, summary));
}

void TensorBoardWriter::add_text(std::string_view tag, std::string_view markdown, int64_t step) {
  ProtobufMessage summary;
  summary.add_message(kSummaryValue, text_value(tag, markdown));
  file_.append(event_record(clock_(), step, kEventSummary, summary));
}

}  // namespace finetune::report
