// The native half of generation_against_transformers.py: loads a model folder once, then answers
// every line of stdin, {"sources": [[ids], ...], "batch_size": n, "max_new_tokens": n,
// "num_beams": n, "length_penalty": x}, with {"ids": [[ids], ...], "scores": [...], "seconds": x}:
// the best text of each source without its start id.
#include <ATen/Parallel.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros_like.h>

#include <algorithm>
#include <chrono>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>
#include <numeric>
#include <string>

#include "decode/generator.h"
#include "models/load.h"

namespace {

using namespace finetune;
using nlohmann::json;
using Sources = std::vector<std::vector<int64_t>>;

nn::TokenBatch batch_of(const Sources& sources, size_t begin, size_t end) {
  std::vector<int64_t> ids;
  std::vector<int64_t> positions;
  nn::TokenBatch batch;
  batch.sequences.offsets = {0};
  for (size_t i = begin; i < end; ++i) {
    ids.insert(ids.end(), sources[i].begin(), sources[i].end());
    positions.resize(ids.size());
    std::iota(positions.end() - static_cast<std::ptrdiff_t>(sources[i].size()), positions.end(),
              int64_t{0});
    batch.sequences.offsets.push_back(static_cast<int64_t>(ids.size()));
  }
  batch.token_ids = at::tensor(ids);
  batch.positions = at::tensor(positions);
  batch.segments = at::zeros_like(batch.token_ids);
  return batch;
}

json answer(models::Seq2SeqModel& model, const json& request) {
  const auto sources = request.at("sources").get<Sources>();
  const size_t batch_size = request.at("batch_size");
  decode::Options options;
  options.max_new_tokens = request.at("max_new_tokens");
  options.num_beams = request.at("num_beams");
  options.length_penalty = request.at("length_penalty");
  json result = {{"ids", json::array()}, {"scores", json::array()}};
  const auto start = std::chrono::steady_clock::now();
  for (size_t begin = 0; begin < sources.size(); begin += batch_size) {
    const size_t end = std::min(begin + batch_size, sources.size());
    for (const auto& hypotheses : decode::generate(model, batch_of(sources, begin, end), options)) {
      result["ids"].push_back(hypotheses.front().token_ids);
      result["scores"].push_back(hypotheses.front().score);
    }
  }
  result["seconds"] =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return result;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: generate_ids MODEL_FOLDER < requests\n";
    return 2;
  }
  try {
    const auto loaded = models::load_seq2seq_model(argv[1], {}, 1, {});
    std::string line;
    while (std::getline(std::cin, line)) {
      std::cout << answer(*loaded.model, json::parse(line)).dump() << std::endl;
    }
  } catch (const std::exception& error) {
    std::cerr << "generate_ids: " << error.what() << '\n';
    return 1;
  }
  return 0;
}
