#include "text/normalizer.h"

#include "text/bert_json.h"
#include "text/bert_normalizer.h"
#include "text/precompiled.h"

namespace finetune::text {
namespace {

/// Sequences within sequences: deeper ones are refused.
constexpr int kMaxDepth = 16;

class BertNormalizer final : public Normalizer {
 public:
  explicit BertNormalizer(const BertNormalizerOptions& options) : options_(options) {}
  void normalize(AlignedText& text) const override { text::normalize(text, options_); }

 private:
  BertNormalizerOptions options_;
};

class Lowercase final : public Normalizer {
 public:
  void normalize(AlignedText& text) const override { text.lower_case(); }
};

class Nfd final : public Normalizer {
 public:
  void normalize(AlignedText& text) const override { text.decompose_canonically(); }
};

class Sequence final : public Normalizer {
 public:
  explicit Sequence(std::vector<std::unique_ptr<Normalizer>> steps) : steps_(std::move(steps)) {}
  void normalize(AlignedText& text) const override {
    for (const auto& step : steps_) step->normalize(text);
  }

 private:
  std::vector<std::unique_ptr<Normalizer>> steps_;
};

std::unique_ptr<Normalizer> read(const JsonNode& node, int depth);

std::unique_ptr<Normalizer> read_sequence(const JsonNode& node, int depth) {
  if (depth == kMaxDepth) node.fail("sequences within sequences, too deep");
  std::vector<std::unique_ptr<Normalizer>> steps;
  for (const JsonNode& item : node.at("normalizers").items()) {
    steps.push_back(read(item, depth + 1));
  }
  return std::make_unique<Sequence>(std::move(steps));
}

std::unique_ptr<Normalizer> read(const JsonNode& node, int depth) {
  const std::string& type =
      node.at("type").one_of({"BertNormalizer", "NFD", "Lowercase", "Precompiled", "Sequence"});
  if (type == "Sequence") return read_sequence(node, depth);
  if (type == "BertNormalizer") {
    return std::make_unique<BertNormalizer>(read_bert_normalizer(node));
  }
  if (type == "Lowercase") return std::make_unique<Lowercase>();
  if (type == "NFD") return std::make_unique<Nfd>();
  return read_precompiled(node);
}

}  // namespace

std::unique_ptr<Normalizer> read_normalizer(const JsonNode& node) { return read(node, 0); }

}  // namespace finetune::text
