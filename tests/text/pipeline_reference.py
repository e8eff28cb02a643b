#!/usr/bin/env python3
"""Compares the general pipeline with `tokenizers`, component by component.

    pipeline_reference.py ENCODE_LINES FOLDER SHARED_DATA_OR_- [NAME_PART]

Builds a tokenizer for every component and option, writes it to FOLDER, encodes texts (every code point, lines of
unicode-torture and udhr, random strings) with both, and prints what differs. ENCODE_LINES is the program of
encode_lines.cpp. Exits with 1 where anything differs. Everything random is seeded.

FINETUNE_REFERENCE_CASES multiplies the number of texts of every kind (1: each component meets another sample of the
code points; from 300 on each meets all of them).
"""
import itertools
import json
import multiprocessing
import os
import random
import subprocess
import sys

os.environ["TOKENIZERS_PARALLELISM"] = "false"  # two processes share the work instead
os.environ["RUST_BACKTRACE"] = "0"

from tokenizers import (AddedToken, Regex, Tokenizer, decoders, models, normalizers as n, pre_tokenizers as p,  # noqa: E402
                        processors as post)

from reference import random_char, shared_lines  # noqa: E402

FACTOR = int(os.environ.get("FINETUNE_REFERENCE_CASES", "1"))
GPT2 = r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"
CL100K = (r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{%s}| ?[^\s\p{L}\p{N}]+[\r\n]*"
          r"|\s*[\r\n]+|\s+(?!\S)|\s+")
O200K = (r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?"
         r"|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?"
         r"|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+")
DEEPSEEK = (r"[!\"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+"
            r"| ?[\p{P}\p{S}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+")
BEHAVIORS = ["removed", "isolated", "merged_with_previous", "merged_with_next", "contiguous"]


def chars_model():
    """Every character is a token of its own, by byte: shows what normalizer and pre-tokenizer made of a text."""
    vocab = {f"<0x{byte:02X}>": byte for byte in range(256)}
    vocab["\u2581"] = 256
    return models.BPE(vocab=vocab, merges=[], byte_fallback=True, unk_token=None)


def build(normalizer=None, pre_tokenizer=None, processor=None, added=(), decoder=None):
    tokenizer = Tokenizer(chars_model())
    if normalizer:
        tokenizer.normalizer = normalizer
    if pre_tokenizer:
        tokenizer.pre_tokenizer = pre_tokenizer
    if processor:
        tokenizer.post_processor = processor
    tokenizer.decoder = decoder or decoders.Sequence([decoders.ByteFallback(), decoders.Fuse()])
    tokenizer.add_tokens(list(added))
    return tokenizer


def normalizer_cases():
    yield "none", None
    for name in ("NFC", "NFD", "NFKC", "NFKD", "Lowercase", "StripAccents", "Nmt", "ByteLevel"):
        yield name, getattr(n, name)()
    for clean, chinese, accents, lower in ((1, 1, None, 1), (1, 0, True, 0), (0, 1, False, 1), (0, 0, True, 1)):
        yield f"Bert{clean}{chinese}{accents}{lower}", n.BertNormalizer(bool(clean), bool(chinese), accents, bool(lower))
    for left, right in ((True, True), (True, False), (False, True)):
        yield f"Strip{left}{right}", n.Strip(left, right)
    yield "Prepend", n.Prepend("\u2581x")
    yield "ReplaceString", n.Replace(" ", "\u2581")
    yield "ReplaceLonger", n.Replace("a", "xyz")
    yield "ReplaceGone", n.Replace("e", "")
    yield "ReplaceSpaces", n.Replace(Regex(" {2,}"), "\u2581")
    yield "ReplaceRegex", n.Replace(Regex(r"\s+"), " ")
    yield "ReplaceClass", n.Replace(Regex(r"[^\p{L}\p{M}\s]+"), "<?>")
    yield "SequenceXlnet", n.Sequence([n.Replace("``", '"'), n.Replace("''", '"'), n.NFKD(), n.StripAccents(),
                                       n.Lowercase(), n.Replace(Regex(" {2,}"), " ")])
    yield "SequenceLlama", n.Sequence([n.Prepend("\u2581"), n.Replace(" ", "\u2581")])
    yield "SequenceT5", n.Sequence([n.NFKC(), n.Strip(False, True), n.Replace(Regex(" {2,}"), "\u2581")])
    yield "SequenceClip", n.Sequence([n.NFC(), n.Replace(Regex(r"\s+"), " "), n.Lowercase()])
    yield "SequenceForms", n.Sequence([n.NFD(), n.Lowercase(), n.NFC(), n.Strip(), n.NFKC(), n.ByteLevel()])


def pre_tokenizer_cases():
    for name in ("BertPreTokenizer", "Whitespace", "WhitespaceSplit", "UnicodeScripts"):
        yield name, getattr(p, name)()
    for prefix in (True, False):
        for use_regex in (True, False):
            yield f"ByteLevel{prefix}{use_regex}", p.ByteLevel(add_prefix_space=prefix, use_regex=use_regex)
    for scheme in ("first", "never", "always"):
        for split in (True, False):
            yield f"Metaspace{scheme}{split}", p.Metaspace(prepend_scheme=scheme, split=split)
    for digits in (True, False):
        yield f"Digits{digits}", p.Digits(digits)
    for behavior in BEHAVIORS:
        yield f"Punctuation{behavior}", p.Punctuation(behavior)
        for invert in (True, False):
            yield f"SplitString{behavior}{invert}", p.Split("a", behavior, invert)
            yield f"SplitRegex{behavior}{invert}", p.Split(Regex(r"\d+|x*"), behavior, invert)
    yield "CharDelimiter", p.CharDelimiterSplit("e")
    yield "FixedLength", p.FixedLength(length=3)
    for name, regex in (("Gpt2", GPT2), ("Llama3", CL100K % "1,3"), ("Qwen2", CL100K.replace("{%s}", "")), ("O200k", O200K),
                        ("Deepseek", DEEPSEEK), ("Spaces", r"\s+"), ("Word", r"\w+|[^\w\s]+"), ("Boundary", r"\b"),
                        ("Ends", r"^.|.$|\Z|\A"), ("Posix", r"[[:alpha:]]+|[[:punct:]]|[[:digit:]]{2}"),
                        ("Cjk", "[\u4e00-\u9fa5\u3040-\u309f\u30a0-\u30ff]+"), ("Scripts", r"\p{Han}+|\p{Hiragana}|\p{^L}"),
                        ("Behind", r"(?<=[a-z])(?=[A-Z])|(?<!a)b"), ("Negative", r"[^\S\n]+|\P{L}|\D\H"),
                        ("Dashes", r"[\w-]+|[a\-z]|[+-]"), ("Lazy", r".{2,4}?|a{,2}b++"), ("Case", r"(?i:abc|k)"),
                        ("Bloom", r" ?[^(\s|[.,!?\u2026\u3002\uff0c\u3001\u0964\u06d4\u060c])]+"),
                        ("Clip", r"(?i)'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+"),
                        ("Sets", r"[a-m&&[^b-d]&&\w]+|[[x-z]-]|[^[^0-5]]{2}|[^\P{L}&&[^e]]"),
                        ("ScriptNames", r"\p{Latin}+|\p{Greek}|[\p{Cyrillic}\p{Arabic}]+|\p{^Common}+|\p{Inherited}"),
                        ("PosixMore", r"[[:upper:]][[:lower:]]*|[[:word:]]+|[[:^graph:]]|[[:cntrl:][:blank:]]|[^[:alnum:][:print:]]"),
                        ("Properties", r"\p{Lower}+|\p{Upper}\P{Alpha}|\p{Emoji}+|\p{Punct}|\p{Alnum}{3}|\pL|\p{XDigit}"),
                        ("CaseSets", r"(?i)\p{Lu}+|[\p{Lt}x]|[[:upper:]&&[^k]]+|[^\p{Ll}\d]{2}")):
        yield "Split" + name, p.Split(Regex(regex), "isolated")
    yield "SequenceByte", p.Sequence([p.Split(Regex(CL100K % "1,3"), "isolated"), p.ByteLevel(False, use_regex=False)])
    yield "SequenceDigits", p.Sequence([p.WhitespaceSplit(), p.Digits(True), p.Punctuation("contiguous")])
    yield "SequenceMeta", p.Sequence([p.Whitespace(), p.Metaspace(prepend_scheme="first")])
    yield "SequenceMeta2", p.Sequence([p.Metaspace(), p.ByteLevel(True)])


def template(types):
    return post.TemplateProcessing(single=f"<0x00> $A:{types[0]} <0x01>", pair=f"<0x00> $A:{types[0]} <0x01> $B:{types[1]} <0x02>:1",
                                   special_tokens=[("<0x00>", 0), ("<0x01>", 1), ("<0x02>", 2)])


def processor_cases():
    yield "Template", template((0, 1))
    yield "TemplateTypes", template((3, 2))
    yield "TemplateSwapped", post.TemplateProcessing(single="$A", pair="$B:1 <0x00> $A", special_tokens=[("<0x00>", 0)])
    yield "Bert", post.BertProcessing(("<0x01>", 1), ("<0x00>", 0))
    for trim in (True, False):
        for prefix in (True, False):
            yield f"Roberta{trim}{prefix}", post.RobertaProcessing(("<0x01>", 1), ("<0x00>", 0), trim, prefix)
            yield f"ByteLevel{trim}{prefix}", post.ByteLevel(prefix, trim)
    yield "SequenceLlama", post.Sequence([post.ByteLevel(trim_offsets=True), template((0, 1))])
    yield "SequenceLate", post.Sequence([template((0, 1)), post.ByteLevel(trim_offsets=True)])
    yield "SequenceBert", post.Sequence([post.BertProcessing(("<0x01>", 1), ("<0x00>", 0)), post.ByteLevel()])


ADDED = [AddedToken("<mid>", normalized=False), AddedToken("<word>", single_word=True, normalized=False),
         AddedToken("<left>", lstrip=True, normalized=False), AddedToken("<right>", rstrip=True, special=True, normalized=False),
         AddedToken("Lower", normalized=True), AddedToken("\u00e9t\u00e9", normalized=True, single_word=True),
         AddedToken(" x ", normalized=True, lstrip=True)]


# Some take white space in which others begin.
OVERLAPPING = [AddedToken("<end>", rstrip=True, normalized=False), AddedToken("\n", normalized=False), AddedToken("<m>", lstrip=True, rstrip=True, normalized=True),
               AddedToken("low", normalized=True), AddedToken("ab", normalized=True, single_word=True), AddedToken(" ", lstrip=True, normalized=True),
               AddedToken("\u201c", rstrip=True, normalized=True)]


def code_point_lines(rng, count):
    """Lines of code points between letters, half of them of the alphabets."""
    every = [c for c in range(0x110000) if not 0xD800 <= c < 0xE000]
    lines = [every[i:i + 64] for i in range(0, len(every), 64)]
    alphabets, others = lines[:0x3400 // 64], lines[0x3400 // 64:]
    chosen = [rng.sample(part, min(len(part), count)) for part in (alphabets, others)]
    return [" ".join(f"a{chr(c)}b" for c in line) for line in itertools.chain(*chosen)]


def random_texts(rng, lines, count):
    pieces = [token.content for token in ADDED] + ["'s", "'LL", "'\u017f", "\r\n", "\n\n ", "  ", "\u0301", "\uac00\u11a8"]
    texts = ["", " ", "a", "\u0301", "\u2581", "\ufeff", "<mid>", "Lower", "  <left>  <right>  "]
    for _ in range(count):
        if rng.random() < 0.5 and lines:
            line = rng.choice(lines)
            begin = rng.randrange(len(line) + 1)
            chars = list(line[begin:begin + rng.randint(1, 60)])
        else:
            chars = [random_char(rng) for _ in range(rng.randint(0, 30))]
        for _ in range(rng.randint(0, 3)):
            chars.insert(rng.randint(0, len(chars)), rng.choice(pieces))
        texts.append("".join(chars))
    return texts


def overlapping_texts(rng, count):
    pieces = [token.content for token in OVERLAPPING] + ["a", "b", "\u00e9", "\u4e2d", " ", "\n", "\t", "\u3000"]
    return ["".join(rng.choice(pieces) for _ in range(rng.randint(1, 10))) for _ in range(count)]


def encoded(encoding):
    words = [-1 if word is None else word for word in encoding.word_ids]
    return {"ids": encoding.ids, "types": encoding.type_ids, "offsets": [list(o) for o in encoding.offsets],
            "mask": encoding.special_tokens_mask, "words": words}


def reference(tokenizer, request):
    tokenizer.no_truncation()
    if request.get("max_length"):
        tokenizer.enable_truncation(request["max_length"], stride=request.get("stride", 0),
                                    strategy=request.get("strategy", "longest_first"), direction=request.get("side", "right"))
    try:
        encoding = tokenizer.encode(request["text"], request.get("pair"), add_special_tokens=request.get("special", True))
    except BaseException as error:  # a panic of the library is no Exception
        return {"error": str(error)}
    answer = encoded(encoding)
    answer["overflowing"] = [encoded(window) for window in encoding.overflowing]
    answer["decoded"] = [tokenizer.decode(encoding.ids, skip_special_tokens=skip) for skip in (False, True)]
    return answer


def difference(wanted, found):
    if "bad split" in wanted.get("error", ""):
        return None  # the library panics where a token goes back behind the start of the one before it
    if "error" in wanted or "error" in found:
        return None if ("error" in wanted) == ("error" in found) else "error"
    for key in ("ids", "types", "mask", "words", "offsets", "decoded"):
        if wanted.get(key) != found.get(key):
            return key
    if len(wanted["overflowing"]) != len(found["overflowing"]):
        return "number of windows"
    for a, b in zip(wanted["overflowing"], found["overflowing"]):
        for key in ("ids", "types", "mask", "words", "offsets"):
            if a[key] != b[key]:
                return "window " + key
    return None


def compare(job):
    """How many requests there were, how many answers differ, and what to print about them."""
    program, folder, name, tokenizer, requests = job
    file = os.path.join(folder, name + ".json")
    tokenizer.no_truncation()
    tokenizer.save(file)
    lines = "".join(json.dumps(request) + "\n" for request in requests)
    answers = subprocess.run([program, file], input=lines.encode(), stdout=subprocess.PIPE, stderr=sys.stderr, check=False).stdout
    answers = [json.loads(line) for line in answers.splitlines()]
    if len(answers) != len(requests):
        return len(requests), 1, [f"{name}: {len(answers)} answers for {len(requests)} requests: {str(answers[-1:])[:300]}"]
    num_different, report = 0, []
    for request, found in zip(requests, answers):
        wanted = reference(tokenizer, request)
        what = difference(wanted, found)
        if what:
            num_different += 1
            if num_different <= 2:
                report.append(f"{name}: {what} of {json.dumps(request)[:300]}\n  wanted {json.dumps(wanted)[:700]}\n"
                              f"  found  {json.dumps(found)[:700]}")
    if num_different:
        report.append(f"{name}: {num_different} of {len(requests)} differ")
    return len(requests), num_different, report


def truncation_requests(rng, texts):
    for _ in range(120 * FACTOR):
        request = {"text": rng.choice(texts), "special": rng.random() < 0.7, "max_length": rng.randint(5, 20),
                   "strategy": rng.choice(["longest_first", "only_first", "only_second"]), "side": rng.choice(["left", "right"]),
                   "stride": rng.choice([0, 0, 1])}
        if rng.random() < 0.6:
            request["pair"] = rng.choice(texts)
        elif request["strategy"] == "only_second":
            request["strategy"] = "longest_first"
        yield request


def jobs(rng, lines):
    texts = random_texts(rng, lines, 100 * FACTOR)
    short = [{"text": text} for text in texts]
    pairs = [{"text": rng.choice(texts), "pair": rng.choice(texts), "special": rng.random() < 0.7} for _ in range(80 * FACTOR)]

    def plain():
        some_lines = rng.sample(lines, min(len(lines), 40 * FACTOR))
        return [{"text": text} for text in code_point_lines(rng, 60 * FACTOR) + texts + some_lines]

    for name, normalizer in normalizer_cases():
        yield "normalizer-" + name, build(normalizer), plain()
        yield "added-" + name, build(normalizer, p.Metaspace(prepend_scheme="first"), added=ADDED), short
    for name, pre_tokenizer in pre_tokenizer_cases():
        yield "pre-" + name, build(None, pre_tokenizer), plain()
        yield "pre-added-" + name, build(n.NFKC(), pre_tokenizer, added=ADDED), short
    overlapping = [{"text": text} for text in overlapping_texts(rng, 150 * FACTOR)]
    for name, pre_tokenizer in (("byte", p.ByteLevel(False)), ("meta", p.Metaspace()), ("bert", p.BertPreTokenizer())):
        for kind, normalizer in (("none", None), ("nfc", n.NFC()), ("bert", n.BertNormalizer(clean_text=False))):
            yield f"overlap-{name}-{kind}", build(normalizer, pre_tokenizer, added=OVERLAPPING), overlapping
    for name, processor in processor_cases():
        for kind, pre_tokenizer in (("byte", p.ByteLevel(True)), ("plain", p.Whitespace())):
            yield f"post-{kind}-{name}", build(None, pre_tokenizer, processor, ADDED), [*pairs, *short, *truncation_requests(rng, texts)]
    yield "post-none", build(None, p.Whitespace(), None, ADDED), [*pairs, *truncation_requests(rng, texts)]


def main():
    program, folder, shared = sys.argv[1:4]
    part = sys.argv[4] if len(sys.argv) > 4 else ""
    rng = random.Random(4)
    lines = [] if shared == "-" else [line for line in rng.sample(shared_lines(shared), 300 * FACTOR) if len(line) < 400]
    sys.stderr = os.fdopen(os.dup(2), "w")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)  # the library prints its panics there
    work = ((program, folder, *job) for job in jobs(rng, lines) if part in job[0])
    num_tokenizers = num_texts = num_different = 0
    with multiprocessing.Pool(2) as pool:
        for size, found, report in pool.imap(compare, work):
            num_tokenizers, num_texts, num_different = num_tokenizers + 1, num_texts + size, num_different + found
            print("".join(line + "\n" for line in report), end="", flush=True)
    print(f"{num_different} differences in {num_texts} texts of {num_tokenizers} tokenizers")
    sys.exit(1 if num_different else 0)


if __name__ == "__main__":
    main()
