#!/usr/bin/env python3
"""Encodes many texts with `tokenizers` and writes texts and answers for reference_test.cpp.

    reference.py OUT_FOLDER BASE_TOKENIZER_JSON SHARED_DATA_OR_-

For every tokenizer (the base one, altered forms of it, and those of the shared data) OUT_FOLDER gets NAME.json,
the tokenizer, and NAME.cases, the records of `write_case`. Everything random is seeded.
"""
import array
import copy
import itertools
import json
import multiprocessing
import os
import random
import struct
import sys

os.environ["TOKENIZERS_PARALLELISM"] = "false"  # two processes share the work instead

from tokenizers import Tokenizer  # noqa: E402

SPECIALS = ["[SEP]", "[CLS]", "[PAD]", "[UNK]", "[MASK]", "[sep]", "[Mask]", "[[SEP]]", "[SEP", "SEP]"]
ADDED = [
    dict(content="<mid>"), dict(content="<word>", single_word=True), dict(content="<left>", lstrip=True),
    dict(content="<right>", rstrip=True), dict(content="<both>", lstrip=True, rstrip=True),
    dict(content="<all>", single_word=True, lstrip=True, rstrip=True, special=True),
    dict(content="<mi"), dict(content="mid>x"), dict(content="\u00e9t\u00e9"), dict(content=" two words "),
]
NORMALIZED = [
    dict(content="Caf\u00c9", normalized=True), dict(content="lower", normalized=True, single_word=True),
    dict(content="\u4e2d\u6587", normalized=True), dict(content="LEFT", normalized=True, lstrip=True),
    dict(content="right\u0301", normalized=True, rstrip=True), dict(content="<mid>", normalized=False),
]
ODD_RANGES = [(0x00, 0x7F), (0x80, 0xFF), (0x100, 0x24F), (0x300, 0x36F), (0x370, 0x3FF), (0x590, 0x6FF), (0x900, 0x97F),
              (0xE00, 0xE7F), (0x1100, 0x11FF), (0x1AB0, 0x1AFF), (0x1DC0, 0x1DFF), (0x1E00, 0x1FFF), (0x2000, 0x206F),
              (0x20D0, 0x20FF), (0x2200, 0x22FF), (0x3000, 0x30FF), (0x302A, 0x302F), (0x3099, 0x309A), (0x4E00, 0x4EFF),
              (0xAC00, 0xACFF), (0xF900, 0xFAFF), (0xFB1D, 0xFB4F), (0xFE00, 0xFE2F), (0xFFF0, 0xFFFF), (0x1D15E, 0x1D1AD),
              (0x1F600, 0x1F64F), (0x1E8D0, 0x1E94B), (0x20000, 0x200FF), (0x2B810, 0x2B930), (0x2F800, 0x2F8FF),
              (0xE0000, 0xE01EF), (0x10FFF0, 0x10FFFF)]


def write_case(out, tokenizer, case, encoding, decodes):
    """i32 max_length | u8 special | i32 size + bytes, twice (-1: no second text) | i32 n | i32 ids[n] | i32 types[n]
    | i32 offsets[2n] | i32 special_mask[n] | u8 decoded? [i32 size + bytes: all | the same: without specials]"""
    first, second, max_length, special = case
    out.write(struct.pack("<iB", max_length, special))
    for text in (first, second):
        data = None if text is None else text.encode()
        out.write(struct.pack("<i", -1 if data is None else len(data)) + (data or b""))
    ids = encoding.ids
    out.write(struct.pack("<i", len(ids)))
    for values in (ids, encoding.type_ids, itertools.chain.from_iterable(encoding.offsets), encoding.special_tokens_mask):
        out.write(array.array("i", values).tobytes())
    out.write(struct.pack("<B", decodes))
    if decodes:
        for skip in (False, True):
            data = tokenizer.decode(ids, skip_special_tokens=skip).encode()
            out.write(struct.pack("<i", len(data)) + data)


def run(folder, name, tokenizer, cases, decode_every):
    tokenizer.no_padding()
    with open(os.path.join(folder, name + ".cases"), "wb") as out:
        for key, group in itertools.groupby(cases, key=lambda case: case[2:]):
            max_length, special = key
            if max_length:
                tokenizer.enable_truncation(max_length)
            else:
                tokenizer.no_truncation()
            group = list(group)
            for start in range(0, len(group), 5000):
                part = group[start:start + 5000]
                texts = [first if second is None else (first, second) for first, second, _, _ in part]
                encodings = tokenizer.encode_batch(texts, add_special_tokens=bool(special))
                for i, (case, encoding) in enumerate(zip(part, encodings)):
                    write_case(out, tokenizer, case, encoding, i % decode_every == 0)


def single(texts):
    return [(text, None, 0, 1) for text in texts]


def code_points():
    """Every code point between letters, so that its class, its form and its effect on words show."""
    every = (c for c in range(0x110000) if not 0xD800 <= c < 0xE000)
    while chunk := list(itertools.islice(every, 32)):
        yield " ".join(f"a{chr(c)}b" for c in chunk)


def random_char(rng):
    kind = rng.random()
    if kind < 0.5:
        return rng.choice("abcdefghijklmnopqrstuvwxyzABCXYZ0123456789")
    if kind < 0.65:
        return rng.choice(" \t\n\r  .,!?'-[]()#\u00a0\u3000")
    if kind < 0.97:
        return chr(rng.randint(*rng.choice(ODD_RANGES)))
    code = rng.randrange(0x110000)
    return chr(code if not 0xD800 <= code < 0xE000 else code - 0xD000)


def random_text(rng, lines):
    kind = rng.random()
    if kind < 0.35:
        return "".join(random_char(rng) for _ in range(rng.randint(0, 30)))
    if kind < 0.4:
        return rng.choice("aZ\u00e9\u4e2d\u0301") * rng.randint(90, 110) + random_char(rng)
    line = rng.choice(lines)
    begin = rng.randrange(len(line) + 1)
    text = list(line[begin:begin + rng.randint(1, 80)])
    pieces = SPECIALS + [token["content"] for token in ADDED + NORMALIZED]
    for _ in range(rng.randint(0, 5)):
        place = rng.randrange(len(text) + 1)
        insert = rng.choice(pieces) if rng.random() < 0.4 else random_char(rng)
        text[place:place + rng.randint(0, 1)] = rng.choice(["", " ", "  "]) + insert + rng.choice(["", " ", "\u3000"])
    return "".join(text)


def random_cases(seed, count, lines):
    rng = random.Random(seed)
    cases = []
    for _ in range(count):
        second = random_text(rng, lines) if rng.random() < 0.3 else None
        special = rng.random() < 0.8
        max_length = rng.choice([0, 0, 0, 3, 4, 5, 8, 9, 16, 33])
        cases.append((random_text(rng, lines), second, max_length, int(special)))
    return sorted(cases, key=lambda case: case[2:])


def with_added(base, tokens):
    state = copy.deepcopy(base)
    for token in tokens:
        full = dict(id=0, single_word=False, lstrip=False, rstrip=False, normalized=False, special=False)
        full.update(token)
        full["id"] = len(state["model"]["vocab"]) + len(state["added_tokens"])
        state["added_tokens"].append(full)
    return state


def with_normalizer(base, **changes):
    state = copy.deepcopy(base)
    state["normalizer"].update(changes)
    return state


def variants(base):
    short = copy.deepcopy(base)
    short["model"]["max_input_chars_per_word"] = 5
    short["decoder"] = None
    bare = copy.deepcopy(base)
    bare["normalizer"] = bare["post_processor"] = None
    bare["decoder"]["cleanup"] = False
    old = copy.deepcopy(base)
    old["post_processor"] = {"type": "BertProcessing", "sep": ["[SEP]", 102], "cls": ["[CLS]", 101]}
    return {
        "plain": base,
        "added": with_added(base, ADDED),
        "normalized": with_added(base, ADDED[:4] + NORMALIZED),
        "accents": with_normalizer(base, strip_accents=False),
        "stripped": with_normalizer(base, strip_accents=True, lowercase=False),
        "unclean": with_normalizer(base, clean_text=False, handle_chinese_chars=False),
        "short": short, "bare": bare, "old": old,
    }


def char_tokenizer(base, **normalizer):
    """Every code point of the planes in use is a token, so that the character a code point becomes shows."""
    state = with_normalizer(base, **normalizer)
    used = [c for c in itertools.chain(range(1, 0x3000), range(0x3001, 0xD800), range(0xE000, 0x20000), range(0x2F800, 0x2FA20))]
    vocab = {"[UNK]": 0}
    vocab.update({chr(c): c for c in used})
    vocab.update({"##" + chr(c): 0x40000 + c for c in used})
    state["model"]["vocab"] = vocab
    state["added_tokens"] = []
    state["post_processor"] = None
    return state


def shared_lines(shared):
    def lines(path, encoding="utf-8"):
        with open(os.path.join(shared, path), encoding=encoding, newline="\n", errors="replace") as file:
            return [line.rstrip("\n") for line in file]

    torture = [line for name in ("blns.txt", "UTF-8-demo.txt", "UTF-8-test.txt", "emoji-test.txt", "GraphemeBreakTest.txt",
                                 "NormalizationTest.txt", "utf8tests/utf8tests.bin", "utf8tests/utf8.skip.ref.txt",
                                 "utf8tests/utf8.replace.ref.txt") for line in lines("unicode-torture/" + name)]
    torture += json.load(open(os.path.join(shared, "unicode-torture/blns.json"), encoding="utf-8"))
    for line in lines("unicode-torture/NormalizationTest.txt"):
        if line and line[0] not in "#@":
            torture.append(" ".join("".join(chr(int(c, 16)) for c in field.split()) for field in line.split(";")[:5]))
    sst2 = [line for part in ("train", "dev", "test") for line in lines(f"sst2/{part}.tsv")]
    return torture + lines("udhr/udhr.tsv") + sst2 + lines("tokenizer-expected/texts.txt")


def jobs(base_file, shared):
    base = json.load(open(base_file, encoding="utf-8"))
    here = os.path.dirname(os.path.abspath(__file__))
    lines = [line for line in open(os.path.join(here, "reference.py"), encoding="utf-8").read().split("\n") if line]
    work = []
    if shared != "-":
        lines = shared_lines(shared)
        for name in ("uncased", "cased"):
            state = json.load(open(os.path.join(shared, f"tokenizer-bert/bert-base-{name}.tokenizer.json"), encoding="utf-8"))
            work.append(("lines-" + name, state, ("lines", lines)))
        chinese = with_normalizer(base, lowercase=False)
        vocab = open(os.path.join(shared, "tokenizer-bert/bert-base-chinese.vocab.txt"), encoding="utf-8").read().split("\n")
        chinese["model"]["vocab"] = {token: i for i, token in enumerate(vocab) if token}
        work.append(("lines-chinese", chinese, ("lines", lines)))
    work.append(("chars-uncased", char_tokenizer(base), ("chars", None)))
    work.append(("chars-cased", char_tokenizer(base, lowercase=False), ("chars", None)))
    work.append(("chars-unclean", char_tokenizer(base, clean_text=False, strip_accents=False, handle_chinese_chars=False),
                 ("chars", None)))
    pool = [line for line in lines if line]
    for seed, (name, state) in enumerate(variants(base).items()):
        work.append(("random-" + name, state, ("random", (seed, 24000, pool))))
    return work


def do_job(job):
    folder, name, state, (kind, what) = job
    file = os.path.join(folder, name + ".json")
    with open(file, "w", encoding="utf-8") as out:
        json.dump(state, out, ensure_ascii=False)
    cases = {"lines": lambda: single(what), "chars": lambda: single(code_points()),
             "random": lambda: random_cases(*what)}[kind]()
    run(folder, name, Tokenizer.from_file(file), cases, 1 if kind == "random" else 20)


def main():
    folder, base_file, shared = sys.argv[1:]
    with multiprocessing.Pool(2) as pool:
        pool.map(do_job, [(folder, *job) for job in jobs(base_file, shared)], chunksize=1)


if __name__ == "__main__":
    main()
