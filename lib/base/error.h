#pragma once

#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace finetune {

/// Exit codes of the program, one meaning each (docs/exit-codes in docs/architecture.md).
enum class ExitCode : int {
  kOk = 0,
  kInternal = 1,
  kConfig = 2,
  kData = 3,
  kCheckpoint = 4,
  kDiverged = 5,
  kBusy = 6,
  kIo = 7,
  kMemory = 8,
  kDistributed = 9,
  kPreempted = 75,
};

/// Base of every exception that finetune throws. Carries the exit code and a chain of reasons: the
/// outermost context first, the original message last.
class Error : public std::runtime_error {
 public:
  Error(ExitCode exit_code, std::string message);

  ExitCode exit_code() const { return exit_code_; }
  const std::vector<std::string>& chain() const { return chain_; }

  /// Puts `context` ("reading 'model.safetensors'") in front of the chain.
  void add_context(std::string context);

  /// "error: <context>\n  because: <reason>\n  because: ..." without a trailing newline.
  std::string report() const;

 private:
  ExitCode exit_code_;
  std::vector<std::string> chain_;
};

/// The author of the configuration or of the command line must act.
struct ConfigError : Error {
  explicit ConfigError(std::string message) : Error(ExitCode::kConfig, std::move(message)) {}
};
/// The owner of the data must act; the message names file:line.
struct DataError : Error {
  explicit DataError(std::string message) : Error(ExitCode::kData, std::move(message)) {}
};
/// The owner of a model, tokenizer or checkpoint must act; the message names the file and tensor.
struct CheckpointError : Error {
  explicit CheckpointError(std::string message)
      : Error(ExitCode::kCheckpoint, std::move(message)) {}
};
/// The owner of the machine must act: a disk is full, a file cannot be written.
struct IoError : Error {
  explicit IoError(std::string message) : Error(ExitCode::kIo, std::move(message)) {}
};
/// Another run holds the output, or the target exists already.
struct BusyError : Error {
  explicit BusyError(std::string message) : Error(ExitCode::kBusy, std::move(message)) {}
};
/// Training produced NaN or infinity.
struct DivergedError : Error {
  explicit DivergedError(std::string message) : Error(ExitCode::kDiverged, std::move(message)) {}
};
/// A bug of ours.
struct InternalError : Error {
  explicit InternalError(std::string message) : Error(ExitCode::kInternal, std::move(message)) {}
};

/// Runs `body`; an Error that leaves it gets `context` in front.
template <class Body>
decltype(auto) with_context(const std::string& context, Body&& body) {
  try {
    return std::forward<Body>(body)();
  } catch (Error& error) {
    error.add_context(context);
    throw;
  }
}

}  // namespace finetune
