#!/usr/bin/env python3
"""Speed of our tokenizer against `encode_batch_fast` of Hugging Face tokenizers, one thread, interleaved.

    cmake --build BUILD --target tokenize_benchmark
    .deps/venv/bin/python scripts/benchmarks/tokenize_benchmark.py BUILD TOKENIZER_JSON TEXT_FILE... [--rounds N]

The text files are read as lines and repeated until they hold at least 10 MB. Each round runs both programs once; the
figures are the medians, and the ratio is that of the rounds, so that a busy moment of the machine hits both.
"""
import argparse
import os
import platform
import statistics
import subprocess
import tempfile
import time

os.environ["TOKENIZERS_PARALLELISM"] = "false"
os.environ["RAYON_NUM_THREADS"] = "1"

import tokenizers  # noqa: E402


def read_lines(paths, least_bytes=10_000_000):
    lines, size = [], 0
    while size < least_bytes:
        for path in paths:
            with open(path, encoding="utf-8", errors="replace", newline="\n") as file:
                part = file.read().split("\n")
            lines += part
            size += sum(len(line.encode()) + 1 for line in part)
    return lines, size


def cpu_name():
    with open("/proc/cpuinfo", encoding="ascii", errors="replace") as file:
        names = [line.split(":", 1)[1].strip() for line in file if line.startswith("model name")]
    return f"{names[0]}, {os.cpu_count()} logical processors" if names else platform.processor()


class Ours:
    def __init__(self, program, tokenizer, text):
        self.process = subprocess.Popen([program, tokenizer, text], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.load_seconds = float(self.process.stdout.readline())

    def run(self, what):
        self.process.stdin.write(what + "\n")
        self.process.stdin.flush()
        seconds, count = self.process.stdout.readline().split()
        return float(seconds), int(count)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build")
    parser.add_argument("tokenizer")
    parser.add_argument("texts", nargs="+")
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    lines, size = read_lines(arguments.texts)
    peer = tokenizers.Tokenizer.from_file(arguments.tokenizer)
    peer.no_padding()
    peer.no_truncation()
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", newline="\n", suffix=".txt") as file:
        file.write("".join(line + "\n" for line in lines))
        file.flush()
        program = os.path.join(arguments.build, "tests", "text", "tokenize_benchmark")
        ours = Ours(program, arguments.tokenizer, file.name)
        times = {"peer": [], "ids": [], "offsets": []}
        for _ in range(arguments.rounds):
            start = time.perf_counter()
            encodings = peer.encode_batch_fast(lines)
            times["peer"].append(time.perf_counter() - start)
            peer_count = sum(len(encoding) for encoding in encodings)
            del encodings
            for what in ("ids", "offsets"):
                seconds, count = ours.run(what)
                times[what].append(seconds)
                assert count == peer_count, f"{count} tokens, but tokenizers gives {peer_count}"
    rate = {what: size / 1e6 / statistics.median(values) for what, values in times.items()}
    print(f"{cpu_name()}; tokenizers {tokenizers.__version__}; {size / 1e6:.1f} MB, {peer_count} tokens, "
          f"{arguments.rounds} rounds, one thread")
    print(f"load             {ours.load_seconds * 1e3:8.1f} ms")
    print(f"tokenizers       {rate['peer']:8.2f} MB/s   encode_batch_fast")
    for what in ("ids", "offsets"):
        ratio = statistics.median(theirs / own for theirs, own in zip(times["peer"], times[what]))
        print(f"ours, {what:<11}{rate[what]:8.2f} MB/s   {ratio:.0f} x")


if __name__ == "__main__":
    main()
