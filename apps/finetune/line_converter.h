#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "text/length_settings.h"
#include "text/tokenizer.h"
#include "tokenize.h"

namespace finetune::apps {

/// Turns one line of input into one of output, as `finetune tokenize` prints it. Keeps buffers:
/// one converter a thread.
class LineConverter {
 public:
  /// Both must outlive the converter.
  LineConverter(const text::Tokenizer& tokenizer, const TokenizeArguments& arguments);

  /// Appends the output without a line end. Throws DataError naming `line_number`.
  void convert(const std::string& line, int64_t line_number, std::string& out);

 private:
  void encode(const std::string& line);
  void encode_json(const std::string& line);
  void encode_text(std::string_view text);
  void encode_pair(std::string_view first, std::string_view second);
  void pad();
  std::string_view token(size_t index) const;
  void decode(const std::string& line, std::string& out) const;
  void append_object(std::string& out) const;
  void append_columns(std::string& out) const;
  void append_ids(char separator, std::string& out) const;

  const text::Tokenizer& tokenizer_;
  const TokenizeArguments& arguments_;
  text::EncodeOptions options_;
  text::LengthSettings lengths_;  ///< what the file says and is obeyed
  text::Encoding encoding_;
  size_t text_begin_ = 0, text_end_ = 0;  ///< of encoding_; what is outside was padded
};

}  // namespace finetune::apps
