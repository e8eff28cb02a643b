#include "models/special_ids.h"

#include <nlohmann/json.hpp>

#include "base/log.h"
#include "base/strings.h"

namespace finetune::models {
namespace {

constexpr int64_t kMaxId = int64_t{1} << 31;

using OptionalId = std::optional<int64_t>;

OptionalId within(const OptionalId& id, int64_t vocab_size) {
  return id && *id < vocab_size ? id : std::nullopt;
}

}  // namespace

SpecialIds read_special_ids(HfConfig& reader, int64_t vocab_size, const SpecialIds& defaults) {
  const IntegerRange any = {0, kMaxId};
  const IntegerRange known = {0, vocab_size - 1};
  SpecialIds ids;
  ids.bos = within(reader.optional_integer("bos_token_id", defaults.bos, any), vocab_size);
  ids.pad = within(reader.optional_integer("pad_token_id", defaults.pad, any), vocab_size);
  for (const int64_t id : reader.integers("eos_token_id", defaults.eos, any)) {
    if (id < vocab_size) ids.eos.push_back(id);
  }
  ids.decoder_start =
      reader.optional_integer("decoder_start_token_id", defaults.decoder_start, known);
  ids.forced_bos = reader.optional_integer("forced_bos_token_id", defaults.forced_bos, known);
  ids.forced_eos = reader.optional_integer("forced_eos_token_id", defaults.forced_eos, known);
  ids.bad_words = reader.integer_lists("bad_words_ids", defaults.bad_words, known);
  return ids;
}

void warn_of_unknown_ids(const nlohmann::json& config, int64_t vocab_size,
                         const std::string& file) {
  for (const char* key : {"bos_token_id", "pad_token_id", "eos_token_id"}) {
    const nlohmann::json value = config.value(key, nlohmann::json());
    for (const nlohmann::json& id : value.is_array() ? value : nlohmann::json::array({value})) {
      if (!id.is_number_integer() || id.get<int64_t>() < vocab_size) continue;
      base::log_warning(base::cat(file, ": ", key, " ", id.get<int64_t>(),
                                  " is beyond the vocabulary of ", vocab_size,
                                  " tokens and left out"));
    }
  }
  if (const auto decoder = config.find("decoder"); decoder != config.end() && decoder->is_object())
    warn_of_unknown_ids(*decoder, vocab_size, base::cat(file, ": decoder"));
}

void require_decoder_start(HfConfig& reader, const SpecialIds& ids) {
  if (ids.decoder_start) return;
  reader.add_problem(
      "'decoder_start_token_id' is missing: add the id that every target begins with (often that "
      "of <pad>, <s> or [CLS])");
}

void export_special_ids(nlohmann::json& config, const SpecialIds& ids) {
  const auto write = [&](const char* key, const OptionalId& id) {
    if (id) config[key] = *id;
  };
  write("bos_token_id", ids.bos);
  write("pad_token_id", ids.pad);
  write("decoder_start_token_id", ids.decoder_start);
  if (ids.eos.size() == 1) {
    config["eos_token_id"] = ids.eos.front();
  } else if (!ids.eos.empty()) {
    config["eos_token_id"] = ids.eos;
  }
}

}  // namespace finetune::models
