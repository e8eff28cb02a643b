#include "run/tiny_run.h"

#include <unistd.h>

#include <catch2/catch.hpp>
#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>
#include <numeric>

#include "base/strings.h"
#include "support/standard_stream.h"

namespace finetune::test {

namespace fs = std::filesystem;
using nlohmann::json;

namespace {

constexpr const char* kConfig = R"({
  "output_dir": "run", "seed": 7,
  "model": {"path": "model"},
  "task": {"type": "classification"},
  "data": {"train": "train.tsv", "validation": "dev.tsv", "test": "test.tsv", "cache": false},
  "training": {"num_train_epochs": 3, "batch_size": 8, "threads": 1},
  "optimizer": {"learning_rate": 5e-3},
  "evaluation": {"metric": "accuracy"},
  "logging": {"every": "1 steps"}
})";

}  // namespace

std::string tiny_vocabulary() {
  std::string text = "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nbad\nfair\ngood\n";
  for (int id = 8; id < 60; ++id) text += base::cat("w", id, "\n");
  return text;
}

std::string labelled_rows(int count, int first) {
  const char* const labels[] = {"bad", "fair", "good"};
  std::string text = "text\tlabel\n";
  for (int i = 0; i < count; ++i) {
    const char* label = labels[i % 3];
    text += base::cat("w", 8 + first, " ", label, " w", 8 + i, i % 2 == 0 ? " w9 w10" : "", "\t",
                      label, "\n");
  }
  return text;
}

TinyRun::TinyRun() {
  const fs::path model = folder_.path() / "model";
  fs::copy(fixture("models/fixtures/tiny_bert"), model);
  write("model/vocab.txt", tiny_vocabulary());
  write("model/tokenizer_config.json",
        R"({"do_lower_case": true, "tokenizer_class": "BertTokenizer"})");
  write("train.tsv", labelled_rows(24, 0));
  write("dev.tsv", labelled_rows(9, 40));
  write("test.tsv", labelled_rows(6, 50));
}

fs::path TinyRun::write(const std::string& name, const std::string& content) const {
  write_file(folder_.path() / name, content);
  return folder_.path() / name;
}

run::RunConfig TinyRun::config(const std::string& patch) const {
  json config = json::parse(kConfig);
  config.merge_patch(json::parse(patch));
  return run::read_run_config(write("config.json", config.dump()));
}

run::TrainSummary TinyRun::train(const std::string& patch) const {
  run::RunObserver observer;
  return run::train({config(patch)}, observer);
}

double RecordingObserver::loss_ratio() const {
  REQUIRE(losses.size() >= 6);
  const auto end = losses.end();
  return std::accumulate(end - 3, end, 0.0) /
         std::accumulate(losses.begin(), losses.begin() + 3, 0.0);
}

std::vector<std::string> lines_of(const fs::path& file) {
  std::vector<std::string> lines;
  std::ifstream stream(file);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

std::string logged(const std::function<void()>& body) {
  const TemporaryFolder folder;
  const fs::path file = folder.path() / "stderr";
  write_file(file, "");
  {
    const StandardStream errors(STDERR_FILENO, file);
    body();
  }
  return read_file(file);
}

EnvironmentVariable::EnvironmentVariable(const char* name, const char* value) : name_(name) {
  if (const char* old = std::getenv(name)) old_ = old;
  value != nullptr ? setenv(name, value, 1) : unsetenv(name);
}

EnvironmentVariable::~EnvironmentVariable() {
  old_ ? setenv(name_, old_->c_str(), 1) : unsetenv(name_);
}

}  // namespace finetune::test
