#!/usr/bin/env python3
"""Every tokenizer of the test data against tokenizers and transformers: ids, offsets and decoded text of `finetune tokenize`.

    .deps/venv/bin/python scripts/parity/tokenizers_against_hugging_face.py [--finetune build/release/apps/finetune/finetune]
        [--data FOLDER] [--only bert-uncased,t5] [--texts files,points,random] [--random 200000] [--small]

Texts: every line of every text file of FOLDER (--data, else FINETUNE_TEST_DATA, else ../shared/data); every code point, alone
and among others; random ones: random Unicode, mutations of real lines, special tokens inside text, very long words, white
space, bytes that are not UTF-8 (read as U+FFFD, as Python's errors="replace" does), and pairs. Prints a table of texts and
differences, and each first difference in full; ends with 1 if there is any. --small is a sample of all this, for CTest.
"""
import argparse
import collections
import contextlib
import json
import os
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile
import time
import warnings

ROOT = pathlib.Path(__file__).resolve().parents[2]
SKIPPED = 77
CHUNK = 20000
TEXT_ENDINGS = {".txt", ".tsv", ".csv", ".json", ".jsonl", ".md", ".html", ".en", ".de", ".fr", ".mt", ".vocab", ".codes", ".ref"}
RANGES = [(0x20, 0x7F), (0x00, 0xFF), (0x100, 0x24F), (0x250, 0x36F), (0x370, 0x52F), (0x590, 0x8FF), (0x900, 0xDFF), (0xE00, 0xFFF),
          (0x1100, 0x11FF), (0x1E00, 0x1FFF), (0x2000, 0x206F), (0x2070, 0x2BFF), (0x3000, 0x30FF), (0x3400, 0x9FFF), (0xAC00, 0xD7A3),
          (0xE000, 0xFAFF), (0xFB00, 0xFFFF), (0x10000, 0x1FFFF), (0x1F300, 0x1FAFF), (0x20000, 0x3FFFF), (0xE0000, 0x10FFFF), (0x00, 0x10FFFF)]
SPACES = [" ", "  ", "\t", "\n", "\r\n", "\r", "\u00a0", "\u2003", "\u3000", "\u200b", "\u2028", "\x0b", "\x1c", "\x85", "\u180e", "\ufeff", "\u2581"]


class Reference:
    """One tokenizer: the folder or file for our program, and what Hugging Face makes of it."""

    def __init__(self, path, encode, decode, specials, has_offsets=True, has_pairs=True):
        self.path, self.encode, self.decode, self.specials = path, encode, decode, specials
        self.has_offsets, self.has_pairs = has_offsets, has_pairs


def line_of(ids, offsets):
    text = " ".join(map(str, ids))
    return text if offsets is None else text + "\t" + " ".join(f"{begin}-{end}" for begin, end in offsets)


def of_backend(path, backend, decode):
    """The reference of a fast tokenizer."""
    backend.no_padding()
    backend.no_truncation()

    def encode(texts):
        return [line_of(e.ids, e.offsets) for e in backend.encode_batch(texts)]

    specials = [token.content for token in backend.get_added_tokens_decoder().values()]
    return Reference(path, encode, decode, specials)


def from_json(path):
    from tokenizers import Tokenizer
    backend = Tokenizer.from_file(str(path))
    return of_backend(path, backend, lambda ids, skip: backend.decode(ids, skip_special_tokens=skip))


def from_folder(path):
    from transformers import AutoTokenizer
    tokenizer = AutoTokenizer.from_pretrained(path)

    # A Marian tokenizer decodes with the target's model unless told that the ids are of the source.
    source = {"use_source_tokenizer": True} if "Marian" in type(tokenizer).__name__ else {}

    def decode(ids, skip):
        return tokenizer.decode(ids, skip_special_tokens=skip, **source)

    if tokenizer.is_fast:
        return of_backend(path, tokenizer.backend_tokenizer, decode)

    def encode(texts):
        return [line_of(tokenizer(*([text] if isinstance(text, str) else text))["input_ids"], None) for text in texts]

    return Reference(path, encode, decode, tokenizer.all_special_tokens, has_offsets=False)


def from_model(path):
    """A .model file by itself: what the sentencepiece library gives, without special tokens."""
    import sentencepiece
    model = sentencepiece.SentencePieceProcessor(model_file=str(path))

    def encode(texts):
        return [line_of(ids, None) for ids in model.encode(texts)]

    specials = [model.id_to_piece(i) for i in range(min(8, model.vocab_size()))]
    return Reference(path, encode, lambda ids, skip: model.decode(ids), specials, has_offsets=False, has_pairs=False)


def folders(data, work):
    """Name -> function that makes the tokenizer; folders are composed of the files of the data."""
    def compose(name, settings, files):
        folder = work / name
        folder.mkdir(exist_ok=True)
        (folder / "tokenizer_config.json").write_text(json.dumps(settings))
        for target, source in files.items():
            shutil.copyfile(data / source, folder / target)
        return lambda: from_folder(folder)

    bert, gpt2, pieces = "tokenizer-bert/", "tokenizer-gpt2/", "tokenizer-sentencepiece/"
    roberta = {"vocab.json": gpt2 + "roberta.vocab.json", "merges.txt": gpt2 + "roberta.merges.txt"}
    made = {}
    for case, lower in (("uncased", True), ("cased", False)):
        file = data / bert / f"bert-base-{case}.tokenizer.json"
        made[f"bert-{case}-json"] = lambda file=file: from_json(file)
        made[f"bert-{case}"] = compose(f"bert-{case}", {"tokenizer_class": "BertTokenizer", "do_lower_case": lower}, {"vocab.txt": bert + f"bert-base-{case}.vocab.txt"})
    made["bert-chinese"] = compose("bert-chinese", {"tokenizer_class": "BertTokenizer", "do_lower_case": False}, {"vocab.txt": bert + "bert-base-chinese.vocab.txt"})
    for name in ("DistilBert", "Electra"):
        made[name.lower()] = compose(name.lower(), {"tokenizer_class": f"{name}Tokenizer", "do_lower_case": True}, {"vocab.txt": bert + "bert-base-uncased.vocab.txt"})
    made["gpt2-json"] = lambda: from_folder(data / gpt2 / "hf-export")
    made["gpt2"] = compose("gpt2", {"tokenizer_class": "GPT2Tokenizer"}, {"vocab.json": gpt2 + "gpt2.vocab.json", "merges.txt": gpt2 + "gpt2.merges.txt"})
    made["roberta"] = compose("roberta", {"tokenizer_class": "RobertaTokenizer"}, roberta)
    made["bart"] = compose("bart", {"tokenizer_class": "BartTokenizer"}, roberta)
    made["t5"] = compose("t5", {"tokenizer_class": "T5Tokenizer"}, {"spiece.model": pieces + "t5_base.model"})
    made["mt5"] = compose("mt5", {"tokenizer_class": "MT5Tokenizer", "extra_ids": 0}, {"spiece.model": pieces + "t5_base.model"})
    made["llama"] = compose("llama", {"tokenizer_class": "LlamaTokenizer"}, {"tokenizer.model": pieces + "llama.model"})
    made["xlm-roberta"] = compose("xlm-roberta", {"tokenizer_class": "XLMRobertaTokenizer"}, {"sentencepiece.bpe.model": pieces + "opennmt/wmtende.model"})
    made["albert"] = compose("albert", {"tokenizer_class": "AlbertTokenizer"}, {"spiece.model": pieces + "google_test_model.model"})
    marian = {path.name: pieces + "marian-en-pt/" + path.name for path in (data / pieces / "marian-en-pt").iterdir() if path.suffix != ".md"}
    made["marian"] = compose("marian", json.loads((data / marian["tokenizer_config.json"]).read_text()), {k: v for k, v in marian.items() if k != "tokenizer_config.json"})
    for file in sorted((data / pieces).glob("**/*.model")):
        made["model:" + file.stem] = lambda file=file: from_model(file)
    return made


def file_texts(data):
    """Every line of every text file, without the empty ones."""
    for file in sorted(data.rglob("*")):
        if file.is_file() and file.suffix in TEXT_ENDINGS:
            yield from (line.decode("utf-8", "replace") for line in file.read_bytes().split(b"\n") if line)


def point_texts(every):
    for point in range(0, 0x110000, every):
        if not 0xD800 <= point < 0xE000:
            c = chr(point)
            yield c
            yield f"a{c}b {c} .{c}{c}"


class RandomTexts:
    """Seeded; texts are str, bytes that are not UTF-8, or pairs of str."""

    def __init__(self, seed, lines, specials, has_pairs):
        self.draw, self.lines, self.specials, self.has_pairs = random.Random(seed), lines, specials or ["<s>"], has_pairs

    def points(self, most):
        low, high = self.draw.choice(RANGES)
        points = (self.draw.randint(low, high) for _ in range(self.draw.randint(0, most)))
        return "".join(chr(p) for p in points if not 0xD800 <= p < 0xE000)

    def line(self):
        line = self.draw.choice(self.lines)
        begin = self.draw.randrange(max(1, len(line) - 160))
        return line[begin:begin + self.draw.randint(1, 160)]

    def mutation(self):
        text = self.line()
        for _ in range(self.draw.randint(1, 4)):
            at, to = sorted(self.draw.randint(0, len(text)) for _ in range(2))
            to = min(to, at + self.draw.randint(0, 4))
            text = text[:at] + self.draw.choice([self.points(3), "", text[at:to] * 2, text[at:to].swapcase(), self.draw.choice(SPACES)]) + text[to:]
        return text

    def with_specials(self):
        parts = []
        for _ in range(self.draw.randint(1, 6)):
            special = self.draw.choice(self.specials)
            parts.append(self.draw.choice([special, special, special.upper(), special[:-1], special[1:], self.line()[:20], self.points(4), self.draw.choice(SPACES)]))
        return "".join(parts)

    def long_word(self):
        unit = self.draw.choice([self.points(3), self.draw.choice("aé中ก😀_="), self.line().replace(" ", "")]) or "x"
        return (unit * 3000)[:self.draw.choice([99, 100, 101, 257, 1000, 3000])]

    def spaced(self):
        return "".join(self.draw.choice([self.draw.choice(SPACES), self.draw.choice(["a", "The", "1", "'s", "n't", ".", "don", "é", "中"])]) for _ in range(self.draw.randint(1, 14)))

    def broken_bytes(self):
        data = bytearray(self.mutation().encode())
        for _ in range(self.draw.randint(1, 4)):
            at = self.draw.randint(0, len(data))
            data[at:at + self.draw.randint(0, 2)] = bytes(self.draw.randrange(256) for _ in range(self.draw.randint(0, 3)))
        return bytes(data).replace(b"\n", b"").rstrip(b"\r")

    def mixture(self):
        return "".join(self.draw.choice([self.points, lambda most: self.line()[:most * 3]])(8) for _ in range(self.draw.randint(1, 6)))

    def one(self):
        kind = self.draw.random()
        for limit, make in ((0.22, lambda: self.points(40)), (0.5, self.mutation), (0.65, self.with_specials), (0.67, self.long_word), (0.8, self.spaced), (0.92, self.mixture)):
            if kind < limit:
                return make()
        if kind < 0.97 or not self.has_pairs:
            return self.broken_bytes()
        return (self.mutation(), self.mixture())


class Comparison:
    def __init__(self, program, name, reference, shown):
        self.program, self.name, self.reference, self.shown = program, name, reference, shown
        self.counts = collections.Counter()

    def run_ours(self, lines, *flags):
        """Output lines of the program for input lines (bytes)."""
        command = [self.program, "tokenize", str(self.reference.path), "--threads", "1", *flags]
        done = subprocess.run(command, input=b"".join(line + b"\n" for line in lines), capture_output=True)
        if done.returncode != 0:
            raise RuntimeError(f"{' '.join(command)}: exit {done.returncode}\n{done.stderr.decode(errors='replace')[-2000:]}")
        output = done.stdout.split(b"\n")[:-1]
        if len(output) != len(lines):
            raise RuntimeError(f"{' '.join(command)}: {len(lines)} lines in, {len(output)} out")
        return output

    def difference(self, kind, text, expected, found):
        self.counts[kind] += 1
        if self.counts[kind] <= self.shown:
            print(f"{self.name}: {kind} of {text!r:.400}\n  expected {expected!r:.600}\n  found    {found!r:.600}", flush=True)

    def compare(self, texts):
        """Plain texts and pairs go as JSON, which can hold line ends; broken bytes go as they are."""
        flags = ["--ids", "--offsets"] if self.reference.has_offsets else ["--ids"]
        if isinstance(self.reference.path, pathlib.Path) and self.reference.path.suffix == ".model":
            flags.append("--no-special")
        whole = [text for text in texts if not isinstance(text, bytes)]
        broken = [text for text in texts if isinstance(text, bytes)]
        found = self.run_ours([json.dumps(text, ensure_ascii=False).encode() for text in whole], "--json", *flags) if whole else []
        found += self.run_ours(broken, *flags) if broken else []
        texts = whole + [text.decode("utf-8", "replace") for text in broken]
        expected = self.reference.encode(texts)
        for text, theirs, ours in zip(texts, expected, found):
            ours = ours.decode()
            if theirs == ours:
                continue
            kind = "ids" if theirs.split("\t")[0] != ours.split("\t")[0] else "offsets"
            self.difference(kind, text, theirs, ours)
        self.counts["texts"] += len(texts)
        self.compare_decoding(texts, [line.split("\t")[0] for line in expected])

    def compare_decoding(self, texts, id_lines):
        for skip in (False, True):
            flags = ["--no-special"] if skip else []
            found = self.run_ours([line.encode() for line in id_lines], "--decode", "--json", *flags)
            for text, line, ours in zip(texts, id_lines, found):
                theirs = self.reference.decode([int(i) for i in line.split()], skip)
                ours = json.loads(ours)
                if theirs != ours:
                    self.difference("decoded", text, theirs, ours)


def chunks(items):
    chunk = []
    for item in items:
        chunk.append(item)
        if len(chunk) == CHUNK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def kinds_of_texts(arguments, reference, lines):
    step = 1 if not arguments.small else 0
    if "files" in arguments.texts:
        yield "files", lines[::step or 997]
    if "points" in arguments.texts:
        yield "points", point_texts(step or 1009)
    if "random" in arguments.texts:
        draw = RandomTexts(arguments.seed, lines, reference.specials, reference.has_pairs)
        yield "random", (draw.one() for _ in range(arguments.random if step else 300))


def compare_all(arguments, data, work):
    table = []
    lines = list(file_texts(data))
    for name, make in folders(data, work).items():
        if arguments.only and name not in arguments.only:
            continue
        try:
            reference = make()
        except Exception as error:  # what transformers cannot load is no reference
            table.append((name, "load", {"failed": 1}, 0))
            print(f"{name}: the reference cannot be loaded: {error}", flush=True)
            continue
        for kind, texts in kinds_of_texts(arguments, reference, lines):
            started = time.monotonic()
            comparison = Comparison(arguments.finetune, name, reference, arguments.shown)
            try:
                for chunk in chunks(texts):
                    comparison.compare(chunk)
            except RuntimeError as error:
                comparison.counts["failed"] += 1
                print(f"{name}: {error}", flush=True)
            table.append((name, kind, comparison.counts, time.monotonic() - started))
            print(*table[-1][:2], dict(comparison.counts), f"{table[-1][3]:.0f} s", flush=True)
    return table


def print_table(table):
    columns = ("texts", "ids", "offsets", "decoded", "failed")
    print(f"\n{'tokenizer':32} {'kind':8}" + "".join(f"{column:>10}" for column in columns))
    total = collections.Counter()
    for name, kind, counts, _ in table:
        print(f"{name:32} {kind:8}" + "".join(f"{counts.get(column, 0):>10}" for column in columns))
        total.update({column: counts.get(column, 0) for column in columns})
        total["random"] += counts.get("texts", 0) if kind == "random" else 0
    print(f"{'all':32} {'':8}" + "".join(f"{total[column]:>10}" for column in columns) + f"   random texts {total['random']}")
    return any(total[column] for column in columns[1:])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--finetune", default=os.environ.get("FINETUNE", ROOT / "build/release/apps/finetune/finetune"))
    parser.add_argument("--data", default=os.environ.get("FINETUNE_TEST_DATA", ROOT.parent / "shared/data"))
    parser.add_argument("--only", type=lambda names: names.split(","), help="names of tokenizers")
    parser.add_argument("--texts", type=lambda names: names.split(","), default=["files", "points", "random"])
    parser.add_argument("--random", type=int, default=200000, help="random texts of each tokenizer")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--shown", type=int, default=3, help="differences shown of each kind")
    parser.add_argument("--small", action="store_true", help="a sample of everything")
    arguments = parser.parse_args()
    data = pathlib.Path(arguments.data)
    if not (data / "tokenizer-bert").is_dir():
        print(f"skipped: no tokenizers in {data}; set FINETUNE_TEST_DATA", file=sys.stderr)
        return SKIPPED
    try:
        import tokenizers  # noqa: F401
        import transformers
    except ImportError as error:
        print(f"skipped: {error}; run scripts/setup.sh --tests", file=sys.stderr)
        return SKIPPED
    transformers.logging.set_verbosity_error()
    warnings.simplefilter("ignore")
    with tempfile.TemporaryDirectory(prefix="finetune-parity-") as work, contextlib.suppress(KeyboardInterrupt):
        return int(print_table(compare_all(arguments, data, pathlib.Path(work))))
    return 1


if __name__ == "__main__":
    sys.exit(main())
