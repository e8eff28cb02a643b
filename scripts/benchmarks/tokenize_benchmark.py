#!/usr/bin/env python3
"""Speed of our tokenizers against Hugging Face tokenizers and the sentencepiece library, interleaved in one run.

    cmake --build BUILD --target tokenize_benchmark
    .deps/venv/bin/python scripts/benchmarks/tokenize_benchmark.py BUILD [--data DATA] [--rounds N]
    .deps/venv/bin/python scripts/benchmarks/tokenize_benchmark.py BUILD --tokenizer TOKENIZER_JSON [--text FILE...]

Without --tokenizer: WordPiece (BERT), byte-level BPE (GPT-2) and Unigram (T5) out of the folder DATA of shared test data.
Whole text files are read, again and again if need be, until they hold 10 MB. All ids are compared first. Then each round runs
every program once; figures are medians, and a ratio is the median of the rounds' ratios, so that a busy moment of the
machine hits both. Each peer runs in a process of its own, for its peak memory: tokenizers (encode_batch_fast, one
thread and two) and, for Unigram, sentencepiece (encode, one thread). Loading times are those of the first load in a
process whose file cache is warm.
"""
import argparse
import array
import filecmp
import glob
import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time

HERE = os.path.abspath(__file__)
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
    """All rows as 32-bit numbers, each closed by -1; as tokenize_benchmark.cpp writes them."""
    numbers = array.array("i")
    for row in rows:
        numbers.extend(row)
        numbers.append(-1)
    with open(path, "wb") as file:
        numbers.tofile(file)


def peak_kilobytes():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def serve_peer(kind, tokenizer_file, text_file):
    """The other half of Peer: answers commands as tokenize_benchmark.cpp does."""
    with open(text_file, encoding="utf-8", newline="\n") as file:
        lines = file.read().split("\n")[:-1]
    before = peak_kilobytes()
    if kind == "sentencepiece":
        import sentencepiece
        start = time.perf_counter()
        model = sentencepiece.SentencePieceProcessor(model_file=tokenizer_file)

        def encode():
            return model.encode(lines, num_threads=1)
    else:
        import tokenizers
        start = time.perf_counter()
        model = tokenizers.Tokenizer.from_file(tokenizer_file)
        model.no_padding()
        model.no_truncation()

        def encode():
            return model.encode_batch_fast(lines)
    print(time.perf_counter() - start, peak_kilobytes() - before, flush=True)
    for line in sys.stdin:
        command, _, path = line.strip().partition(" ")
        start = time.perf_counter()
        if command == "memory":
            answer = peak_kilobytes() - before
            seconds = 0.0
        else:
            rows = encode()
            seconds = time.perf_counter() - start
            answer = sum(map(len, rows))
            if command == "write":
                write_ids(rows if kind == "sentencepiece" else (row.ids for row in rows), path)
            del rows
        print(seconds, answer, flush=True)


class Program:
    def __init__(self, command, threads=1):
        environment = dict(os.environ, TOKENIZERS_PARALLELISM="true" if threads > 1 else "false", RAYON_NUM_THREADS=str(threads))
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment)
        self.load_seconds, self.load_kilobytes = self.answer()

    def answer(self):
        seconds, count = self.process.stdout.readline().split()
        return float(seconds), int(count)

    def run(self, what):
        self.process.stdin.write(what + "\n")
        self.process.stdin.flush()
        return self.answer()


def peer(kind, tokenizer, text, threads=1):
    return Program([sys.executable, HERE, "--serve", kind, tokenizer, text], threads)


def measure(name, program, tokenizer, text, size, rounds, sentencepiece_model):
    ours = Program([program, tokenizer, text])
    others = {"tokenizers, 1 thread": peer("tokenizers", tokenizer, text), "tokenizers, 2 threads": peer("tokenizers", tokenizer, text, 2)}
    if sentencepiece_model:
        others["sentencepiece"] = peer("sentencepiece", sentencepiece_model, text)
    ours.run(f"write {text}.ours")
    others["tokenizers, 1 thread"].run(f"write {text}.theirs")
    if not filecmp.cmp(f"{text}.ours", f"{text}.theirs", shallow=False):
        sys.exit(f"{name}: the ids differ from those of tokenizers")
    times = {key: [] for key in [*others, "ids", "offsets", "2 threads"]}
    for _ in range(rounds):
        for key, other in others.items():
            times[key].append(other.run("ids")[0])
        for key, command in (("ids", "ids"), ("offsets", "offsets"), ("2 threads", "threads 2")):
            times[key].append(ours.run(command)[0])

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
    print(f"  two threads : one               {ratio('ids', '2 threads'):6.2f} x")
    print(f"  offsets cost                    {100 * (ratio('offsets', 'ids') - 1):6.0f} %")
    print(f"  load ours / tokenizers          {ours.load_seconds * 1e3:6.1f} / {others['tokenizers, 1 thread'].load_seconds * 1e3:.1f} ms")
    theirs = others["tokenizers, 1 thread"].run("memory")[1]
    print(f"  peak memory ours / tokenizers   {ours.run('memory')[1] / 1e3:6.1f} / {theirs / 1e3:.1f} MB (theirs without Python and the lines)")


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
    import tokenizers
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
