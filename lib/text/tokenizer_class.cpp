#include "text/tokenizer_class.h"

#include <algorithm>
#include <utility>

namespace finetune::text {
namespace {

using Specials = std::array<std::string_view, kSpecialKeys.size()>;

//                              bos    eos     unk      sep     pad      cls    mask
constexpr Specials kFairseq = {"<s>", "</s>", "<unk>", "</s>", "<pad>", "<s>", "<mask>"};
constexpr Specials kBertLike = {"", "", "[UNK]", "[SEP]", "[PAD]", "[CLS]", "[MASK]"};
constexpr Specials kGpt = {"<|endoftext|>", "<|endoftext|>", "<|endoftext|>", "", "", "", ""};
constexpr Specials kT5Like = {"", "</s>", "<unk>", "", "<pad>", "", ""};
constexpr Specials kAlbertLike = {"[CLS]", "[SEP]", "<unk>", "[SEP]", "<pad>", "[CLS]", "[MASK]"};
constexpr Specials kBigBirdLike = {"<s>", "</s>", "<unk>", "[SEP]", "<pad>", "[CLS]", "[MASK]"};
constexpr Specials kLlamaLike = {"<s>", "</s>", "<unk>", "", "", "", ""};

constexpr std::string_view kPieces = "spiece.model", kXlm = "sentencepiece.bpe.model",
                           kLlama = "tokenizer.model", kWords = "vocab.txt";

constexpr TokenizerClass kClasses[] = {
    {"BertTokenizer", Conversion::kBert, kWords, kBertLike},
    {"ConvBertTokenizer", Conversion::kBert, kWords, kBertLike},
    {"DistilBertTokenizer", Conversion::kBert, kWords, kBertLike},
    {"DPRContextEncoderTokenizer", Conversion::kBert, kWords, kBertLike},
    {"DPRQuestionEncoderTokenizer", Conversion::kBert, kWords, kBertLike},
    {"DPRReaderTokenizer", Conversion::kBert, kWords, kBertLike},
    {"ElectraTokenizer", Conversion::kBert, kWords, kBertLike},
    {"LayoutLMTokenizer", Conversion::kBert, kWords, kBertLike},
    {"LxmertTokenizer", Conversion::kBert, kWords, kBertLike},
    {"MobileBertTokenizer", Conversion::kBert, kWords, kBertLike},
    {"RetriBertTokenizer", Conversion::kBert, kWords, kBertLike},
    {"SqueezeBertTokenizer", Conversion::kBert, kWords, kBertLike},
    {"GPT2Tokenizer", Conversion::kGpt2, "", kGpt, true},
    {"RobertaTokenizer", Conversion::kRoberta, "", kFairseq, true},
    {"LongformerTokenizer", Conversion::kRoberta, "", kFairseq, true},
    {"BartTokenizer", Conversion::kRoberta, "", kFairseq, true, true, true},
    {"LEDTokenizer", Conversion::kRoberta, "", kFairseq, true, true, true},
    {"MvpTokenizer", Conversion::kRoberta, "", kFairseq, false, false, false, true},
    {"T5Tokenizer", Conversion::kT5, kPieces, kT5Like},
    {"MT5Tokenizer", Conversion::kT5, kPieces, kT5Like},
    {"XLMRobertaTokenizer", Conversion::kXlmRoberta, kXlm, kFairseq},
    {"AlbertTokenizer", Conversion::kAlbert, kPieces, kAlbertLike},
    {"BigBirdTokenizer", Conversion::kBigBird, kPieces, kBigBirdLike, true, true, false, true},
    {"LlamaTokenizer", Conversion::kLlama, kLlama, kLlamaLike},
    {"MarianTokenizer", Conversion::kMarian, "", kT5Like},
    {"PreTrainedTokenizer", Conversion::kNone, "", {}},
};

constexpr std::pair<std::string_view, std::string_view> kModelTypes[] = {
    {"albert", "AlbertTokenizer"},
    {"align", "BertTokenizer"},
    {"bark", "BertTokenizer"},
    {"bart", "BartTokenizer"},
    {"bert", "BertTokenizer"},
    {"big_bird", "BigBirdTokenizer"},
    {"blip", "BertTokenizer"},
    {"bros", "BertTokenizer"},
    {"chinese_clip", "BertTokenizer"},
    {"convbert", "ConvBertTokenizer"},
    {"data2vec-text", "RobertaTokenizer"},
    {"distilbert", "DistilBertTokenizer"},
    {"dpr", "DPRQuestionEncoderTokenizer"},
    {"electra", "ElectraTokenizer"},
    {"ernie", "BertTokenizer"},
    {"git", "BertTokenizer"},
    {"gpt2", "GPT2Tokenizer"},
    {"gpt_bigcode", "GPT2Tokenizer"},
    {"gpt_neo", "GPT2Tokenizer"},
    {"gptj", "GPT2Tokenizer"},
    {"grounding-dino", "BertTokenizer"},
    {"ibert", "RobertaTokenizer"},
    {"layoutlm", "LayoutLMTokenizer"},
    {"led", "LEDTokenizer"},
    {"llama", "LlamaTokenizer"},
    {"longformer", "LongformerTokenizer"},
    {"longt5", "T5Tokenizer"},
    {"lxmert", "LxmertTokenizer"},
    {"marian", "MarianTokenizer"},
    {"megatron-bert", "BertTokenizer"},
    {"mistral", "LlamaTokenizer"},
    {"mixtral", "LlamaTokenizer"},
    {"mm-grounding-dino", "BertTokenizer"},
    {"mobilebert", "MobileBertTokenizer"},
    {"mt5", "MT5Tokenizer"},
    {"mvp", "MvpTokenizer"},
    {"nezha", "BertTokenizer"},
    {"nystromformer", "AlbertTokenizer"},
    {"opt", "GPT2Tokenizer"},
    {"qdqbert", "BertTokenizer"},
    {"retribert", "RetriBertTokenizer"},
    {"roberta", "RobertaTokenizer"},
    {"roberta-prelayernorm", "RobertaTokenizer"},
    {"squeezebert", "SqueezeBertTokenizer"},
    {"starcoder2", "GPT2Tokenizer"},
    {"switch_transformers", "T5Tokenizer"},
    {"t5", "T5Tokenizer"},
    {"tvp", "BertTokenizer"},
    {"umt5", "T5Tokenizer"},
    {"vilt", "BertTokenizer"},
    {"visual_bert", "BertTokenizer"},
    {"xlm-roberta", "XLMRobertaTokenizer"},
    {"xlm-roberta-xl", "XLMRobertaTokenizer"},
    {"xmod", "XLMRobertaTokenizer"},
    {"yoso", "AlbertTokenizer"},
};

}  // namespace

const TokenizerClass* find_tokenizer_class(std::string_view name) {
  if (name.ends_with("Fast")) name.remove_suffix(4);
  const auto* found = std::find_if(std::begin(kClasses), std::end(kClasses),
                                   [&](const TokenizerClass& known) { return known.name == name; });
  return found == std::end(kClasses) ? nullptr : found;
}

std::string_view tokenizer_class_of(std::string_view model_type) {
  const auto* found = std::find_if(std::begin(kModelTypes), std::end(kModelTypes),
                                   [&](const auto& known) { return known.first == model_type; });
  return found == std::end(kModelTypes) ? std::string_view() : found->second;
}

}  // namespace finetune::text
