#include "train/train_state.h"

#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/json.h"
#include "base/strings.h"

namespace finetune::train {

namespace {

using nlohmann::json;

constexpr int kFormatVersion = 3;

template <class Sampler, class Visitor>
void visit_sampler(Sampler& sampler, Visitor&& visit) {
  visit("seed", sampler.seed);
  visit("batch_size", sampler.batch_size);
  visit("batch_tokens", sampler.batch_tokens);
  visit("gradient_accumulation_steps", sampler.gradient_accumulation_steps);
  visit("shuffle", sampler.shuffle);
  visit("group_by_length", sampler.group_by_length);
}

/// Visits every field by name, so that writing and reading cannot disagree.
template <class State, class Visitor>
void visit_fields(State& state, Visitor&& visit) {
  visit("updates", state.position.updates);
  visit("epoch_fraction", state.position.epoch);
  visit("tokens", state.position.tokens);
  visit("seconds", state.position.seconds);
  visit("boundary_updates", state.previous_boundary.updates);
  visit("boundary_epoch_fraction", state.previous_boundary.epoch);
  visit("boundary_tokens", state.previous_boundary.tokens);
  visit("boundary_seconds", state.previous_boundary.seconds);
  visit("answers_updates", state.previous_answers.updates);
  visit("answers_epoch_fraction", state.previous_answers.epoch);
  visit("answers_tokens", state.previous_answers.tokens);
  visit("answers_seconds", state.previous_answers.seconds);
  visit("is_boundary_pending", state.is_boundary_pending);
  visit("epoch", state.epoch);
  visit("group_in_epoch", state.group_in_epoch);
  visit("sampler", state.sampler);
  visit("epoch_parts", state.epoch_parts);
  visit("extra_updates", state.extra_updates);
  visit("micro_batches", state.micro_batches);
  visit("examples", state.examples);
  visit("skipped_updates", state.skipped_updates);
  visit("consecutive_skipped", state.consecutive_skipped);
  visit("window_loss", state.window_loss);
  visit("window_updates", state.window_updates);
  visit("total_loss", state.total_loss);
  visit("best_metric", state.best_metric);
  visit("best_step", state.best_step);
  visit("early_stopping_best", state.early_stopping.best);
  visit("early_stopping_counter", state.early_stopping.counter);
  visit("is_stopped_early", state.is_stopped_early);
  visit("listener_state", state.listener_state);
}

class Writer {
 public:
  explicit Writer(json& object) : object_(object) {}

  template <class Value>
  void operator()(const char* key, const Value& value) const {
    object_[key] = value;
  }
  void operator()(const char* key, const std::optional<double>& value) const {
    object_[key] = value ? json(*value) : json(nullptr);
  }
  void operator()(const char* key, const data::SamplerOptions& sampler) const {
    visit_sampler(sampler, Writer(object_[key]));
  }
  void operator()(const char* key, const std::vector<EpochPart>& parts) const {
    json& list = object_[key] = json::array();
    for (const EpochPart& part : parts) {
      json& entry = list.emplace_back(json::object());
      visit_sampler(part.sampler, Writer(entry));
      entry["groups"] = part.groups;
    }
  }

 private:
  json& object_;
};

class Reader {
 public:
  Reader(const json& object, const std::string& file) : object_(object), file_(file) {}

  void operator()(const char* key, int64_t& value) const {
    value = member(key, &json::is_number_integer, "an integer").get<int64_t>();
  }
  void operator()(const char* key, uint64_t& value) const {
    value = member(key, &json::is_number_unsigned, "a number from 0").get<uint64_t>();
  }
  void operator()(const char* key, data::SamplerOptions& sampler) const {
    visit_sampler(sampler, Reader(member(key, &json::is_object, "an object"), file_));
  }
  void operator()(const char* key, std::vector<EpochPart>& parts) const {
    for (const json& entry : member(key, &json::is_array, "a list")) {
      const Reader reader(entry, file_);
      reader("groups", parts.emplace_back().groups);
      visit_sampler(parts.back().sampler, reader);
    }
  }
  void operator()(const char* key, double& value) const {
    value = member(key, &json::is_number, "a number").get<double>();
  }
  void operator()(const char* key, bool& value) const {
    value = member(key, &json::is_boolean, "true or false").get<bool>();
  }
  void operator()(const char* key, std::string& value) const {
    value = member(key, &json::is_string, "a string").get<std::string>();
  }
  void operator()(const char* key, std::optional<double>& value) const {
    if (object_.contains(key) && object_.at(key).is_null()) return value.reset();
    double number = 0.0;
    (*this)(key, number);
    value = number;
  }

 private:
  const json& member(const char* key, bool (json::*is_right)() const noexcept,
                     const char* wanted) const {
    const auto found = object_.find(key);  // the end, too, where it is no object
    if (found == object_.end() || !((*found).*is_right)()) {
      throw CheckpointError(base::cat(file_, ": key '", key, "' should be ", wanted,
                                      found == object_.end() ? " but is missing" : " but is not"));
    }
    return *found;
  }

  const json& object_;
  const std::string& file_;
};

}  // namespace

std::string to_json_text(const TrainState& state) {
  json object = {{"format_version", kFormatVersion}};
  visit_fields(state, Writer(object));
  return base::dump_json(object, 2) + "\n";
}

TrainState train_state_from_json(std::string_view text, const std::string& file) {
  const json object = base::parse_json(text, file);
  if (!object.is_object()) throw CheckpointError(file + ": should hold a JSON object");
  if (object.value("format_version", json()) != kFormatVersion) {
    throw CheckpointError(base::cat(
        file, ": written by another version of finetune (this one reads format_version ",
        kFormatVersion, "); resume with that version, or start anew with --resume never"));
  }
  TrainState state;
  visit_fields(state, Reader(object, file));
  return state;
}

}  // namespace finetune::train
