#include "run/sections.h"

#include <catch2/catch.hpp>
#include <set>

#include "config/fields.h"
#include "config/json_parser.h"
#include "minimal_config.h"

namespace finetune::run {
namespace {

std::vector<config::KeyPath> keys_of(RunConfig& config) {
  config::Fields fields;
  config.describe(fields);
  return config::all_keys(fields);
}

TEST_CASE("every key has one sentence of documentation") {
  RunConfig defaults;
  defaults.task.shows_every_type = true;
  std::set<std::string> paths;
  for (const config::KeyPath& key : keys_of(defaults)) {
    CAPTURE(key.path);
    CHECK(key.field.rule.doc.ends_with('.'));
    CHECK(paths.insert(key.path).second);
  }
  CHECK(paths.size() > 50);
}

TEST_CASE("every example, and every default, is a value that the key accepts") {
  RunConfig defaults;
  defaults.task.shows_every_type = true;
  for (const config::KeyPath& key : keys_of(defaults)) {
    if (key.field.is_section()) continue;
    CAPTURE(key.path);
    const bool is_set = key.field.is_set() && !key.field.rule.is_required;
    REQUIRE((is_set || !key.field.rule.example.empty() || !key.field.rule.choices.empty()));
    std::vector<std::string> texts;
    if (is_set) texts.push_back(to_line(key.field.write()));
    if (!key.field.rule.example.empty()) texts.push_back(key.field.rule.example);
    for (const std::string& text : texts) {
      CAPTURE(text);
      config::Problems problems;
      const auto value = config::parse_json(text, {1, 1}, problems);
      REQUIRE(value.has_value());
      const auto remark = key.field.type->read(*value, key.field.rule, {"/b", "/w"},
                                               key.field.access.emplace(key.field.member));
      CHECK_FALSE(remark.has_value());
    }
  }
}

TEST_CASE("only keys that leave the result of a run alone may change when it is resumed") {
  RunConfig defaults;
  defaults.task.shows_every_type = true;
  std::set<std::string> safe;
  for (const config::KeyPath& key : keys_of(defaults)) {
    if (key.field.rule.is_safe_at_resume) safe.insert(key.path);
  }
  // training.nonfinite: a run that ended at a non-finite update may go on over it
  CHECK(safe ==
        std::set<std::string>{"$schema", "about", "output_dir", "data.cache", "training.max_time",
                              "training.nonfinite", "evaluation.every", "evaluation.batch_size",
                              "evaluation.decode_every", "evaluation.samples", "checkpoints.every",
                              "checkpoints.keep_last", "checkpoints.keep_best",
                              "checkpoints.on_save_error", "logging.every", "logging.tensorboard"});
}

}  // namespace
}  // namespace finetune::run
