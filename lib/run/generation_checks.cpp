#include "run/generation_checks.h"

#include <string>
#include <vector>

#include "base/strings.h"

namespace finetune::run {
namespace {

using OptionalNumber = std::optional<int64_t>;

std::string key(const char* name) { return base::cat("generation.", name); }

struct Limits {
  const char* least_name;
  const OptionalNumber& least;
  const char* most_name;
  const OptionalNumber& most;
};

void check_limits(const Limits& limits, config::Document& document) {
  if (!limits.least || !limits.most || *limits.least <= *limits.most) return;
  document.report({key(limits.least_name), key(limits.most_name)},
                  base::cat(*limits.least, " is above ", limits.most_name, " ", *limits.most));
}

/// Without sampling, what shapes the distribution that is drawn from would have no effect.
void check_sampling(const GenerationSection& generation, config::Document& document) {
  if (generation.do_sample.value_or(true)) return;
  const auto check = [&](const char* name, bool is_set) {
    if (!is_set) return;
    document.report({key(name), key("do_sample")}, "has no effect where do_sample is false");
  };
  check("temperature", generation.temperature.has_value());
  check("top_k", generation.top_k.has_value());
  check("top_p", generation.top_p.has_value());
  check("min_p", generation.min_p.has_value());
}

}  // namespace

void check_generation(const GenerationSection& generation, config::Document& document) {
  check_limits(
      {"min_new_tokens", generation.min_new_tokens, "max_new_tokens", generation.max_new_tokens},
      document);
  check_limits({"min_length", generation.min_length, "max_length", generation.max_length},
               document);
  const OptionalNumber& beams = generation.num_beams;
  const OptionalNumber& texts = generation.num_return_sequences;
  const bool draws_each = beams == 1 && generation.do_sample.value_or(false);
  if (beams && texts && *texts > *beams && !draws_each) {
    document.report({key("num_return_sequences"), key("num_beams")},
                    base::cat(*texts, " texts for an input cannot come of ", *beams, " beam",
                              *beams == 1 ? "; greedy search finds one" : "s"));
  }
  check_sampling(generation, document);
}

}  // namespace finetune::run
