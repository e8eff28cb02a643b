#!/usr/bin/env python3
"""Cases for models, decoders and fast encoders, as reference.py writes them.

    model_reference.py OUT_FOLDER UNUSED SHARED_DATA_OR_-

FINETUNE_REFERENCE_CASES multiplies the number of random strings (1).
"""
import copy
import itertools
import json
import multiprocessing
import os
import random
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from reference import random_char, run, shared_lines, single  # noqa: E402

from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers  # noqa: E402

FACTOR = int(os.environ.get("FINETUNE_REFERENCE_CASES", "1"))
LLAMA3 = (r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|"
          r"\s+(?!\S)|\s+")
QWEN2 = LLAMA3.replace("{1,3}", "")
PIECES = ["<s>", "</s>", "<|endoftext|>", "<mask>", "<unk>", "'s", "'re", "'LL", " 'Ve", "'\u017f", "\u2581", "\u2581\u2581", "  ", "   ",
          "\t", "\n", "\r\n", " \n ", "\u00a0", "\u3000", "\u2026", "\ufb01", "\u00bd", "\u00a8", "123456", "\u0661\u0662", "\u0301", "\x01", "\0",
          "\u200d", "<0x41>", "\U0001f469\u200d\U0001f467", "\u4e2d\u6587", "\u1100\u1161\u11a8", "e\u0301"]


def text_of(rng, lines):
    kind = rng.random()
    if kind < 0.3:
        return "".join(random_char(rng) for _ in range(rng.randint(0, 30)))
    if kind < 0.33:
        return rng.choice("aZ\u00e9\u4e2d\u0301 \u2581!") * rng.randint(90, 400) + random_char(rng)
    if kind < 0.5:
        return "".join(rng.choice(PIECES) if rng.random() < 0.6 else random_char(rng) for _ in range(rng.randint(1, 12)))
    line = rng.choice(lines)
    begin = rng.randrange(len(line) + 1)
    text = list(line[begin:begin + rng.randint(1, 120)])
    for _ in range(rng.randint(0, 4)):
        place = rng.randrange(len(text) + 1)
        text[place:place + rng.randint(0, 1)] = rng.choice(PIECES) if rng.random() < 0.5 else random_char(rng)
    return "".join(text)


def texts(seed, count, lines):
    rng = random.Random(seed)
    return [text_of(rng, lines) for _ in range(count * FACTOR)]


def state_of(tokenizer):
    return json.loads(tokenizer.to_str())


def bare(model, **parts):
    state = {"version": "1.0", "truncation": None, "padding": None, "added_tokens": [], "normalizer": None,
             "pre_tokenizer": None, "post_processor": None, "decoder": None, "model": model}
    state.update(parts)
    return state


def trained_bpe(lines, prefix, suffix):
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    affixes = {"continuing_subword_prefix": prefix, "end_of_word_suffix": suffix}
    trainer = trainers.BpeTrainer(vocab_size=600, show_progress=False, special_tokens=["<unk>"], limit_alphabet=60,
                                  **{name: affix for name, affix in affixes.items() if affix})
    tokenizer.train_from_iterator(lines[:3000], trainer)
    return state_of(tokenizer)["model"]


def with_model(base, **changes):
    model = copy.deepcopy(base)
    model.update(changes)
    return model


def with_bytes(model, codes):
    changed = copy.deepcopy(model)
    for code in codes:
        changed["vocab"].setdefault(f"<0x{code:02X}>", len(changed["vocab"]))
    return changed


def bpe_models(lines):
    plain = trained_bpe(lines, None, None)
    affixed = trained_bpe(lines, "##", "</w>")
    split = {"type": "WhitespaceSplit"}
    unk = dict(unk_token="<unk>")
    some_bytes = with_bytes(plain, range(0x20, 0xD0))
    whole = with_model(plain, ignore_merges=True)
    for word in ["the", "movie", "film", "of the"]:
        whole["vocab"].setdefault(word, len(whole["vocab"]))
    decoder = {"type": "BPEDecoder", "suffix": "</w>"}
    yield "plain", bare(plain)  # unknown characters vanish
    yield "unk", bare(with_model(plain, **unk), pre_tokenizer=split)
    yield "fused", bare(with_model(plain, fuse_unk=True, **unk))
    yield "strings", bare(with_model(plain, merges=["#version: 0.2"] + [" ".join(m) for m in plain["merges"]], **unk))
    yield "bytes", bare(with_model(with_bytes(plain, range(256)), byte_fallback=True, **unk),
                        decoder={"type": "Sequence", "decoders": [{"type": "ByteFallback"}, {"type": "Fuse"}]})
    yield "some-bytes", bare(with_model(some_bytes, byte_fallback=True, fuse_unk=True, **unk))
    yield "some-bytes-split", bare(with_model(some_bytes, byte_fallback=True, **unk), decoder={"type": "ByteFallback"})
    yield "whole", bare(with_model(whole, **unk), pre_tokenizer=split)
    yield "affixes", bare(with_model(affixed, **unk), pre_tokenizer=split, decoder=decoder)
    yield "suffix", bare(trained_bpe(lines, None, "</w>"), pre_tokenizer=split, decoder=decoder)


def unigram_models(lines):
    tokenizer = Tokenizer(models.Unigram())
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    trainer = trainers.UnigramTrainer(vocab_size=500, show_progress=False, special_tokens=["<unk>"], unk_token="<unk>")
    tokenizer.train_from_iterator([line for line in lines if line.isascii()][:3000], trainer)
    model = state_of(tokenizer)["model"]
    ties = with_model(model, vocab=[[token, float(-len(token) // 2)] for token, _ in model["vocab"]])
    some = ["\u4e2d\u6587", "zzz", "<unk>x"]
    fallback = with_model(model, vocab=model["vocab"] + [[f"<0x{c:02X}>", 0.0] for c in range(256)], byte_fallback=True)
    space = {"type": "Metaspace", "replacement": "\u2581", "prepend_scheme": "always", "split": True}
    for name, base in ("plain", model), ("ties", ties), ("bytes", fallback):
        yield name, bare(base)
        for scheme in "always", "first", "never":
            yield f"{name}-{scheme}", bare(base, pre_tokenizer=dict(space, prepend_scheme=scheme),
                                           decoder=dict(space, prepend_scheme=scheme))
    yield "added", bare(with_model(ties, vocab=ties["vocab"] + [[token, -30.0] for token in some]))
    nfkc = {"type": "Sequence", "normalizers": [
        {"type": "NFKC"}, {"type": "Strip", "strip_left": False, "strip_right": True},
        {"type": "Replace", "pattern": {"Regex": " {2,}"}, "content": "\u2581"}]}
    lowered = {"type": "Sequence", "normalizers": [
        {"type": "Replace", "pattern": {"String": "``"}, "content": "\""}, {"type": "NFKD"}, {"type": "StripAccents"},
        {"type": "Lowercase"}]}
    words = {"type": "Sequence", "pretokenizers": [{"type": "WhitespaceSplit"}, space]}
    yield "nfkc", bare(model, normalizer=nfkc, pre_tokenizer=space)
    yield "nfkc-first", bare(model, normalizer=nfkc, pre_tokenizer=dict(space, prepend_scheme="first"))
    yield "nfkc-never", bare(model, normalizer=nfkc, pre_tokenizer=dict(space, prepend_scheme="never"))
    yield "lowered", bare(model, normalizer=lowered, pre_tokenizer=space)
    yield "words", bare(model, normalizer=nfkc, pre_tokenizer=words)
    yield "stripped", bare(model, normalizer={"type": "Strip", "strip_left": True, "strip_right": True},
                           pre_tokenizer=space)


def decoder_models():
    """Tokens that mean something to decoders, one a word, under every decoder."""
    tokens = ["<unk>", "a", "b", "##c", "do", "not", ".", "'", "n't", "'s", "\u2581d", "\u2581", "e\u2581f", "g</w>", "</w>",
              "</w></w>", "|", "<pad>", "<0x41>", "<0xE2>", "<0x82>", "<0xAC>", "<0x+A>", "<0xGG>", "<0xe2>", "\u0120h", "\u0120",
              "\u00e2\u0124\u00ac", "\u00e2", "\u4e2d", "i_", "__", "_", "_j_", "k|l", "!", "?", ","]
    model = {"type": "WordLevel", "vocab": {token: i for i, token in enumerate(tokens)}, "unk_token": "<unk>"}
    found = [
        None, {"type": "WordPiece", "prefix": "##", "cleanup": True}, {"type": "WordPiece", "prefix": "", "cleanup": False},
        {"type": "ByteLevel", "add_prefix_space": True, "trim_offsets": True, "use_regex": True},
        {"type": "Metaspace", "replacement": "\u2581", "prepend_scheme": "always", "split": True},
        {"type": "Metaspace", "replacement": "_", "prepend_scheme": "never"},
        {"type": "Metaspace", "replacement": "\u2581", "add_prefix_space": True, "prepend_scheme": "first"},
        {"type": "BPEDecoder", "suffix": "</w>"}, {"type": "BPEDecoder", "suffix": ""}, {"type": "ByteFallback"},
        {"type": "CTC", "pad_token": "<pad>", "word_delimiter_token": "|", "cleanup": True},
        {"type": "CTC", "pad_token": "a", "word_delimiter_token": "|", "cleanup": False},
        {"type": "Replace", "pattern": {"String": "_"}, "content": "++"}, {"type": "Replace", "pattern": {"String": ""}, "content": "-"},
        {"type": "Replace", "pattern": {"Regex": " {2,}"}, "content": "<>"},
        {"type": "Sequence", "decoders": [
            {"type": "Replace", "pattern": {"String": "\u2581"}, "content": " "}, {"type": "ByteFallback"}, {"type": "Fuse"},
            {"type": "Strip", "content": " ", "start": 1, "stop": 0}]},
        {"type": "Sequence", "decoders": [{"type": "Fuse"}, {"type": "Strip", "content": "_", "start": 2, "stop": 0}]},
    ]
    for i, decoder in enumerate(found):
        yield f"decoder{i}", bare(model, pre_tokenizer={"type": "WhitespaceSplit"}, decoder=decoder), tokens


def shared_models(shared):
    data = os.path.join(shared, "tokenizer-gpt2")
    for name in "gpt2", "roberta":
        bpe = models.BPE.from_file(os.path.join(data, name + ".vocab.json"), os.path.join(data, name + ".merges.txt"))
        tokenizer = Tokenizer(bpe)
        tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
        tokenizer.decoder = decoders.ByteLevel()
        if name == "gpt2":
            tokenizer.post_processor = processors.ByteLevel(trim_offsets=False)
        else:
            tokenizer.post_processor = processors.RobertaProcessing(("</s>", 2), ("<s>", 0), trim_offsets=True,
                                                                    add_prefix_space=False)
        yield name, state_of(tokenizer)
        if name == "gpt2":
            tokenizer.post_processor = processors.ByteLevel(trim_offsets=True)
            tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=True)
            yield "gpt2-space", state_of(tokenizer)
            for rule, pattern in ("llama3", LLAMA3), ("qwen2", QWEN2):
                state = state_of(tokenizer)
                state["pre_tokenizer"] = {"type": "Sequence", "pretokenizers": [
                    {"type": "Split", "pattern": {"Regex": pattern}, "behavior": "Isolated", "invert": False},
                    {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": False}]}
                state["model"]["ignore_merges"] = rule == "llama3"
                yield rule, state


def sentencepiece_models(shared):
    from transformers import AlbertTokenizerFast, LlamaTokenizerFast, T5TokenizerFast, XLMRobertaTokenizerFast
    folder = os.path.join(shared, "tokenizer-sentencepiece")
    for name, kind, file in (("t5", T5TokenizerFast, "t5_base.model"), ("llama", LlamaTokenizerFast, "llama.model"),
                             ("xlmr", XLMRobertaTokenizerFast, "google_test_model.model"),
                             ("albert", AlbertTokenizerFast, "google_test_model.model")):
        yield name, json.loads(kind(vocab_file=os.path.join(folder, file)).backend_tokenizer.to_str())


def jobs(shared):
    here = os.path.dirname(os.path.abspath(__file__))
    lines = [line for line in open(os.path.join(here, "reference.py"), encoding="utf-8").read().split("\n") if line]
    work = []
    named = []
    if shared != "-":
        lines = [line for line in shared_lines(shared) if line]
        named = list(itertools.chain(shared_models(shared), sentencepiece_models(shared)))
    for seed, (name, state) in enumerate(itertools.chain((("bpe-" + n, s) for n, s in bpe_models(lines)),
                                                         (("unigram-" + n, s) for n, s in unigram_models(lines)))):
        work.append((name, state, texts(seed, 2000, lines)))
    for name, state, tokens in decoder_models():
        rng = random.Random(name)
        work.append((name, state, [" ".join(rng.choices(tokens, k=rng.randint(1, 9))) for _ in range(1500)]))
    for seed, (name, state) in enumerate(named):
        some = random.Random(seed).sample(lines, min(len(lines), 6000 * FACTOR))
        work.append((name, state, some + texts(seed, 4000, lines) + ["word" * 5000, " " * 3000, "\u00e9" * 3000]))
    return work


def do_job(job):
    folder, name, state, lines = job
    file = os.path.join(folder, name + ".json")
    with open(file, "w", encoding="utf-8") as out:
        json.dump(state, out, ensure_ascii=False)
    run(folder, name, Tokenizer.from_file(file), single(lines), 1)


def main():
    folder, _, shared = sys.argv[1:]
    with multiprocessing.Pool(2) as pool:
        pool.map(do_job, [(folder, *job) for job in jobs(shared)], chunksize=1)


if __name__ == "__main__":
    main()
