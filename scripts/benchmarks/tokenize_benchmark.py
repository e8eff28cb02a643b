#!/usr/bin/env python3
"""Speed of our tokenizers against Hugging Face tokenizers and the sentencepiece library, interleaved in one run.

    cmake --build BUILD --target tokenize_benchmark
    .deps/venv/bin/python scripts/benchmarks/tokenize_benchmark.py BUILD [--data DATA] [--rounds N]
    .deps/venv/bin/python scripts/benchmarks/tokenize_benchmark.py BUILD --tokenizer TOKENIZER_JSON [--text FILE...]

Without --tokenizer: WordPiece (BERT), byte-level BPE (GPT-2) and Unigram (T5) out of the folder DATA of shared test data.
Whole text files are read, again and again if need be, until they hold 10 MB. All ids are compared first. Then each round runs
every program once (ours, which is done in a tenth of a second, five times, of which the median counts); figures are
medians, and a ratio is the median of the rounds' ratios, so that a busy moment of the machine hits both. The peers are
tokenizers (encode_batch_fast, one thread and two) and, for Unigram, sentencepiece (encode, one thread). Loading times are
those of the first load in a process whose file cache is warm. Memory is what is resident beyond what was so when library
and text had been loaded: after loading the tokenizer, and the peak of loading and then encoding all lines on one
thread, 1,000 after 1,000, each batch dropped; both programs do the same, in processes of their own.
"""
import argparse
import array
import filecmp
import glob
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time

import sentencepiece
import tokenizers

HERE = os.path.abspath(__file__)
BATCH = 1000  # lines; as in tokenize_benchmark.cpp
PASSES = 5
TEXTS = ["wikitext2-valid/*", "tinystories-sample/*.txt", "tinyshakespeare/*.txt", "ag-news/*.csv", "multi30k/*.en", "multi30k/*.de",
         "sst2/*.tsv", "news-commentary-en-zh-sample/*.en"]


def read_lines(paths, least_bytes):
    lines, size = [], 0
    parts = []
    for path in paths:
        with open(path, encoding="utf-8", errors="replace", newline="\n") as file:
            parts.append(file.read().replace("\r", "").split("\n"))
    while size < least_bytes:
        for part in parts:
            if size >= least_bytes:
                break
            lines += part
            size += sum(len(line.encode()) + 1 for line in part)
    return lines, size


def cpu_name():
    with open("/proc/cpuinfo", encoding="ascii", errors="replace") as file:
        names = [line.split(":", 1)[1].strip() for line in file if line.startswith("model name")]
    return f"{names[0]}, {os.cpu_count()} logical processors" if names else platform.processor()


def write_ids(rows, path):
    """All rows as 32-bit numbers, each closed by -1; as tokenize_benchmark.cpp writes them. Returns how many."""
    numbers = array.array("i")
    for row in rows:
        numbers.extend(row)
        numbers.append(-1)
    with open(path, "wb") as file:
        numbers.tofile(file)
    return len(numbers)


def kilobytes(key):
    """A figure of /proc/self/status. Not getrusage: its peak is inherited from the parent process."""
    with open("/proc/self/status", encoding="ascii", errors="replace") as file:
        return next(int(line.split()[1]) for line in file if line.startswith(key + ":"))


def reset_peak():
    with open("/proc/self/clear_refs", "w", encoding="ascii") as file:
        file.write("5")


def load_peer(kind, tokenizer_file):
    """A function from lines to rows, and how the ids of such rows are got at."""
    if kind == "sentencepiece":
        model = sentencepiece.SentencePieceProcessor(model_file=tokenizer_file)
        return (lambda lines: model.encode(lines, num_threads=1)), (lambda row: row)
    model = tokenizers.Tokenizer.from_file(tokenizer_file)
    model.no_padding()
    model.no_truncation()
    return model.encode_batch_fast, (lambda row: row.ids)


def serve_peer(kind, tokenizer_file, text_file):
    """The other half of Program: answers commands as tokenize_benchmark.cpp does."""
    with open(text_file, encoding="utf-8", newline="\n") as file:
        lines = file.read().split("\n")[:-1]
    reset_peak()
    before = kilobytes("VmRSS")
    start = time.perf_counter()
    encode, ids_of = load_peer(kind, tokenizer_file)
    print(time.perf_counter() - start, kilobytes("VmRSS") - before, flush=True)
    for line in sys.stdin:
        command, _, path = line.strip().partition(" ")
        start = time.perf_counter()
        if command == "memory":
            for begin in range(0, len(lines), BATCH):
                encode(lines[begin:begin + BATCH])
            print(time.perf_counter() - start, kilobytes("VmHWM") - before, flush=True)
            continue
        rows = encode(lines)
        print(time.perf_counter() - start, sum(map(len, rows)) if command == "ids" else write_ids(map(ids_of, rows), path), flush=True)
        del rows


class Program:
    def __init__(self, command, threads=1):
        environment = dict(os.environ, TOKENIZERS_PARALLELISM="true" if threads > 1 else "false", RAYON_NUM_THREADS=str(threads))
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment)
        self.load_seconds, self.load_kilobytes = self.answer()

    def answer(self):
        seconds, count = self.process.stdout.readline().split()
        return float(seconds), int(count)

    def __del__(self):
        self.process.stdin.close()
        self.process.wait()

    def run(self, what):
        self.process.stdin.write(what + "\n")
        self.process.stdin.flush()
        return self.answer()


def peer(kind, tokenizer, text, threads=1):
    return Program([sys.executable, HERE, "--serve", kind, tokenizer, text], threads)


def check_equal_ids(name, ours, theirs, text):
    ours.run(f"write {text}.ours")
    theirs.run(f"write {text}.theirs")
    if not filecmp.cmp(f"{text}.ours", f"{text}.theirs", shallow=False):
        sys.exit(f"{name}: the ids differ from those of tokenizers")


def time_all(ours, others, rounds):
    """Seconds of every program and command, in rounds."""
    commands = {"ids": "ids 1", "offsets": "offsets 1", "2 threads": "ids 2", "offsets, 2 threads": "offsets 2"}
    times = {key: [] for key in [*others, *commands]}
    for _ in range(rounds):
        for key, other in others.items():
            times[key].append(other.run("ids")[0])
        # A pass of ours takes a tenth of a second: several, so that the scheduler's whims even out.
        passes = [{key: ours.run(command)[0] for key, command in commands.items()} for _ in range(PASSES)]
        for key in commands:
            times[key].append(statistics.median(one[key] for one in passes))
    return times


def measure_memory(program, kind, tokenizer, text):
    """Megabytes by which a fresh process grows by loading, and at most by encoding in batches."""
    fresh = Program([program, tokenizer, text]) if program else peer(kind, tokenizer, text)
    return fresh.load_kilobytes / 1e3, fresh.run("memory")[1] / 1e3


def median_load(start):
    """Milliseconds of the first load in a process, of five."""
    return 1e3 * statistics.median(start().load_seconds for _ in range(5))


def measure(name, program, tokenizer, text, size, rounds, sentencepiece_model):
    ours = Program([program, tokenizer, text])
    others = {"tokenizers, 1 thread": peer("tokenizers", tokenizer, text), "tokenizers, 2 threads": peer("tokenizers", tokenizer, text, 2)}
    if sentencepiece_model:
        others["sentencepiece"] = peer("sentencepiece", sentencepiece_model, text)
    check_equal_ids(name, ours, others["tokenizers, 1 thread"], text)
    times = time_all(ours, others, rounds)

    def ratio(slow, fast):
        return statistics.median(a / b for a, b in zip(times[slow], times[fast]))

    print(f"\n{name}: ids equal on {size / 1e6:.1f} MB")
    for key, values in times.items():
        who = key if key in others else "ours, " + key
        print(f"  {who:<24}{size / 1e6 / statistics.median(values):8.2f} MB/s")
    print(f"  ours : tokenizers, one thread   {ratio('tokenizers, 1 thread', 'ids'):6.1f} x")
    print(f"  ours : tokenizers, two threads  {ratio('tokenizers, 2 threads', '2 threads'):6.1f} x")
    if sentencepiece_model:
        print(f"  ours : sentencepiece            {ratio('sentencepiece', 'ids'):6.1f} x")
    print(f"  two threads : one               {ratio('ids', '2 threads'):6.2f} x, with offsets {ratio('offsets', 'offsets, 2 threads'):.2f} x")
    print(f"  offsets cost                    {100 * (ratio('offsets', 'ids') - 1):6.0f} %")
    load = [median_load(lambda: Program([program, tokenizer, text])), median_load(lambda: peer("tokenizers", tokenizer, text))]
    print(f"  load, ours / tokenizers         {load[0]:6.1f} / {load[1]:.1f} ms")
    loaded, peak = zip(measure_memory(program, "", tokenizer, text), measure_memory(None, "tokenizers", tokenizer, text))
    print(f"  memory once loaded, likewise    {loaded[0]:6.1f} / {loaded[1]:.1f} MB")
    print(f"  peak memory, likewise           {peak[0]:6.1f} / {peak[1]:.1f} MB")


def shared_cases(data, folder):
    from transformers import GPT2TokenizerFast, T5TokenizerFast
    from transformers.utils import logging
    logging.set_verbosity_error()
    yield "WordPiece (BERT)", os.path.join(data, "tokenizer-bert/bert-base-uncased.tokenizer.json"), None
    files = {kind: os.path.join(data, "tokenizer-gpt2", "gpt2." + kind) for kind in ("vocab.json", "merges.txt")}
    gpt2 = GPT2TokenizerFast(vocab_file=files["vocab.json"], merges_file=files["merges.txt"])
    model = os.path.join(data, "tokenizer-sentencepiece/t5_base.model")
    for name, tokenizer, spm in (("byte-level BPE (GPT-2)", gpt2, None), ("Unigram (T5)", T5TokenizerFast(vocab_file=model), model)):
        file = os.path.join(folder, name.split(" ")[0] + ".json")
        tokenizer.backend_tokenizer.save(file)
        yield name, file, spm


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build", nargs="?")
    parser.add_argument("--data", default=os.path.join(os.path.dirname(HERE), "..", "..", "..", "shared", "data"))
    parser.add_argument("--tokenizer")
    parser.add_argument("--text", nargs="+")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--megabytes", type=float, default=10, help="fewer give a first impression only")
    parser.add_argument("--only", help="part of a case's name")
    parser.add_argument("--serve", nargs=3, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.serve:
        return serve_peer(*arguments.serve)
    texts = arguments.text or sorted(path for pattern in TEXTS for path in glob.glob(os.path.join(arguments.data, pattern))
                                     if not path.endswith("SOURCE.md"))
    lines, size = read_lines(texts, arguments.megabytes * 1e6)
    program = os.path.join(arguments.build, "tests", "text", "tokenize_benchmark")
    print(f"{cpu_name()}; tokenizers {tokenizers.__version__}; {size / 1e6:.1f} MB in {len(lines)} lines, {arguments.rounds} rounds")
    with tempfile.TemporaryDirectory() as folder:
        text = os.path.join(folder, "text.txt")
        with open(text, "w", encoding="utf-8", newline="\n") as file:
            file.write("".join(line + "\n" for line in lines))
        cases = [("given", arguments.tokenizer, None)] if arguments.tokenizer else shared_cases(arguments.data, folder)
        for name, tokenizer, model in cases:
            if not arguments.only or arguments.only.lower() in name.lower():
                measure(name, program, tokenizer, text, size, arguments.rounds, model)


if __name__ == "__main__":
    main()
