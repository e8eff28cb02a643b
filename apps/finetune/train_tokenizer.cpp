#include "train_tokenizer.h"

#include <chrono>
#include <iostream>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/json.h"
#include "base/processors.h"
#include "base/strings.h"
#include "terminal_text.h"
#include "text/tokenizer_folder.h"

namespace finetune::apps {

int run_train_tokenizer(const TrainTokenizerArguments& arguments) {
  const auto started = std::chrono::steady_clock::now();
  text::check_tokenizer_folder(arguments.output, arguments.overwrites);
  text::TrainTokenizerOptions options = arguments.options;
  if (!arguments.special_tokens.empty())
    options.special_tokens = base::split(arguments.special_tokens, ',');
  if (options.num_threads == 0) options.num_threads = base::available_processors();
  const text::TrainedTokenizer trained = text::train_tokenizer(arguments.files, options);
  text::write_tokenizer_folder(base::posix_fs(), arguments.output, trained.files,
                               arguments.overwrites);
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - started;
  if (arguments.prints_json) {
    nlohmann::json files = nlohmann::json::array();
    for (const auto& [name, bytes] : trained.files) files.push_back(name);
    std::cout << base::dump_json({{"output_dir", arguments.output.string()},
                                  {"type", text::name_of(options.kind)},
                                  {"vocab_size", trained.vocab_size},
                                  {"files", files},
                                  {"seconds", seconds.count()}})
              << '\n';
  } else {
    std::cout << terminal_text(
        base::cat(arguments.output.string(), ": ", trained.vocab_size, " tokens\n"));
  }
  return static_cast<int>(ExitCode::kOk);
}

}  // namespace finetune::apps
