#include "text/regex_pattern.h"

#define PCRE2_CODE_UNIT_WIDTH 32
#include <pcre2.h>

#include <chrono>

#include "base/error.h"
#include "base/strings.h"
#include "text/known_patterns.h"
#include "text/regex_translation.h"
#include "text/utf8.h"

namespace finetune::text {
namespace {

// A sane expression needs some hundreds of steps a match; these take a fraction of a second.
constexpr uint32_t kMaxSteps = 5'000'000, kMaxDepth = 100'000, kMaxHeapKilobytes = 64 * 1024;
// The limit of steps counts anew at every place where a match may begin, so that one call may take
// its square: the time is looked at after this many places.
constexpr size_t kPlacesPerCall = 256;
constexpr std::chrono::microseconds kMaxTime{3'000'000}, kMaxTimePerChar{1};
constexpr size_t kMaxPatternLength = 10'000;
constexpr uint32_t kOptions = PCRE2_UTF | PCRE2_UCP | PCRE2_MULTILINE | PCRE2_USE_OFFSET_LIMIT;

template <auto kFree>
struct Free {
  template <class T>
  void operator()(T* pointer) const {
    kFree(pointer);
  }
};
using Code = std::unique_ptr<pcre2_code, Free<pcre2_code_free>>;
using CompileContext = std::unique_ptr<pcre2_compile_context, Free<pcre2_compile_context_free>>;
using MatchContext = std::unique_ptr<pcre2_match_context, Free<pcre2_match_context_free>>;
using MatchData = std::unique_ptr<pcre2_match_data, Free<pcre2_match_data_free>>;

PCRE2_SPTR units(std::u32string_view text) { return reinterpret_cast<PCRE2_SPTR>(text.data()); }

class RegexPattern final : public TextPattern {
 public:
  RegexPattern(Code code, std::string regex) : code_(std::move(code)), regex_(std::move(regex)) {}

  void find(std::u32string_view text, std::vector<TextSpan>& matches) const override {
    matches.clear();
    const MatchData data(pcre2_match_data_create_from_pattern(code_.get(), nullptr));
    const MatchContext context = make_context();
    const auto deadline = std::chrono::steady_clock::now() + kMaxTime +
                          static_cast<int64_t>(text.size()) * kMaxTimePerChar;
    size_t start = 0;
    while (start <= text.size()) {
      const size_t last_place = start + kPlacesPerCall;
      pcre2_set_offset_limit(context.get(), last_place);
      const int found = pcre2_match(code_.get(), units(text), text.size(), start,
                                    PCRE2_NO_UTF_CHECK, data.get(), context.get());
      const bool is_failed = found < 0 && found != PCRE2_ERROR_NOMATCH;
      if (is_failed || std::chrono::steady_clock::now() > deadline) fail(text);
      if (found == PCRE2_ERROR_NOMATCH) {
        start = last_place + 1;
        continue;
      }
      const PCRE2_SIZE* ends = pcre2_get_ovector_pointer(data.get());
      const bool is_empty_after_match =
          ends[0] == ends[1] && !matches.empty() && matches.back().second == ends[1];
      start = is_empty_after_match ? start + 1 : ends[1];
      if (!is_empty_after_match) matches.emplace_back(ends[0], ends[1]);
    }
  }

 private:
  static MatchContext make_context() {
    MatchContext context(pcre2_match_context_create(nullptr));
    pcre2_set_match_limit(context.get(), kMaxSteps);
    pcre2_set_depth_limit(context.get(), kMaxDepth);
    pcre2_set_heap_limit(context.get(), kMaxHeapKilobytes);
    return context;
  }

  [[noreturn]] void fail(std::u32string_view text) const {
    std::string beginning;
    for (const char32_t c : text.substr(0, 40)) append_char(beginning, c);
    throw DataError(base::cat("the tokenizer's regular expression ", base::quote(regex_),
                              " takes too many steps on the text that begins with ",
                              base::quote(beginning), "; give the tokenizer a simpler one"));
  }

  Code code_;
  std::string regex_;
};

Code compile(const JsonNode& node, std::u32string_view pattern) {
  const CompileContext context(pcre2_compile_context_create(nullptr));
  pcre2_set_newline(context.get(), PCRE2_NEWLINE_LF);
  pcre2_set_max_pattern_length(context.get(), 1'000'000);
  int error = 0;
  PCRE2_SIZE place = 0;
  Code code(pcre2_compile(units(pattern), pattern.size(), kOptions, &error, &place, context.get()));
  if (code) return code;
  PCRE2_UCHAR message[256];
  pcre2_get_error_message(error, message, std::size(message));
  std::string reason;
  for (const PCRE2_UCHAR* c = message; *c != 0; ++c) append_char(reason, *c);
  node.fail(
      base::cat("the regular expression ", base::quote(node.string()), " is malformed: ", reason));
}

}  // namespace

std::unique_ptr<TextPattern> read_regex(const JsonNode& node) {
  const std::string& regex = node.string();
  if (const auto known = find_known_pattern(regex)) return make_known_pattern(*known);
  if (regex.size() > kMaxPatternLength) {
    node.fail(base::cat("a regular expression of ", regex.size(), " bytes; at most ",
                        kMaxPatternLength, " are supported"));
  }
  const Translation translation = translate_regex(decode_text(regex));
  if (translation.problem) {
    node.fail(base::cat("the regular expression ", base::quote(regex),
                        " is not supported: ", *translation.problem));
  }
  return std::make_unique<RegexPattern>(compile(node, translation.pattern), regex);
}

}  // namespace finetune::text
