#include "run/generation_overrides.h"

#include <filesystem>
#include <vector>

#include "config/document.h"
#include "config/fields.h"
#include "run/generation_checks.h"

namespace finetune::run {
namespace {

constexpr const char* kSection = "generation";
constexpr const char* kSeed = "seed";

/// The keys that a command line may set.
struct Root {
  GenerationOverrides& overrides;

  void describe(config::Fields& fields) const {
    fields.add(kSeed, overrides.seed, {.doc = "Of sampling.", .at_least = 0});
    fields.add_section(kSection, overrides.section, "How texts are written.");
  }
};

config::Fields fields_of(GenerationOverrides& overrides) {
  config::Fields fields;
  Root{overrides}.describe(fields);
  return fields;
}

/// "num_beams=5" is short for "generation.num_beams=5".
std::string with_section(std::string override_text) {
  if (override_text.starts_with("--")) override_text.erase(0, 2);
  const std::string key = override_text.substr(0, override_text.find('='));
  const bool is_whole = key == kSeed || key == kSection || key.find('.') != std::string::npos;
  return is_whole ? override_text : std::string(kSection) + "." + override_text;
}

}  // namespace

GenerationOverrides read_generation_overrides(std::span<const std::string> overrides) {
  std::vector<std::string> whole;
  for (const std::string& text : overrides) whole.push_back(with_section(text));
  GenerationOverrides result;
  GenerationOverrides defaults;
  config::Document document("the command line", "{}", whole);
  const std::filesystem::path folder = std::filesystem::current_path();
  document.read(
      fields_of(result),
      {.folders = {folder, folder}, .keys = all_keys(fields_of(defaults)), .translator = {}});
  check_generation(result.section, document);
  document.throw_if_wrong();
  return result;
}

}  // namespace finetune::run
