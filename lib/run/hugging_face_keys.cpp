#include "run/hugging_face_keys.h"

#include <array>
#include <string_view>

#include "base/strings.h"

namespace finetune::run {
namespace {

using config::JsonKind;
using config::JsonValue;
using Rewrite = JsonValue (*)(const JsonValue& value);

/// The number as a length of training; `fallback` for anything that is no number.
JsonValue steps(const JsonValue& value) {
  if (value.kind != JsonKind::kNumber) return config::json_string("500 steps");
  return config::json_string(base::cat(value.text, " steps"));
}

JsonValue percent(const JsonValue& value) {
  const std::optional<double> ratio = base::parse_double(value.text);
  if (value.kind != JsonKind::kNumber || !ratio) return config::json_string("6 percent");
  // 0.07 * 100 is 7.000000000000001: a float has the digits that were meant
  return config::json_string(base::cat(static_cast<float>(*ratio * 100.0), " percent"));
}

/// warmup_steps below 1 are a ratio (transformers 5).
JsonValue steps_or_percent(const JsonValue& value) {
  const std::optional<double> number = base::parse_double(value.text);
  const bool is_ratio = value.kind == JsonKind::kNumber && number && *number > 0 && *number < 1;
  return is_ratio ? percent(value) : steps(value);
}

/// "epoch", "steps" (of 500, as in Hugging Face unless the *_steps key says otherwise).
JsonValue strategy(const JsonValue& value) {
  return config::json_string(value.text == "steps" ? "500 steps" : "1 epochs");
}

JsonValue metric(const JsonValue& value) {
  return config::json_string(value.text.starts_with("eval_") ? value.text.substr(5) : value.text);
}

JsonValue problem(const JsonValue& value) {
  const size_t end = value.text.find("_classification");
  return config::json_string(value.text.substr(0, end));
}

JsonValue schedule(const JsonValue& value) {
  if (value.text == "inverse_sqrt") return value;
  return config::json_string(value.text.starts_with("constant") ? "constant" : "linear");
}

/// A schedule with no like here: cosine, polynomial, ...
bool is_other_schedule(const JsonValue& value) {
  return value.kind == JsonKind::kString && value.text != "linear" &&
         value.text != "inverse_sqrt" && !value.text.starts_with("constant");
}

bool is_no(const JsonValue& value) { return value.text == "no"; }

JsonValue fp32(const JsonValue&) { return config::json_string("fp32"); }

JsonValue adamw(const JsonValue&) { return config::json_string("adamw"); }

JsonValue is_grouping(const JsonValue& value) {
  return config::json_boolean(value.text == "group_by_length");
}

JsonValue has_tensorboard(const JsonValue& value) {
  return config::json_boolean(value.text != "none");
}

struct Row {
  std::string_view theirs;
  std::string_view ours;
  Rewrite rewrite = nullptr;
  std::string_view note = {};
  /// Values that have no counterpart: the note stands for the translation, and is for them alone.
  bool (*is_without)(const JsonValue& value) = nullptr;
};

constexpr std::string_view kNoKey = "there is no such key here: leave it out";
constexpr std::string_view kCommand =
    "the command says it: finetune train, finetune evaluate, finetune predict";
constexpr std::string_view kSchedules =
    "there is no such schedule here: \"schedule\": {\"type\": ...} is \"linear\", \"constant\" or "
    "\"inverse_sqrt\"";
constexpr std::string_view kEvaluates =
    "leave \"validation\" out of \"data\", and nothing is evaluated while training";
constexpr std::string_view kSaves =
    "a run always saves what it learned; \"checkpoints\": {\"every\": ...} says how often";
constexpr std::string_view kLogs =
    "a run always keeps a log; \"logging\": {\"every\": ...} says how often";

constexpr auto kRows = std::to_array<Row>({
    {"per_device_train_batch_size", "training.batch_size"},
    {"per_gpu_train_batch_size", "training.batch_size"},
    {"train_batch_size", "training.batch_size"},
    {"batch_size", "training.batch_size"},
    {"per_device_eval_batch_size", "evaluation.batch_size"},
    {"eval_batch_size", "evaluation.batch_size"},
    {"num_epochs", "training.num_train_epochs"},
    {"epochs", "training.num_train_epochs"},
    {"accumulate_grad_batches", "training.gradient_accumulation_steps"},
    {"gradient_clipping", "training.max_grad_norm"},
    {"bf16", "training.precision", fp32, "(this version computes in fp32 only)"},
    {"fp16", "training.precision", fp32, "(this version computes in fp32 only)"},
    {"num_threads", "training.threads"},
    {"lr", "optimizer.learning_rate"},
    {"adam_beta1", "optimizer.beta1"},
    {"adam_beta2", "optimizer.beta2"},
    {"adam_epsilon", "optimizer.epsilon"},
    {"optim", "optimizer.type", adamw},
    {"lr_scheduler_type", "schedule.type", schedule, kSchedules, is_other_schedule},
    {"lr_scheduler", "schedule.type", schedule, kSchedules, is_other_schedule},
    {"warmup_ratio", "schedule.warmup", percent},
    {"warmup_steps", "schedule.warmup", steps_or_percent},
    {"num_warmup_steps", "schedule.warmup", steps},
    {"eval_strategy", "evaluation.every", strategy, kEvaluates, is_no},
    {"evaluation_strategy", "evaluation.every", strategy, kEvaluates, is_no},
    {"eval_steps", "evaluation.every", steps},
    {"metric_for_best_model", "evaluation.metric", metric},
    {"greater_is_better", "", nullptr, "the direction of every metric is known: leave it out"},
    {"early_stopping_patience", "early_stopping.patience"},
    {"early_stopping_threshold", "early_stopping.threshold"},
    {"save_strategy", "checkpoints.every", strategy, kSaves, is_no},
    {"save_steps", "checkpoints.every", steps},
    {"save_total_limit", "checkpoints.keep_last"},
    {"load_best_model_at_end", "checkpoints.keep_best"},
    {"logging_strategy", "logging.every", strategy, kLogs, is_no},
    {"logging_steps", "logging.every", steps},
    {"report_to", "logging.tensorboard", has_tensorboard},
    {"max_seq_length", "data.max_length"},
    {"max_seq_len", "data.max_length"},
    {"train_sampling_strategy", "data.group_by_length", is_grouping},
    {"train_file", "data.train"},
    {"validation_file", "data.validation"},
    {"eval_file", "data.validation"},
    {"test_file", "data.test"},
    {"text_column_name", "data.text_column"},
    {"sentence1_key", "data.text_column"},
    {"sentence2_key", "data.text_pair_column"},
    {"label_column_name", "data.label_column"},
    {"model_name_or_path", "model.path"},
    {"pretrained_model_name_or_path", "model.path"},
    {"model_type", "model.type"},
    {"tokenizer_name", "model.tokenizer"},
    {"hidden_dropout_prob", "model.dropout"},
    {"attention_probs_dropout_prob", "model.dropout"},
    {"problem_type", "task.problem", problem},
    {"num_labels", "", nullptr,
     "classes come from the data, or from \"task\": {\"labels\": [...]}"},
    {"gradient_checkpointing", "", nullptr,
     "there is no such key; a smaller \"batch_size\" with \"gradient_accumulation_steps\" saves "
     "memory"},
    {"label_smoothing_factor", "task.label_smoothing", nullptr, "(of tasks that write text)"},
    {"max_source_length", "data.max_length"},
    {"block_size", "data.max_length"},
    {"val_max_target_length", "data.max_target_length"},
    {"generation_max_length", "generation.max_new_tokens"},
    {"generation_num_beams", "generation.num_beams"},
    {"eval_beams", "generation.num_beams"},
    {"predict_with_generate", "", nullptr,
     "tasks that write text are always judged by what they write: see \"evaluation\": "
     "{\"decode_every\": ...}"},
    {"overwrite_output_dir", "", nullptr, "a run goes on in its folder: see --resume"},
    {"resume_from_checkpoint", "", nullptr, "say --resume on the command line"},
    {"do_train", "", nullptr, kCommand},
    {"do_eval", "", nullptr, kCommand},
    {"do_predict", "", nullptr, kCommand},
    {"data_seed", "", nullptr, "\"seed\" has streams of its own for data, weights and dropout"},
    {"dataloader_num_workers", "", nullptr, kNoKey},
    {"dataloader_drop_last", "", nullptr, kNoKey},
    {"remove_unused_columns", "", nullptr, kNoKey},
    {"push_to_hub", "", nullptr, kNoKey},
    {"run_name", "", nullptr, kNoKey},
});

}  // namespace

std::optional<config::Translation> translate_hugging_face_key(const config::UnknownKey& unknown) {
  for (const Row& row : kRows) {
    if (row.theirs != unknown.key) continue;
    if (row.is_without != nullptr && row.is_without(unknown.value))
      return config::Translation{{}, {}, std::string(row.note)};
    config::Translation translation{std::string(row.ours), {}, {}};
    if (row.is_without == nullptr) translation.note = row.note;
    if (row.rewrite != nullptr) translation.value = row.rewrite(unknown.value);
    return translation;
  }
  return {};
}

std::vector<std::string> hugging_face_keys() {
  std::vector<std::string> keys;
  keys.reserve(kRows.size());
  for (const Row& row : kRows) keys.emplace_back(row.theirs);
  return keys;
}

}  // namespace finetune::run
