#include "data/bad_rows.h"

#include <nlohmann/json.hpp>
#include <span>
#include <utility>

#include "base/error.h"
#include "base/json.h"
#include "base/log.h"
#include "base/strings.h"
#include "data/byte_source.h"

namespace finetune::data {
namespace {

constexpr size_t kMaxRawBytes = size_t{64} << 10;
constexpr int64_t kMaxLogged = 5;

std::string escape(std::string_view bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string out;
  for (const char c : bytes.substr(0, kMaxRawBytes)) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x20 && byte < 0x7F && c != '\\') {
      out += c;
    } else {
      out += {'\\', 'x', kDigits[byte >> 4U], kDigits[byte & 15U]};
    }
  }
  return out;
}

}  // namespace

BadRows::BadRows(const std::string& path, std::string split, const ReadOptions& options)
    : path_(name_of_source(path)),
      split_(std::move(split)),
      policy_(options.on_bad_row),
      max_bad_rows_(options.max_bad_rows),
      logs_(options.logs_bad_rows),
      advises_options_(options.advises_options),
      folder_(options.quarantine_folder) {
  if (policy_ == BadRowPolicy::kQuarantine && folder_.empty()) {
    throw ConfigError("quarantining bad rows needs a folder to put them into");
  }
}

BadRows::~BadRows() = default;

void BadRows::add(const BadRow& bad, const RowOrigin& origin) {
  const std::string place = base::cat(path_, ":", origin.line, ": ", bad.message, " (byte ",
                                      origin.byte + bad.byte_in_row, " of the file)");
  if (policy_ == BadRowPolicy::kError) {
    throw DataError(base::cat(
        place, "; correct the row",
        advises_options_ ? "" : ", or set data.on_bad_row to \"skip\" or \"quarantine\""));
  }
  ++by_reason_[std::string(bad.reason)];
  if (++count_ > max_bad_rows_) {
    throw DataError(base::cat(place, "; this is bad row number ", count_,
                              " of the file, more than data.max_bad_rows (", max_bad_rows_, ")"));
  }
  if (logs_ && count_ <= kMaxLogged) base::log_warning(base::cat("left out: ", place));
  if (policy_ == BadRowPolicy::kQuarantine) quarantine(bad, origin);
}

void BadRows::quarantine(const BadRow& bad, const RowOrigin& origin) {
  if (!file_) file_ = base::posix_fs().create(folder_ / base::cat("quarantine-", split_, ".jsonl"));
  const nlohmann::ordered_json row = {
      {"file", path_},        {"line", origin.line},    {"byte", origin.byte + bad.byte_in_row},
      {"reason", bad.reason}, {"message", bad.message}, {"raw", escape(origin.raw)}};
  const std::string text =
      row.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
  file_->write(std::as_bytes(std::span(text)));
}

}  // namespace finetune::data
