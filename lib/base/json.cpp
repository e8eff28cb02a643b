#include "base/json.h"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <nlohmann/json.hpp>
#include <vector>

#include "base/error.h"
#include "base/files.h"
#include "base/strings.h"

namespace finetune::base {
namespace {

using nlohmann::json;

/// What is being read, and how far the parser has come: messages need the place, and the SAX events
/// do not carry it.
struct Source {
  std::string_view text;
  std::string_view what;
  size_t num_read = 0;

  [[noreturn]] void fail(const std::string& problem) const { fail_at(num_read, problem); }

  [[noreturn]] void fail_at(size_t end, const std::string& problem) const {
    const std::string_view seen = text.substr(0, end);
    const auto line = 1 + std::count(seen.begin(), seen.end(), '\n');
    const size_t newline = seen.rfind('\n');
    const size_t line_begin = newline == std::string_view::npos ? 0 : newline + 1;
    const std::string_view near = seen.substr(std::max(line_begin, end < 24 ? 0 : end - 24));
    throw CheckpointError(cat(what, ": line ", line, ", column ",
                              std::max<size_t>(end - line_begin, 1), ": ", problem,
                              near.empty() ? "" : " near " + quote(near)));
  }
};

/// Input iterator that counts for its Source what the parser has read.
class CountingIterator {
 public:
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = const char&;

  CountingIterator(Source& source, const char* position) : source_(&source), position_(position) {}
  reference operator*() const { return *position_; }
  CountingIterator& operator++() {
    ++position_;
    source_->num_read = static_cast<size_t>(position_ - source_->text.data());
    return *this;
  }
  bool operator==(const CountingIterator& other) const { return position_ == other.position_; }
  bool operator!=(const CountingIterator& other) const { return position_ != other.position_; }

 private:
  Source* source_;
  const char* position_;
};

/// "[json.exception.parse_error.101] parse error at line 1, column 2: syntax error ...; last read:
/// 'foreign bytes'" without what Source::fail_at says better.
std::string problem_of(const json::exception& exception) {
  std::string_view text = exception.what();
  for (const std::string_view skipped : {"] ", ": "}) {
    const size_t at = text.find(skipped);
    if (at != std::string_view::npos) text.remove_prefix(at + skipped.size());
    if (!text.starts_with("parse error")) break;
  }
  text = text.substr(0, text.find("; last read: "));
  return std::string(text.substr(0, text.find("parsing '")));
}

/// Builds the value from the parser's events and refuses what the DOM parser would let pass.
class StrictBuilder : public nlohmann::json_sax<json> {
 public:
  StrictBuilder(Source& source, int max_depth) : source_(source), max_depth_(max_depth) {}
  json take() { return std::move(root_); }

  bool null() override { return add(nullptr); }
  bool boolean(bool value) override { return add(value); }
  bool number_integer(number_integer_t value) override { return add(value); }
  bool number_unsigned(number_unsigned_t value) override { return add(value); }
  bool number_float(number_float_t value, const string_t&) override { return add(value); }
  bool string(string_t& value) override { return add(std::move(value)); }
  bool binary(binary_t&) override { throw InternalError("binary value in JSON text"); }
  bool start_object(std::size_t) override { return open(json::object()); }
  bool end_object() override { return close(); }
  bool start_array(std::size_t) override { return open(json::array()); }
  bool end_array() override { return close(); }

  bool key(string_t& name) override {
    auto& object = open_.back()->get_ref<json::object_t&>();
    const auto [place, is_new] = object.try_emplace(std::move(name));
    if (!is_new) source_.fail("duplicate key " + quote(place->first));
    member_ = &place->second;
    return true;
  }

  bool parse_error(std::size_t, const std::string&, const json::exception& exception) override {
    source_.fail(problem_of(exception));
  }

 private:
  json* place(json value) {
    if (open_.empty()) {
      root_ = std::move(value);
      return &root_;
    }
    if (open_.back()->is_array()) {
      open_.back()->push_back(std::move(value));
      return &open_.back()->back();
    }
    *member_ = std::move(value);
    return member_;
  }
  bool add(json value) {
    place(std::move(value));
    return true;
  }
  bool open(json container) {
    if (static_cast<int>(open_.size()) >= max_depth_) {
      source_.fail(cat("nested deeper than ", max_depth_, " levels"));
    }
    open_.push_back(place(std::move(container)));
    return true;
  }
  bool close() {
    open_.pop_back();
    return true;
  }

  Source& source_;
  int max_depth_;
  json root_;
  std::vector<json*> open_;  ///< the containers around the current place, outermost first
  json* member_ = nullptr;   ///< where the value of the key just read goes
};

[[noreturn]] void fail_too_large(std::string_view what, uint64_t size, size_t max_bytes) {
  throw CheckpointError(
      cat(what, ": ", size, " bytes of JSON, more than the limit of ", max_bytes));
}

}  // namespace

json parse_json(std::string_view text, std::string_view what, JsonLimits limits) {
  Source source{text, what};
  if (text.size() > limits.max_bytes) fail_too_large(what, text.size(), limits.max_bytes);
  if (text.starts_with("\xEF\xBB\xBF")) {
    source.fail_at(0, "starts with a byte-order mark; save the file as UTF-8 without one");
  }
  const size_t nul = text.find('\0');  // would silently end the text for the parser
  if (nul != std::string_view::npos) source.fail_at(nul + 1, "NUL byte");
  StrictBuilder builder(source, limits.max_depth);
  try {
    json::sax_parse(CountingIterator(source, text.data()),
                    CountingIterator(source, text.data() + text.size()), &builder);
  } catch (const json::exception& exception) {
    source.fail(problem_of(exception));
  }
  return builder.take();
}

json read_json_file(const std::filesystem::path& path, JsonLimits limits) {
  std::error_code no_size;  // then read_file says what is wrong
  const uint64_t size = std::filesystem::file_size(path, no_size);
  const std::string what = quote(path.string(), 1000);
  if (!no_size && size > limits.max_bytes) fail_too_large(what, size, limits.max_bytes);
  return parse_json(read_file(path, limits.max_bytes), what, limits);
}

std::string dump_json(const json& value, int indent) {
  return value.dump(indent, ' ', false, json::error_handler_t::replace);
}

}  // namespace finetune::base
