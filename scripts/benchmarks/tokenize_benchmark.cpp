// The native half of tokenize_benchmark.py: loads a tokenizer and the lines of a text once, then
// encodes all lines for every command on stdin ("ids" or "offsets") and answers with the seconds
// and the number of tokens.
#include <chrono>
#include <iostream>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/files.h"
#include "text/tokenizer.h"

namespace {

using finetune::text::EncodeOptions;
using finetune::text::Encoding;
using finetune::text::Tokenizer;

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    lines.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

void serve(const Tokenizer& tokenizer, const std::vector<std::string_view>& lines) {
  Encoding encoding;
  for (std::string command; std::getline(std::cin, command);) {
    EncodeOptions options;
    options.want_offsets = command == "offsets";
    size_t num_tokens = 0;
    const auto start = std::chrono::steady_clock::now();
    for (const std::string_view line : lines) {
      tokenizer.encode(line, options, encoding);
      num_tokens += encoding.ids.size();
    }
    std::cout << seconds_since(start) << ' ' << num_tokens << std::endl;
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::cerr << "usage: tokenize_benchmark TOKENIZER TEXT_FILE\n";
    return 2;
  }
  try {
    const auto start = std::chrono::steady_clock::now();
    const auto tokenizer = finetune::text::load_tokenizer(argv[1]);
    std::cout << seconds_since(start) << std::endl;
    const std::string text = finetune::base::read_file(argv[2]);
    serve(*tokenizer, lines_of(text));
  } catch (const finetune::Error& error) {
    std::cerr << error.report() << '\n';
    return static_cast<int>(error.exit_code());
  }
  return 0;
}
