#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "run/tiny_run.h"

namespace finetune::test {

/// A patch for TinyRun::config: a small Marian model from random weights learns, from the files
/// t.en and t.de, to translate numbers in words.
extern const char* const kTranslation;

/// kTranslation of so many epochs; sections of `patch` replace its own.
nlohmann::json translation(int num_epochs, const nlohmann::json& patch);

/// Pairs number `first` and so on of the first `num_words` numbers in words, two in a line, as
/// files NAME.en and NAME.de.
void write_pairs(const TinyRun& tiny, const std::string& name, int count, int first,
                 int num_words = 4);

/// A model that a run of one epoch has left in the folder "out".
void make_model(const TinyRun& tiny);

/// The events of one kind in the metrics.jsonl of a run.
std::vector<nlohmann::json> events_of(const TinyRun& tiny, const std::string& kind);

}  // namespace finetune::test
