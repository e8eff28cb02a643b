#!/usr/bin/env python3
"""Makes folders of slow-format tokenizers and writes what transformers 4.57.6 makes of each.

    slow_reference.py OUT_FOLDER SHARED_DATA_OR_-

Every folder OUT_FOLDER/NAME gets the tokenizer's files and `expected.json`: {"document": the fast tokenizer as a
tokenizer.json, "cases": [{"text", "ids", "offsets", "cut": ids of at most 6 tokens, "decoded": [all, without specials]}]}. Small models are trained on
this file; with the shared data, its real ones are used, too.
"""
import io
import json
import os
import shutil
import sys
import warnings

os.environ["TOKENIZERS_PARALLELISM"] = "false"
os.environ["TRANSFORMERS_VERBOSITY"] = "error"
warnings.filterwarnings("ignore")

import sentencepiece  # noqa: E402
from tokenizers import AddedToken, Tokenizer, models, normalizers, pre_tokenizers, trainers  # noqa: E402
from transformers import AutoTokenizer  # noqa: E402

HERE = os.path.dirname(os.path.abspath(__file__))
LINES = [line for line in open(os.path.join(HERE, "reference.py"), encoding="utf-8").read().split("\n") if line.strip()]
TEXTS = ["Hello, world!", " two  spaces   and\ttabs \n", "<s> a </s> <pad><unk> <mask> x<mask>y  <mask> z", "[CLS] Caf\u00e9 [SEP] [MASK]",
         "``quoted'' 1,000, and 3,5,", "\uff28\uff25\uff2c\uff2c\uff2f \u2460 \ufb01ne \u00bd\u0301 \u1112\u1161\u11ab", "\u4e2d\u6587 \u65e5\u672c\u8a9e",
         "\u2581under\u2581line", "naive \U0001f600\u200d\U0001f600 emoji \U00010348", "\r\n\r line", "<extra_id_0> fill <extra_id_99>", "", " ",
         "  ", "a", "don't they'll I'm", "\u0130STANBUL \u00df \u1e9e", "x\u00a0y\u3000z\u200bw", "null \u0000 byte", "NULL null nullA", "a  <unk>  b <s>  <pad>  c</s>  d <x>  <x> e", "a .b ,c ! d ?e 'm n't 's"]
TEXTS += LINES[:40]


def train_sentencepiece(**options):
    model = io.BytesIO()
    settings = dict(vocab_size=500, hard_vocab_limit=False, minloglevel=2, character_coverage=0.999)
    settings.update(options)
    sentencepiece.SentencePieceTrainer.train(sentence_iterator=iter(LINES), model_writer=model, **settings)
    return model.getvalue()


def train_byte_level(specials):
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    trainer = trainers.BpeTrainer(vocab_size=600, special_tokens=specials, show_progress=False,
                                  initial_alphabet=pre_tokenizers.ByteLevel.alphabet())
    tokenizer.train_from_iterator(LINES, trainer)
    state = json.loads(tokenizer.to_str())["model"]
    merges = "#version: 0.2\n" + "".join(" ".join(pair) + "\n" for pair in state["merges"])
    return {"vocab.json": json.dumps(state["vocab"], ensure_ascii=False).encode(), "merges.txt": merges.encode()}


def config(tokenizer_class, **more):
    return {"tokenizer_config.json": json.dumps(dict(tokenizer_class=tokenizer_class, **more)).encode()}


def token(content, **more):
    return dict(dict(content=content, lstrip=False, normalized=True, rstrip=False, single_word=False), **more)


def byte_level_folders(gpt2, roberta):
    endoftext = {"50256": dict(token("<|endoftext|>", normalized=False), special=True)}
    return {
        "gpt2": {**gpt2, **config("GPT2Tokenizer")},
        "gpt2-bos": {**gpt2, **config("GPT2TokenizerFast", add_bos_token=True, add_prefix_space=True, pad_token="<pad>")},
        "gpt2-split": {**gpt2, **config("GPT2Tokenizer", split_special_tokens=True, truncation_side="left")},
        "gpt2-extra": {**gpt2, **config("GPT2Tokenizer", extra_special_tokens={"video_token": "<s>", "image_token": "<mask>", "eos_token": "</s>"})},
        "gpt2-model-type": {**gpt2, "config.json": b'{"model_type": "gpt2"}'},
        "gpt2-dicts": {**gpt2, **config("GPT2Tokenizer", unk_token=dict(token("<|endoftext|>"), __type="AddedToken"),
                                        bos_token="<|start|>", added_tokens_decoder=endoftext)},
        "gpt2-maps": {**gpt2, **config("GPT2Tokenizer"), "added_tokens.json": b'{"<new>": 700, "<|pad|>": 701}',
                      "special_tokens_map.json": json.dumps(dict(pad_token="<|pad|>", bos_token=token("<|endoftext|>"),
                                                                 additional_special_tokens=["<x>", "<y>"])).encode()},
        "roberta": {**roberta, **config("RobertaTokenizer")},
        "roberta-spaces": {**roberta, **config("RobertaTokenizer", add_prefix_space=True, trim_offsets=False, mask_token="<extra>")},
        "roberta-model-type": {**roberta, "config.json": b'{"model_type": "roberta"}'},
        "roberta-no-pad": {**roberta, **config("RobertaTokenizer", pad_token=None, cls_token="<new_cls>")},
        "bart": {**roberta, **config("BartTokenizer", model_max_length=1024)},
        "bart-model-type": {**roberta, "config.json": b'{"model_type": "bart"}'},
        "longformer": {**roberta, **config("LongformerTokenizer")},
        "led": {**roberta, **config("LEDTokenizer")},
        "mvp": {**roberta, **config("MvpTokenizer")},
    }


def sentencepiece_folders(name, model):
    return {
        f"t5-{name}": {"spiece.model": model, **config("T5Tokenizer")},
        f"t5-{name}-few": {"spiece.model": model, **config("T5Tokenizer", extra_ids=3, legacy=False, additional_special_tokens=["<x>"])},
        f"t5-{name}-none": {"spiece.model": model, **config("T5TokenizerFast", extra_ids=0, add_prefix_space=False)},
        f"mt5-{name}": {"spiece.model": model, "config.json": b'{"model_type": "mt5"}'},
        f"albert-{name}": {"spiece.model": model, **config("AlbertTokenizer")},
        f"albert-{name}-cased": {"spiece.model": model, **config("AlbertTokenizer", do_lower_case=False, keep_accents=True)},
        f"xlmr-{name}": {"sentencepiece.bpe.model": model, **config("XLMRobertaTokenizer")},
        f"xlmr-{name}-model-type": {"sentencepiece.bpe.model": model, "config.json": b'{"model_type": "xlm-roberta"}'},
        f"xlmr-{name}-added": {"sentencepiece.bpe.model": model, **config("XLMRobertaTokenizerFast", mask_token=dict(token("<mask>", lstrip=True), __type="AddedToken")),
                               "added_tokens.json": b'{"<one>": 900, "<two>": 901}'},
        f"bigbird-{name}": {"spiece.model": model, **config("BigBirdTokenizer")},
    }


def llama_folders(name, model):
    maps = dict(bos_token=token("<s>", normalized=False), eos_token=token("</s>", normalized=False), unk_token=token("<unk>"))
    return {
        f"llama-{name}": {"tokenizer.model": model, **config("LlamaTokenizer")},
        f"llama-{name}-eos": {"tokenizer.model": model, **config("LlamaTokenizer", add_eos_token=True, add_bos_token=False, legacy=False)},
        f"llama-{name}-modern": {"tokenizer.model": model, **config("LlamaTokenizerFast", legacy=False, add_prefix_space=False, pad_token="<pad>")},
        f"llama-{name}-maps": {"tokenizer.model": model, **config("LlamaTokenizer", clean_up_tokenization_spaces=True),
                               "special_tokens_map.json": json.dumps(maps).encode()},
        f"llama-{name}-model-type": {"tokenizer.model": model, "config.json": b'{"model_type": "llama"}'},
    }


def overlay_folders(made):
    """Folders that have a tokenizer.json, and a tokenizer_config.json that disagrees with it."""
    def saved(name, **more):
        folder = made(name)
        keep = {"tokenizer.json": open(os.path.join(folder, "saved", "tokenizer.json"), "rb").read()}
        return {**keep, **config(**more)}

    def model(name):
        folder = made(name)
        files = [file for file in ("tokenizer.model", "spiece.model") if os.path.exists(os.path.join(folder, file))]
        return {file: open(os.path.join(folder, file), "rb").read() for file in files}
    return {
        "over-gpt2": saved("gpt2", tokenizer_class="GPT2Tokenizer", add_prefix_space=True, add_bos_token=True),
        "over-gpt2-bos": saved("gpt2-bos", tokenizer_class="GPT2TokenizerFast"),
        "over-fast": saved("gpt2", tokenizer_class="PreTrainedTokenizerFast", add_prefix_space=True, bos_token="<b>"),
        "over-roberta": saved("roberta", tokenizer_class="RobertaTokenizer", add_prefix_space=True, trim_offsets=False),
        "over-bart": saved("roberta-spaces", tokenizer_class="BartTokenizer", mask_token="<mask>"),
        "over-xlmr": saved("xlmr-unigram", tokenizer_class="XLMRobertaTokenizer", cls_token="<c>"),
        "over-t5": saved("t5-unigram", tokenizer_class="T5Tokenizer", extra_ids=100),
        "over-t5-more": saved("t5-unigram-few", tokenizer_class="T5Tokenizer", extra_ids=5),
        "over-albert": saved("albert-unigram", tokenizer_class="AlbertTokenizer", do_lower_case=False),
        "over-llama": saved("llama-bpe", tokenizer_class="LlamaTokenizer", add_eos_token=True),
        "again-llama": {**saved("llama-bpe", tokenizer_class="LlamaTokenizer", legacy=False, add_prefix_space=False), **model("llama-bpe")},
        "again-llama-more": {**saved("llama-bpe-maps", tokenizer_class="LlamaTokenizerFast", add_prefix_space=True, pad_token="<new>"),
                             **model("llama-bpe")},
        "again-t5": {**saved("t5-unigram-few", tokenizer_class="T5Tokenizer", legacy=False, add_prefix_space=True, extra_ids=3), **model("t5-unigram")},
        "over-llama-null": {**saved("llama-bpe", tokenizer_class="LlamaTokenizer", legacy=False, add_prefix_space=None), **model("llama-bpe")},
        "over-left": {**saved("gpt2", tokenizer_class="GPT2Tokenizer", truncation_side="left", split_special_tokens=True)},
        "over-llama-none": saved("llama-bpe", tokenizer_class="LlamaTokenizerFast", add_bos_token=False, clean_up_tokenization_spaces=True),
    }


def old_folders(made):
    """As transformers wrote them before 4.34: a tokenizer.json, and a tokenizer_config.json without added_tokens_decoder."""
    def old(name, tokenizer_class, change=None, files=None, **more):
        document = json.load(open(os.path.join(made(name), "saved", "tokenizer.json"), encoding="utf-8"))
        for added in document["added_tokens"]:
            added.update((change or {}).get(added["content"], {}))
        return {"tokenizer.json": json.dumps(document).encode(), **config(tokenizer_class, **more), **(files or {})}
    plain, plainer = {"<mask>": dict(lstrip=False)}, {"<pad>": dict(special=False, rstrip=True), "</s>": dict(special=False)}
    maps = {"special_tokens_map.json": json.dumps(dict(mask_token=token("<mask>", lstrip=True), pad_token="<pad>")).encode()}
    mask = dict(token("<mask>", lstrip=True, normalized=False), __type="AddedToken")
    bert = Tokenizer(models.WordPiece({"[PAD]": 0, "[UNK]": 1, "[CLS]": 2, "[SEP]": 3, "[MASK]": 4, "a": 5, "null": 6}, unk_token="[UNK]"))
    bert.normalizer, bert.pre_tokenizer = normalizers.BertNormalizer(lowercase=True), pre_tokenizers.BertPreTokenizer()
    bert.add_tokens([AddedToken("NULL", normalized=True), AddedToken("[CLS]", normalized=True, special=True)])
    return {
        "old-bert-cased": {"tokenizer.json": bert.to_str().encode(), **config("BertTokenizer", do_lower_case=False)},
        "old-bert": {"tokenizer.json": bert.to_str().encode(), **config("BertTokenizer")},
        "old-roberta": old("roberta", "RobertaTokenizer", plain),
        "old-roberta-mask": old("roberta", "RobertaTokenizer", plain, mask_token="<mask>"),
        "old-roberta-dict": old("roberta", "RobertaTokenizer", plain, mask_token=mask),
        "old-roberta-map": old("roberta", "RobertaTokenizer", {**plain, **plainer}, maps),
        "old-roberta-new": old("roberta", "RobertaTokenizer", plain, {"added_tokens.json": b'{"<new>": 600, "<mask>": 4}'}, mask_token="<mask>"),
        "old-led": old("led", "LEDTokenizer", plainer, bos_token=dict(token("<s>"), __type="AddedToken"), pad_token="<pad>"),
        "old-bigbird": old("bigbird-unigram", "BigBirdTokenizer", {"<pad>": dict(rstrip=True)}, mask_token="[MASK]"),
        "old-mvp": old("mvp", "MvpTokenizer", {"</s>": dict(single_word=True, rstrip=True)}),
        "old-fast": old("roberta", "PreTrainedTokenizerFast", plainer, pad_token="<pad>"),
        "old-extra": old("roberta", "PreTrainedTokenizerFast", plainer, extra_special_tokens={"pad_token": "<pad>", "image_token": "</s>"}),
    }


def listed_folders(unigram, bpe, roberta):
    """Folders whose added_tokens_decoder has other attributes than the class."""
    def listed(tokens):
        return {str(i): dict(token(content, rstrip=True), special=True) for i, content in tokens.items()}
    twice = [dict(token("<x>", lstrip=True), __type="AddedToken"), "<y>", dict(token("<x>", rstrip=True), __type="AddedToken")]
    return {
        "t5-listed": {"spiece.model": unigram, **config("T5Tokenizer", added_tokens_decoder=listed({0: "<pad>", 1: "</s>", 2: "<unk>"}))},
        "llama-listed": {"tokenizer.model": bpe, **config("LlamaTokenizer", added_tokens_decoder=listed({0: "<unk>", 1: "<s>", 2: "</s>"}))},
        "mvp-listed": {**roberta, **config("MvpTokenizer", added_tokens_decoder=listed({1: "<pad>", 2: "</s>"}))},
        "llama-twice": {"tokenizer.model": bpe, **config("LlamaTokenizer", additional_special_tokens=twice)},
    }


def write_expected(folder):
    tokenizer = AutoTokenizer.from_pretrained(folder)
    cases = []
    for text in TEXTS:
        encoding = tokenizer._tokenizer.encode(text)
        decoded = [tokenizer.decode(encoding.ids, skip_special_tokens=skip) for skip in (False, True)]
        cut = tokenizer(text, truncation=True, max_length=6)["input_ids"]
        tokenizer._tokenizer.no_truncation()
        cases.append(dict(text=text, ids=encoding.ids, offsets=encoding.offsets, cut=cut, decoded=decoded))
    tokenizer.save_pretrained(os.path.join(folder, "saved"))
    expected = dict(document=json.loads(tokenizer._tokenizer.to_str()), cases=cases)
    with open(os.path.join(folder, "expected.json"), "w", encoding="utf-8") as out:
        json.dump(expected, out)


def make(out, folders):
    for name, files in folders.items():
        folder = os.path.join(out, name)
        os.makedirs(folder)
        for file, data in files.items():
            with open(os.path.join(folder, file), "wb") as handle:
                handle.write(data)
        write_expected(folder)


def main():
    out, shared = sys.argv[1:]
    specials = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]
    unigram = train_sentencepiece(model_type="unigram", pad_id=0, eos_id=1, unk_id=2, bos_id=-1, control_symbols=["[CLS]", "[SEP]"], user_defined_symbols=["<user>"])
    plain = train_sentencepiece(model_type="unigram", normalization_rule_name="identity", vocab_size=400)
    bpe = train_sentencepiece(model_type="bpe", byte_fallback=True, normalization_rule_name="identity", vocab_size=800,
                              remove_extra_whitespaces=False, split_digits=True)
    roberta = train_byte_level(specials)
    make(out, byte_level_folders(train_byte_level(["<|endoftext|>"]), roberta))
    make(out, sentencepiece_folders("unigram", unigram))
    make(out, sentencepiece_folders("plain", plain))
    make(out, llama_folders("bpe", bpe))
    make(out, listed_folders(unigram, bpe, roberta))
    make(out, overlay_folders(lambda name: os.path.join(out, name)))
    make(out, old_folders(lambda name: os.path.join(out, name)))
    if shared != "-":
        def read(path):
            return open(os.path.join(shared, path), "rb").read()
        gpt2, roberta = ({"vocab.json": read(f"tokenizer-gpt2/{name}.vocab.json"), "merges.txt": read(f"tokenizer-gpt2/{name}.merges.txt")}
                         for name in ("gpt2", "roberta"))
        models_there = "tokenizer-sentencepiece/"
        make(out, {
            "real-gpt2": {**gpt2, **config("GPT2Tokenizer")},
            "real-roberta": {**roberta, **config("RobertaTokenizer")},
            "real-t5": {"spiece.model": read(models_there + "t5_base.model"), **config("T5Tokenizer")},
            "real-llama": {"tokenizer.model": read(models_there + "llama.model"), **config("LlamaTokenizer", legacy=False)},
            "real-xlmr": {"sentencepiece.bpe.model": read(models_there + "google_test_ja_model.model"), **config("XLMRobertaTokenizer")},
            "real-albert": {"spiece.model": read(models_there + "google_test_model.model"), **config("AlbertTokenizer")},
            "real-bpe": {"tokenizer.model": read(models_there + "en.wiki.bpe.vs10000.model"), **config("LlamaTokenizer")},
        })
    for name in os.listdir(out):
        shutil.rmtree(os.path.join(out, name, "saved"), ignore_errors=True)


if __name__ == "__main__":
    main()
