#!/usr/bin/env python3
"""Every tokenizer of the test data against tokenizers and transformers: ids, offsets and decoded text of `finetune tokenize`.

    .deps/venv/bin/python scripts/parity/tokenizers_against_hugging_face.py [--finetune build/release/apps/finetune/finetune]
        [--data FOLDER] [--only bert-uncased-json,t5] [--texts files,points,random] [--random 2000000] [--jobs 2] [--small]

Texts: every line of every text file of FOLDER (--data, else FINETUNE_TEST_DATA, else ../shared/data); every code point, alone
and among others; random ones: random Unicode, mutations of real lines, special tokens inside text, very long words, white
space, bytes that are not UTF-8 (read as U+FFFD, as Python's errors="replace" does), and pairs. Where two tokenizers of the
data are made of the same files, the second gets every twentieth line and code point. Prints a table of texts and
differences, and each first difference in full; ends with 1 if there is any. --small is a sample of all this, for CTest.
"""
import argparse
import collections
import contextlib
import functools
import json
import multiprocessing
import os
import pathlib
import subprocess
import sys
import tempfile
import time
import warnings
import zlib

from parity_texts import RandomTexts, file_texts, point_texts
from tokenizer_references import all_tokenizers

ROOT = pathlib.Path(__file__).resolve().parents[2]
SKIPPED = 77
CHUNK = 20000
CHUNK_CHARS = 4_000_000
COLUMNS = ("texts", "ids", "offsets", "decoded", "failed")


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
        if isinstance(self.reference.path, pathlib.Path) and self.reference.path.suffix in (".model", ".spm"):
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
        self.compare_decoding({line.split("\t")[0]: text for text, line in zip(texts, expected)})

    def compare_decoding(self, text_of):
        for skip in (False, True):
            flags = ["--no-special"] if skip else []
            found = self.run_ours([line.encode() for line in text_of], "--decode", "--json", *flags)
            for (line, text), ours in zip(text_of.items(), found):
                theirs = self.reference.decode([int(i) for i in line.split()], skip)
                ours = json.loads(ours)
                if theirs != ours:
                    self.difference("decoded", text, theirs, ours)


def chunks(items):
    chunk, chars = [], 0
    for item in items:
        chunk.append(item)
        chars += len(item) if isinstance(item, (str, bytes)) else sum(map(len, item))
        if len(chunk) == CHUNK or chars >= CHUNK_CHARS:
            yield chunk
            chunk, chars = [], 0
    if chunk:
        yield chunk


class Run:
    """What the processes of a run share."""

    def __init__(self, arguments, data, work):
        self.arguments = arguments
        self.makers, self.alike = all_tokenizers(data, work)
        self.lines = file_texts(data)
        self.names = [name for name in self.makers if not arguments.only or name in arguments.only]

    def tasks(self):
        """The long ones first."""
        names = sorted(self.names, key=lambda name: (name in self.alike, name.startswith("model:"), name != "marian"))
        return [(name, kind) for name in names for kind in self.arguments.texts]

    @functools.lru_cache(maxsize=1)  # the tasks of a tokenizer follow one another
    def reference(self, name):
        return self.makers[name]()

    def texts(self, name, kind, reference):
        small = self.arguments.small
        if kind == "files":
            return self.lines[::997 if small else 20 if name in self.alike else 1]
        if kind == "points":
            return point_texts(1009 if small else 20 if name in self.alike else 1)
        seed = self.arguments.seed + zlib.crc32(name.encode())
        draw = RandomTexts(seed, self.lines, reference.specials, reference.has_pairs)
        return (draw.one() for _ in range(300 if small else -(-self.arguments.random // len(self.names))))


run = None


def make_quiet():
    import transformers
    transformers.logging.set_verbosity_error()
    warnings.simplefilter("ignore")


def compare_one(task):
    """(tokenizer, kind of texts, counts, seconds)"""
    name, kind = task
    make_quiet()
    started = time.monotonic()
    comparison = Comparison(run.arguments.finetune, name, None, run.arguments.shown)
    try:
        comparison.reference = run.reference(name)
    except Exception as error:  # what transformers cannot load is no reference
        print(f"{name}: the reference cannot be loaded: {error}", flush=True)
        return name, kind, {"failed": 1}, 0
    try:
        for chunk in chunks(run.texts(name, kind, comparison.reference)):
            comparison.compare(chunk)
    except RuntimeError as error:
        comparison.counts["failed"] += 1
        print(f"{name}: {error}", flush=True)
    seconds = time.monotonic() - started
    print(name, kind, dict(comparison.counts), f"{seconds:.0f} s", flush=True)
    return name, kind, comparison.counts, seconds


def compare_all(arguments, data, work):
    global run
    run = Run(arguments, data, work)
    tasks = run.tasks()
    if arguments.jobs == 1:
        return [compare_one(task) for task in tasks]
    os.environ["RAYON_NUM_THREADS"] = "1"
    with multiprocessing.get_context("fork").Pool(arguments.jobs) as pool:
        return list(pool.imap_unordered(compare_one, tasks, chunksize=len(arguments.texts)))


def print_table(table):
    print(f"\n{'tokenizer':32} {'kind':8}" + "".join(f"{column:>10}" for column in COLUMNS))
    total = collections.Counter()
    for name, kind, counts, _ in sorted(table, key=lambda row: row[:2]):
        print(f"{name:32} {kind:8}" + "".join(f"{counts.get(column, 0):>10}" for column in COLUMNS))
        total.update({column: counts.get(column, 0) for column in COLUMNS})
        total["random"] += counts.get("texts", 0) if kind == "random" else 0
    print(f"{'all':32} {'':8}" + "".join(f"{total[column]:>10}" for column in COLUMNS) + f"   random texts {total['random']}")
    return any(total[column] for column in COLUMNS[1:])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--finetune", default=os.environ.get("FINETUNE", ROOT / "build/release/apps/finetune/finetune"))
    parser.add_argument("--data", default=os.environ.get("FINETUNE_TEST_DATA", ROOT.parent / "shared/data"))
    parser.add_argument("--only", type=lambda names: names.split(","), help="names of tokenizers")
    parser.add_argument("--texts", type=lambda names: names.split(","), default=["files", "points", "random"])
    parser.add_argument("--random", type=int, default=2000000, help="random texts of all tokenizers together")
    parser.add_argument("--jobs", type=int, default=1, help="processes")
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
        import transformers  # noqa: F401
    except ImportError as error:
        print(f"skipped: {error}; run scripts/setup.sh --tests", file=sys.stderr)
        return SKIPPED
    with tempfile.TemporaryDirectory(prefix="finetune-parity-") as work, contextlib.suppress(KeyboardInterrupt):
        return int(print_table(compare_all(arguments, data, pathlib.Path(work))))
    return 1


if __name__ == "__main__":
    sys.exit(main())
