#include "tasks/text_feed.h"

#include <ATen/ops/zeros_like.h>

#include <algorithm>
#include <span>

#include "tasks/encoder_similarity.h"
#include "tasks/token_batch.h"

namespace finetune::tasks {

namespace {

using Ids = std::vector<int64_t>;

constexpr int64_t kProbedTexts = 8;

std::span<const int64_t> part(const Ids& ids, const Ids& offsets, int64_t index) {
  const auto i = static_cast<size_t>(index);
  return std::span(ids).subspan(static_cast<size_t>(offsets[i]),
                                static_cast<size_t>(offsets[i + 1] - offsets[i]));
}

/// Sequences laid end to end; positions are counted in each.
class Sequencer {
 public:
  void append(std::span<const int64_t> ids) { ids_.insert(ids_.end(), ids.begin(), ids.end()); }

  void close() {
    const auto begin = offsets_.back();
    for (auto i = begin; i < static_cast<int64_t>(ids_.size()); ++i)
      positions_.push_back(i - begin);
    offsets_.push_back(static_cast<int64_t>(ids_.size()));
  }

  int64_t size() const { return static_cast<int64_t>(ids_.size()); }

  nn::TokenBatch batch() const {
    const at::Tensor ids = to_tensor(ids_);
    return {ids, to_tensor(positions_), at::zeros_like(ids), kernels::Sequences{offsets_}};
  }

 private:
  Ids ids_;
  Ids positions_;
  Ids offsets_{0};
};

/// Enough texts to see how an encoder fares.
data::Batch first_texts(const data::Batch& batch) {
  data::Batch first;
  const auto count = static_cast<size_t>(std::min(batch.num_sequences(), kProbedTexts));
  first.offsets.assign(batch.offsets.begin(),
                       batch.offsets.begin() + static_cast<std::ptrdiff_t>(count + 1));
  const auto take = [&](const Ids& all) {
    return Ids(all.begin(), all.begin() + first.offsets.back());
  };
  first.token_ids = take(batch.token_ids);
  first.positions = take(batch.positions);
  first.segments = take(batch.segments);
  return first;
}

/// Numbers of the random streams of a batch.
Ids streams_of(const data::Batch& batch, int64_t first_row) {
  Ids streams = batch.example_indices;
  for (int64_t& stream : streams) stream += first_row;
  return streams;
}

}  // namespace

TokenPredictions Seq2SeqFeed::predict(const data::Batch& batch, const nn::Pass& pass) {
  const int64_t start = *model_.special_ids().decoder_start;
  Sequencer target;
  for (int64_t b = 0; b < batch.num_sequences(); ++b) {
    target.append(models::decoder_inputs(part(batch.label_ids, batch.label_offsets, b), start));
    target.close();
  }
  const models::EncodedSource source = model_.encode(to_token_batch(batch), pass);
  return {model_.decode(target.batch(), source, pass, {}), to_tensor(batch.label_ids),
          batch.label_offsets};
}

std::optional<double> Seq2SeqFeed::encoder_similarity(const data::Batch& batch) {
  const models::EncodedSource source = model_.encode(to_token_batch(first_texts(batch)), {});
  return tasks::encoder_similarity(source.states, source.sequences);
}

std::vector<decode::Hypotheses> Seq2SeqFeed::write(const data::Batch& batch,
                                                   const decode::Options& options,
                                                   int64_t first_row) {
  return decode::generate(model_, to_token_batch(batch), options, streams_of(batch, first_row));
}

TokenPredictions PrefixFeed::predict(const data::Batch& batch, const nn::Pass& pass) {
  Sequencer sequences;
  Ids rows;  // which predict a label: from the text's last token on
  for (int64_t b = 0; b < batch.num_sequences(); ++b) {
    const auto labels = part(batch.label_ids, batch.label_offsets, b);
    sequences.append(part(batch.token_ids, batch.offsets, b));
    const int64_t first = sequences.size() - 1;
    for (size_t i = 0; i < labels.size(); ++i) rows.push_back(first + static_cast<int64_t>(i));
    if (!labels.empty()) sequences.append(labels.first(labels.size() - 1));
    sequences.close();
  }
  return {model_.hidden(sequences.batch(), pass, to_tensor(rows)), to_tensor(batch.label_ids),
          batch.label_offsets};
}

std::vector<decode::Hypotheses> PrefixFeed::write(const data::Batch& batch,
                                                  const decode::Options& options,
                                                  int64_t first_row) {
  return decode::generate(model_, to_token_batch(batch), options, streams_of(batch, first_row));
}

TokenPredictions LanguageFeed::predict(const data::Batch& batch, const nn::Pass& pass) {
  Sequencer inputs;
  Ids labels;
  Ids offsets{0};
  for (int64_t b = 0; b < batch.num_sequences(); ++b) {
    const auto ids = part(batch.token_ids, batch.offsets, b);
    if (ids.size() >= 2) {
      inputs.append(ids.first(ids.size() - 1));
      labels.insert(labels.end(), ids.begin() + 1, ids.end());
      inputs.close();
    }
    offsets.push_back(static_cast<int64_t>(labels.size()));
  }
  return {model_.hidden(inputs.batch(), pass, {}), to_tensor(labels), offsets};
}

std::vector<decode::Hypotheses> LanguageFeed::write(const data::Batch& batch,
                                                    const decode::Options& options,
                                                    int64_t first_row) {
  return decode::generate(model_, to_token_batch(batch), options, streams_of(batch, first_row));
}

}  // namespace finetune::tasks
