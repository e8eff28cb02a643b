#include "tokenize.h"

#include <iostream>
#include <nlohmann/json.hpp>
#include <vector>

#include "base/error.h"
#include "base/json.h"
#include "base/parallel.h"
#include "base/strings.h"
#include "input_lines.h"
#include "text/tokenizer.h"

namespace finetune::apps {

namespace {

constexpr size_t kMaxLines = 4096;
constexpr int64_t kLinesPerTask = 64;

class Converter {
 public:
  Converter(const text::Tokenizer& tokenizer, const TokenizeArguments& arguments)
      : tokenizer_(tokenizer), arguments_(arguments) {}

  /// One line of output for one of input.
  std::string convert(const std::string& line) const {
    if (arguments_.decodes) return decode(line);
    text::Encoding encoding;
    text::EncodeOptions options;
    options.add_special_tokens = arguments_.adds_special_tokens;
    options.want_offsets = !arguments_.prints_ids;
    tokenizer_.encode(line, options, encoding);
    return arguments_.prints_ids ? ids_text(encoding) : json_text(encoding);
  }

 private:
  std::string decode(const std::string& line) const {
    std::vector<int32_t> ids;
    for (const std::string& word : base::split(base::trim(line), ' ')) {
      if (word.empty()) continue;
      const auto id = base::parse_int64(word);
      if (!id || *id < 0 || *id >= tokenizer_.vocab_size()) {
        throw DataError(base::cat(base::quote(word), " is no token id; expected numbers from 0 to ",
                                  tokenizer_.vocab_size() - 1));
      }
      ids.push_back(static_cast<int32_t>(*id));
    }
    return tokenizer_.decode(ids, /*skip_special_tokens=*/!arguments_.adds_special_tokens);
  }

  static std::string ids_text(const text::Encoding& encoding) {
    std::string text;
    for (const int32_t id : encoding.ids) text += (text.empty() ? "" : " ") + std::to_string(id);
    return text;
  }

  std::string json_text(const text::Encoding& encoding) const {
    nlohmann::json tokens = nlohmann::json::array();
    for (const int32_t id : encoding.ids) tokens.push_back(std::string(tokenizer_.token(id)));
    return base::dump_json(
        {{"ids", encoding.ids}, {"tokens", tokens}, {"offsets", encoding.offsets}});
  }

  const text::Tokenizer& tokenizer_;
  const TokenizeArguments& arguments_;
};

}  // namespace

int run_tokenize(const TokenizeArguments& arguments) {
  const auto tokenizer = text::load_tokenizer(arguments.tokenizer);
  const Converter converter(*tokenizer, arguments);
  const int threads = arguments.threads > 0 ? arguments.threads : base::available_processors();
  for_each_line_batch(kMaxLines, [&](std::span<const std::string> lines) {
    std::vector<std::string> results(lines.size());
    base::parallel_for(static_cast<int64_t>(lines.size()), kLinesPerTask, threads,
                       [&](int64_t begin, int64_t end) {
                         for (auto i = static_cast<size_t>(begin); i < static_cast<size_t>(end);
                              ++i)
                           results[i] = converter.convert(lines[i]);
                       });
    for (const std::string& result : results) std::cout << result << '\n';
    std::cout.flush();
    if (!std::cout) throw IoError("writing to standard output failed");
  });
  return static_cast<int>(ExitCode::kOk);
}

}  // namespace finetune::apps
