// The native half of tokenize_benchmark.py: loads a tokenizer and the lines of a text once, then
// encodes all lines for every command on stdin and answers with the seconds and the number of
// tokens. Commands: "ids", "offsets", "threads N", "write FILE" (all ids as 32-bit numbers, each
// line closed by -1), and "memory" (answers the peak of resident kB).
#include <sys/resource.h>

#include <atomic>
#include <chrono>
#include <fstream>
#include <iostream>
#include <sstream>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/files.h"
#include "text/encode_batch.h"
#include "text/tokenizer.h"

namespace {

using finetune::text::EncodeOptions;
using finetune::text::Encoding;
using finetune::text::Tokenizer;
using Lines = std::vector<std::string_view>;

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

Lines lines_of(std::string_view text) {
  Lines lines;
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    lines.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

uint64_t encode_all(const Tokenizer& tokenizer, const Lines& lines, bool want_offsets) {
  Encoding encoding;
  EncodeOptions options;
  options.want_offsets = want_offsets;
  uint64_t num_tokens = 0;
  for (const std::string_view line : lines) {
    tokenizer.encode(line, options, encoding);
    num_tokens += encoding.ids.size();
  }
  return num_tokens;
}

uint64_t encode_threaded(const Tokenizer& tokenizer, const Lines& lines, int num_threads) {
  std::atomic<uint64_t> num_tokens = 0;
  finetune::text::encode_each(
      tokenizer, lines, {{}, num_threads}, [&](size_t, const Encoding& encoding) {
        num_tokens.fetch_add(encoding.ids.size(), std::memory_order_relaxed);
      });
  return num_tokens;
}

uint64_t write_all(const Tokenizer& tokenizer, const Lines& lines, const std::string& path) {
  std::ofstream file(path, std::ios::binary);
  Encoding encoding;
  uint64_t num_tokens = 0;
  for (const std::string_view line : lines) {
    tokenizer.encode(line, {}, encoding);
    num_tokens += encoding.ids.size();
    encoding.ids.push_back(-1);
    file.write(reinterpret_cast<const char*>(encoding.ids.data()),
               static_cast<std::streamsize>(encoding.ids.size() * sizeof(int32_t)));
  }
  return num_tokens;
}

uint64_t peak_kilobytes() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<uint64_t>(usage.ru_maxrss);
}

void serve(const Tokenizer& tokenizer, const Lines& lines) {
  for (std::string line; std::getline(std::cin, line);) {
    std::istringstream words(line);
    std::string command, argument;
    words >> command >> argument;
    const auto start = std::chrono::steady_clock::now();
    uint64_t answer = 0;
    if (command == "write") {
      answer = write_all(tokenizer, lines, argument);
    } else if (command == "memory") {
      answer = peak_kilobytes();
    } else if (command == "threads") {
      answer = encode_threaded(tokenizer, lines, std::stoi(argument));
    } else {
      answer = encode_all(tokenizer, lines, command == "offsets");
    }
    std::cout << seconds_since(start) << ' ' << answer << std::endl;
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::cerr << "usage: tokenize_benchmark TOKENIZER TEXT_FILE\n";
    return 2;
  }
  try {
    const finetune::base::MappedFile file(argv[2]);
    const Lines lines = lines_of(file.text());
    const auto start = std::chrono::steady_clock::now();
    const auto tokenizer = finetune::text::load_tokenizer(argv[1]);
    std::cout << seconds_since(start) << ' ' << peak_kilobytes() << std::endl;
    serve(*tokenizer, lines);
  } catch (const finetune::Error& error) {
    std::cerr << error.report() << '\n';
    return static_cast<int>(error.exit_code());
  }
  return 0;
}
