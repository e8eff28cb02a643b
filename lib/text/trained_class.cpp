#include "text/trained_class.h"

#include <algorithm>

#include "base/error.h"
#include "base/strings.h"

namespace finetune::text {

namespace {

using Roles = std::vector<std::pair<std::string, std::string>>;

TrainedClass bert_like(const std::string& name, const std::string& type_name) {
  return {name,
          TokenizerKind::kWordPiece,
          type_name,
          {"[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"},
          {{"pad_token", "[PAD]"},
           {"unk_token", "[UNK]"},
           {"cls_token", "[CLS]"},
           {"sep_token", "[SEP]"},
           {"mask_token", "[MASK]"}}};
}

TrainedClass roberta_like(const std::string& name, TokenizerKind kind,
                          const std::string& type_name) {
  return {name,
          kind,
          type_name,
          {"<s>", "<pad>", "</s>", "<unk>", "<mask>"},
          {{"bos_token", "<s>"},
           {"eos_token", "</s>"},
           {"unk_token", "<unk>"},
           {"sep_token", "</s>"},
           {"pad_token", "<pad>"},
           {"cls_token", "<s>"},
           {"mask_token", "<mask>"}}};
}

TrainedClass gpt2() {
  const std::string end = "<|endoftext|>";
  return {"gpt2",
          TokenizerKind::kByteBpe,
          "GPT2Tokenizer",
          {end},
          {{"bos_token", end}, {"eos_token", end}, {"unk_token", end}}};
}

TrainedClass t5() {
  return {"t5",
          TokenizerKind::kUnigram,
          "T5Tokenizer",
          {"<pad>", "</s>", "<unk>"},
          {{"pad_token", "<pad>"}, {"eos_token", "</s>"}, {"unk_token", "<unk>"}}};
}

TrainedClass albert() {
  return {"albert",
          TokenizerKind::kUnigram,
          "AlbertTokenizer",
          {"<pad>", "<unk>", "[CLS]", "[SEP]", "[MASK]"},
          {{"pad_token", "<pad>"},
           {"unk_token", "<unk>"},
           {"bos_token", "[CLS]"},
           {"eos_token", "[SEP]"},
           {"cls_token", "[CLS]"},
           {"sep_token", "[SEP]"},
           {"mask_token", "[MASK]"}}};
}

TrainedClass llama() {
  return {"llama",
          TokenizerKind::kSentencePieceBpe,
          "LlamaTokenizer",
          {"<unk>", "<s>", "</s>"},
          {{"bos_token", "<s>"}, {"eos_token", "</s>"}, {"unk_token", "<unk>"}}};
}

}  // namespace

std::string_view name_of(TokenizerKind kind) {
  switch (kind) {
    case TokenizerKind::kUnigram:
      return "unigram";
    case TokenizerKind::kSentencePieceBpe:
      return "bpe";
    case TokenizerKind::kByteBpe:
      return "byte-bpe";
    case TokenizerKind::kWordPiece:
      return "wordpiece";
  }
  throw InternalError("an unknown kind of tokenizer");
}

std::string TrainedClass::role(std::string_view key) const {
  const auto at = std::ranges::find_if(roles, [&](const auto& role) { return role.first == key; });
  return at == roles.end() ? "" : at->second;
}

int32_t TrainedClass::id_of_role(std::string_view key) const {
  const auto at = std::ranges::find(specials, role(key));
  return at == specials.end() ? -1 : static_cast<int32_t>(at - specials.begin());
}

const std::vector<TrainedClass>& trained_classes() {
  static const std::vector<TrainedClass> classes = {
      bert_like("bert", "BertTokenizer"),
      bert_like("distilbert", "DistilBertTokenizer"),
      bert_like("electra", "ElectraTokenizer"),
      gpt2(),
      roberta_like("roberta", TokenizerKind::kByteBpe, "RobertaTokenizer"),
      roberta_like("bart", TokenizerKind::kByteBpe, "BartTokenizer"),
      t5(),
      roberta_like("xlm-roberta", TokenizerKind::kUnigram, "XLMRobertaTokenizer"),
      albert(),
      llama()};
  return classes;
}

const TrainedClass& find_trained_class(std::string_view name, TokenizerKind kind) {
  std::vector<std::string> names;
  for (const TrainedClass& candidate : trained_classes()) {
    if (candidate.kind != kind) continue;
    if (name.empty() || candidate.name == name) return candidate;
    names.push_back(candidate.name);
  }
  throw ConfigError(base::cat("no tokenizer of type '", name_of(kind),
                              "' belongs to the model class ", base::quote(name),
                              "; classes of this type: ", base::join(names, ", ")));
}

}  // namespace finetune::text
