#!/usr/bin/env python3
"""Writes what the Precompiled normalizer of tokenizers 0.22.2 makes of many texts, with origins.

    precompiled_reference.py OUT_FILE SHARED_DATA_OR_-

The charsmaps are those of sentencepiece's own rules (nmt_nfkc_cf, nfkc) and of rules that make characters vanish or
grow. OUT_FILE is JSON: [{"charsmap": base64, "cases": [[text, normalised, [[begin, end], ...] per character], ...]}].
"""
import base64
import io
import json
import os
import random
import sys
import tempfile

import sentencepiece
from sentencepiece import sentencepiece_model_pb2
from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers

LINES = ["the cat sat on the mat", "a dog and a cat and 12 mats"] * 20
RULES = "41\t61\n42 301\t62 63 64\n43\t\n44 45\t46\n20AC\t45 55 52\n0D 0A\t20\n301\t\nE9\t65\nB2\t32\n1F600\t3A 29\n"
CHARS = ("abcABCDE \r\n\u0301\u0302\u0308\u00e9\u00b2\u20ac\ufb01\u2460\uff21\u3000\u00a0\u200b\u200d\u200c\u00a9\u203c\u0600\u0915\u094d\u0958"
         "\u1100\u1161\u11a8\uac00\u3099\u304b\u00ad\u0e33\U0001f600\U0001f1e6\u00bd\u212b\ufdfa\u0130\u1e9e\u2126\x00\x7f\t")


def charsmap_of(**options):
    out = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(sentence_iterator=iter(LINES), model_writer=out, vocab_size=30, minloglevel=2,
                                             hard_vocab_limit=False, **options)
    return sentencepiece_model_pb2.ModelProto.FromString(out.getvalue()).normalizer_spec.precompiled_charsmap


def tokenizer_of(charsmap):
    tokenizer = Tokenizer(models.WordLevel({"x": 0}, unk_token="x"))
    tokenizer.normalizer = normalizers.Precompiled(charsmap)
    tokenizer.pre_tokenizer = pre_tokenizers.Split(Regex(r"(?m:.)|\n"), "isolated")
    return tokenizer


def texts(seed):
    rng = random.Random(seed)
    yield from (CHARS, "", "\u0301", "\u0301a", "\r\n", "B\u0301", "CC", "CaC", "D", "DE")
    for _ in range(3000):
        yield "".join(rng.choice(CHARS) if rng.random() < 0.9 else chr(rng.choice([rng.randrange(0x3000), rng.randrange(0xE000, 0x20000)]))
                      for _ in range(rng.randint(1, 12)))


def main():
    out, _ = sys.argv[1:]
    with tempfile.TemporaryDirectory() as folder:
        rules = os.path.join(folder, "rules.tsv")
        with open(rules, "w", encoding="ascii") as file:
            file.write(RULES)
        maps = [charsmap_of(normalization_rule_name="nmt_nfkc_cf"), charsmap_of(normalization_rule_name="nfkc"),
                charsmap_of(normalization_rule_name="user_defined", normalization_rule_tsv=rules)]
    result = []
    for seed, charsmap in enumerate(maps):
        tokenizer, cases = tokenizer_of(charsmap), []
        for text in texts(seed):
            normalised = tokenizer.normalizer.normalize_str(text)
            offsets = tokenizer.encode(text).offsets
            cases.append([text, normalised, offsets if len(offsets) == len(normalised) else None])
        result.append(dict(charsmap=base64.b64encode(charsmap).decode(), cases=cases))
    with open(out, "w", encoding="ascii") as file:
        json.dump(result, file)


if __name__ == "__main__":
    main()
