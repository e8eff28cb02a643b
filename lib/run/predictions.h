#pragma once

#include <string>

#include "data/prepare.h"
#include "tasks/task.h"

namespace finetune::run {

/// A data set and the file in which its texts stand ("-": a stream, which is gone).
struct DataText {
  std::string path;
  data::ReadOptions read;
  const data::EncodedDataset& dataset;
};

/// Tells answers the examples they belong to, where they want to know and the file is there.
void meet_examples(tasks::Answers& answers, const DataText& text);

/// predictions/<split>.jsonl: line, text, what the data says and the model's answer of every row,
/// in file order. Data read from a stream ("-") cannot be read again: then the texts are left out.
std::string predictions_jsonl(const DataText& text, const tasks::Answers& answers);

}  // namespace finetune::run
