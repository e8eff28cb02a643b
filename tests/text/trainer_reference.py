#!/usr/bin/env python3
"""Trains vocabularies with `tokenizers` and writes words, options and results for bpe_trainer_test.cpp.

    trainer_reference.py OUT_FOLDER SHARED_DATA_OR_-

Each OUT_FOLDER/NAME.json holds {"options", "words": [[word, count]], "tokens": [by id], "merges": [[first, second]]}.
Where a prefix or suffix is used, `tokenizers` numbers the characters that carry it in a random order: "options" then
names all characters in the order of this very run as special tokens, which gives them the same ids.
Everything random is seeded.
"""
import collections
import itertools
import json
import os
import pathlib
import random
import sys

os.environ["TOKENIZERS_PARALLELISM"] = "false"

from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, trainers  # noqa: E402

BERT = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]


def train(kind, lines, options, pre_tokenizer, normalizer=None):
    """The record of one training; kind is "bpe" or "wordpiece"."""
    model = models.BPE() if kind == "bpe" else models.WordPiece(unk_token="[UNK]")
    tokenizer = Tokenizer(model)
    tokenizer.pre_tokenizer = pre_tokenizer
    if normalizer:
        tokenizer.normalizer = normalizer
    trainer = trainers.BpeTrainer if kind == "bpe" else trainers.WordPieceTrainer
    tokenizer.train_from_iterator(lines, trainer(show_progress=False, **options))
    trained = json.loads(tokenizer.to_str())["model"]
    tokens = sorted(trained["vocab"], key=trained["vocab"].get)
    words = collections.Counter()
    for line in lines:
        text = normalizer.normalize_str(line) if normalizer else line
        words.update(word for word, _ in pre_tokenizer.pre_tokenize_str(text))
    options = dict(options)
    prefix = options.setdefault("continuing_subword_prefix", "##" if kind == "wordpiece" else "")
    suffix = options.setdefault("end_of_word_suffix", "")
    if prefix or suffix:
        options["special_tokens"] = tokens[:count_first(tokens, options, prefix, suffix, words)]
    return {"options": options, "words": sorted(words.items()), "tokens": tokens, "merges": trained.get("merges", [])}


def count_first(tokens, options, prefix, suffix, words):
    """How many of the tokens are there before the first merge: special tokens, alphabet, forms of its characters."""
    first = set(options.get("special_tokens", []))
    alphabet = {c for word in words for c in word} | set(options.get("initial_alphabet", []))
    for word in words:
        for i, c in enumerate(word):
            first.add((prefix if i else "") + c + (suffix if i + 1 == len(word) else ""))
    first |= alphabet
    return next((i for i, token in enumerate(tokens) if token not in first), len(tokens))


def random_lines(draw, letters, count):
    return [" ".join("".join(draw.choices(letters, k=draw.randint(1, 12))) for _ in range(draw.randint(1, 30)))
            for _ in range(count)]


def random_cases(draw):
    """Small alphabets: ties, overlapping pairs (aaaa) and tokens that arise in two ways."""
    whitespace = pre_tokenizers.WhitespaceSplit()
    for number in range(40):
        letters = draw.choice(["a", "ab", "abc", "abcdefgh", "aAéß中😀"])
        options = {"vocab_size": draw.choice([10, 40, 200]), "min_frequency": draw.choice([0, 2, 5])}
        if draw.random() < 0.3:
            options["max_token_length"] = draw.choice([2, 3, 4, 8])
        if draw.random() < 0.3:
            options["special_tokens"] = draw.sample(["<s>", "ab", "aa", "b", "abc"], 2)
        if draw.random() < 0.3:
            options["initial_alphabet"] = ["z", "x", "é"]
        kind = draw.choice(["bpe", "bpe", "wordpiece"])
        if kind == "wordpiece":
            options.pop("max_token_length", None)
        elif draw.random() < 0.3:
            options["end_of_word_suffix"] = "</w>"
            if draw.random() < 0.5:
                options["continuing_subword_prefix"] = "@@"
        lines = random_lines(draw, letters, draw.choice([3, 30]))
        yield f"random-{number}", train(kind, lines, options, whitespace)


def real_cases(data):
    byte_level = pre_tokenizers.ByteLevel(add_prefix_space=False)
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    english = (data / "sentencepiece-training-text/botchan.txt").read_text().splitlines(keepends=True)
    japanese = (data / "sentencepiece-training-text/wagahaiwa_nekodearu.txt").read_text().splitlines(keepends=True)[:300]
    universal = (data / "udhr/udhr.tsv").read_text().splitlines(keepends=True)[::40]
    bert = (pre_tokenizers.BertPreTokenizer(), normalizers.BertNormalizer())
    byte = {"initial_alphabet": alphabet, "min_frequency": 2}
    yield "byte-english", train("bpe", english, {**byte, "vocab_size": 4000, "special_tokens": ["<|endoftext|>"]}, byte_level)
    yield "byte-japanese", train("bpe", japanese, {**byte, "vocab_size": 2000}, byte_level)
    yield "byte-universal", train("bpe", universal, {**byte, "vocab_size": 3000, "max_token_length": 9}, byte_level)
    yield "wordpiece-english", train("wordpiece", english, {"vocab_size": 3000, "special_tokens": BERT}, *bert)
    yield "wordpiece-universal", train("wordpiece", universal, {"vocab_size": 4000, "min_frequency": 2, "special_tokens": BERT}, *bert)
    yield "char-limited", train("bpe", english, {"vocab_size": 1000, "limit_alphabet": 20}, pre_tokenizers.WhitespaceSplit())


def main():
    out = pathlib.Path(sys.argv[1])
    shared = real_cases(pathlib.Path(sys.argv[2])) if sys.argv[2] != "-" else []
    for name, record in itertools.chain(random_cases(random.Random(20)), shared):
        (out / f"{name}.json").write_text(json.dumps(record))


if __name__ == "__main__":
    main()
