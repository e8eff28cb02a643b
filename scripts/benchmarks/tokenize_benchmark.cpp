// The native half of tokenize_benchmark.py: loads a tokenizer, and answers commands on stdin with
// the seconds they took and a number, as it does for loading itself (there: kB by which resident
// memory grew). Commands: "ids N" and "offsets N" (encode all lines on N threads; number of
// tokens), "write FILE" (all ids as 32-bit numbers, each line closed by -1; number of tokens), and
// "memory" (encodes all lines, a batch after the other, and drops the encodings; kB by which the
// peak of resident memory exceeds what was resident before loading).
#include <chrono>
#include <fstream>
#include <iostream>
#include <numeric>
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

constexpr size_t kBatch = 1000;  ///< lines; as in tokenize_benchmark.py

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

uint64_t encode_all(const Tokenizer& tokenizer, const Lines& lines, bool want_offsets,
                    int num_threads) {
  std::vector<uint32_t> num_tokens(lines.size());
  EncodeOptions options;
  options.want_offsets = want_offsets;
  finetune::text::encode_each(tokenizer, lines, {options, num_threads},
                              [&](size_t index, const Encoding& encoding) {
                                num_tokens[index] = static_cast<uint32_t>(encoding.ids.size());
                              });
  return std::accumulate(num_tokens.begin(), num_tokens.end(), uint64_t{0});
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

/// A figure of /proc/self/status. Not getrusage: its peak is inherited from the parent process.
uint64_t kilobytes(const std::string& key) {
  std::ifstream status("/proc/self/status");
  for (std::string word; status >> word;) {
    uint64_t number = 0;
    if (word == key && status >> number) return number;
  }
  return 0;
}

void reset_peak() { std::ofstream("/proc/self/clear_refs") << 5; }

uint64_t encode_in_batches(const Tokenizer& tokenizer, const Lines& lines) {
  uint64_t num_tokens = 0;
  for (size_t begin = 0; begin < lines.size(); begin += kBatch) {
    const auto batch = std::span(lines).subspan(begin, std::min(kBatch, lines.size() - begin));
    for (const Encoding& encoding : finetune::text::encode_batch(tokenizer, batch, {}, 1)) {
      num_tokens += encoding.ids.size();
    }
  }
  return num_tokens;
}

void serve(const Tokenizer& tokenizer, const Lines& lines, uint64_t kilobytes_before) {
  for (std::string line; std::getline(std::cin, line);) {
    std::istringstream words(line);
    std::string command, argument;
    words >> command >> argument;
    const auto start = std::chrono::steady_clock::now();
    uint64_t answer = 0;
    if (command == "write") {
      answer = write_all(tokenizer, lines, argument);
    } else if (command == "memory") {
      if (encode_in_batches(tokenizer, lines) == 0) throw finetune::DataError("there is no text");
      answer = kilobytes("VmHWM:") - kilobytes_before;
    } else {
      answer = encode_all(tokenizer, lines, command == "offsets", std::stoi(argument));
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
    reset_peak();
    const uint64_t before = kilobytes("VmRSS:");
    const auto start = std::chrono::steady_clock::now();
    const auto tokenizer = finetune::text::load_tokenizer(argv[1]);
    std::cout << seconds_since(start) << ' ' << kilobytes("VmRSS:") - before << std::endl;
    serve(*tokenizer, lines, before);
  } catch (const finetune::Error& error) {
    std::cerr << error.report() << '\n';
    return static_cast<int>(error.exit_code());
  }
  return 0;
}
