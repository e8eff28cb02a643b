#include "run/generation_defaults.h"

#include <limits>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>

#include "base/error.h"
#include "base/json.h"
#include "base/log.h"
#include "base/strings.h"
#include "config/document.h"
#include "config/fields.h"
#include "run/generation_checks.h"

namespace finetune::run {

namespace fs = std::filesystem;
using nlohmann::json;

namespace {

/// Settings of transformers that change what is written and that we do not have, with the values
/// that switch them off.
const json& unsupported_settings() {
  static const json table = {{"num_beam_groups", 1},
                             {"diversity_penalty", 0.0},
                             {"penalty_alpha", 0.0},
                             {"typical_p", 1.0},
                             {"epsilon_cutoff", 0.0},
                             {"eta_cutoff", 0.0},
                             {"encoder_repetition_penalty", 1.0},
                             {"encoder_no_repeat_ngram_size", 0},
                             {"exponential_decay_length_penalty", nullptr},
                             {"begin_suppress_tokens", nullptr},
                             {"force_words_ids", nullptr},
                             {"constraints", nullptr},
                             {"sequence_bias", nullptr},
                             {"guidance_scale", 1.0},
                             {"stop_strings", nullptr},
                             {"max_time", nullptr}};
  return table;
}

void warn_of_unsupported(const json& settings, const std::string& file) {
  for (const auto& [key, off] : unsupported_settings().items()) {
    const auto found = settings.find(key);
    const bool is_off =
        found == settings.end() || found->is_null() || *found == off || found->empty();
    if (!is_off) base::log_warning(base::cat(file, ": ", key, " is not supported and ignored"));
  }
}

/// The keys of the section "generation" that stand in `settings`.
json known_settings(const json& settings, const config::Fields& fields) {
  json known = json::object();
  for (const config::Field& field : fields.fields()) {
    const auto found = settings.find(field.key);
    if (found != settings.end() && !found->is_null()) known[field.key] = *found;
  }
  // transformers lets max_new_tokens win where both are given.
  if (known.contains("max_new_tokens")) known.erase("max_length");
  // Written by older versions whether tokens are drawn or not.
  if (known.value("do_sample", json(false)) != true) {
    for (const char* key : {"temperature", "top_k", "top_p", "min_p"}) known.erase(key);
  }
  return known;
}

struct SectionOnly {
  GenerationSection& section;

  config::Fields fields() const {
    config::Fields all;
    all.add_section("generation", section, "");
    return all;
  }
};

GenerationSection read_section(const json& settings, const std::string& file) {
  GenerationSection section;
  config::Fields own;
  section.describe(own);
  const json known = {{"generation", known_settings(settings, own)}};
  try {
    config::Document document(file, base::dump_json(known), {});
    document.read(SectionOnly{section}.fields(), {.folders = {}, .keys = {}, .translator = {}});
    check_generation(section, document);
    document.throw_if_wrong();
  } catch (const ConfigError& error) {
    throw CheckpointError(error.chain().front());
  }
  return section;
}

[[noreturn]] void refuse(const std::string& file, const char* key, const json& value) {
  throw CheckpointError(base::cat(file, ": ", key, " is ", base::quote(base::dump_json(value)),
                                  ", expected token ids"));
}

/// One id, or an array of them.
std::vector<int32_t> read_ids(const json& value, const std::string& file, const char* key) {
  std::vector<int32_t> ids;
  for (const json& id : value.is_array() ? value : json::array({value})) {
    const bool is_id = id.is_number_integer() && id.get<int64_t>() >= 0 &&
                       id.get<int64_t>() <= std::numeric_limits<int32_t>::max();
    if (!is_id) refuse(file, key, value);
    ids.push_back(id.get<int32_t>());
  }
  return ids;
}

std::vector<int32_t> ids_at(const json& settings, const std::string& file, const char* key) {
  const auto found = settings.find(key);
  if (found == settings.end() || found->is_null()) return {};
  return read_ids(*found, file, key);
}

std::optional<int32_t> id_at(const json& settings, const std::string& file, const char* key) {
  const std::vector<int32_t> ids = ids_at(settings, file, key);
  if (ids.size() > 1) refuse(file, key, settings.at(key));
  return ids.empty() ? std::nullopt : std::optional(ids.front());
}

std::vector<std::vector<int32_t>> lists_at(const json& settings, const std::string& file,
                                           const char* key) {
  std::vector<std::vector<int32_t>> lists;
  const auto found = settings.find(key);
  if (found == settings.end() || found->is_null()) return lists;
  if (!found->is_array()) refuse(file, key, *found);
  for (const json& ids : *found) {
    if (!ids.is_array()) refuse(file, key, *found);
    lists.push_back(read_ids(ids, file, key));
    if (lists.back().empty()) refuse(file, key, *found);
  }
  return lists;
}

}  // namespace

GenerationDefaults read_generation_defaults(const fs::path& folder) {
  const fs::path own_file = folder / "generation_config.json";
  const bool has_own = fs::exists(own_file);
  const fs::path file = has_own ? own_file : folder / "config.json";
  const json settings = base::read_json_file(file);
  if (!settings.is_object()) throw CheckpointError(file.string() + ": should hold a JSON object");
  GenerationDefaults defaults;
  defaults.file = file.string();
  defaults.has_all_ids = has_own;
  defaults.section = read_section(settings, defaults.file);
  warn_of_unsupported(settings, defaults.file);
  defaults.suppress_tokens = ids_at(settings, defaults.file, "suppress_tokens");
  if (!has_own) return defaults;  // the model reads the others from config.json itself
  defaults.decoder_start_token_id = id_at(settings, defaults.file, "decoder_start_token_id");
  if (!defaults.decoder_start_token_id)
    defaults.decoder_start_token_id = id_at(settings, defaults.file, "bos_token_id");
  defaults.eos_token_ids = ids_at(settings, defaults.file, "eos_token_id");
  if (defaults.eos_token_ids.empty()) {
    base::log_warning(base::cat(defaults.file,
                                ": without an eos_token_id a text ends only where it "
                                "has its greatest length"));
  }
  defaults.bad_words_ids = lists_at(settings, defaults.file, "bad_words_ids");
  return defaults;
}

}  // namespace finetune::run
