#!/usr/bin/env python3
"""Speed of translating against `generate` of transformers with the same model, in turn on the same machine.

    .deps/venv/bin/python scripts/benchmarks/generation_against_transformers.py --data MULTI30K_FOLDER

MULTI30K_FOLDER holds train.en, train.de and test_2016_flickr.en. A Marian model of 6+6 layers and width 512 with random weights, fp32,
writes exactly 40 tokens for each of the first 200 test sentences, longest first, 16 at a time: by greedy search and with 4 beams.
Words are token ids on both sides, so that what is written is compared token by token before any speed is printed. A search over
random weights meets near ties, which rounding decides; the script ends where more than one sentence in fifty differs.

Output tokens (of the sentence kept, not of every beam) over time. Ours is the time of `finetune predict` on all sentences less that on
the first batch, which takes out starting and loading; transformers' is the time of `generate` after a first batch. Where
ctranslate2 is installed it translates the same sentences, and its rate is shown beside.
"""
import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

import marian_model
from against_trainer import describe_machine

ROOT = pathlib.Path(__file__).resolve().parents[2]
BATCH = 16


def batches(sentences):
    return [sentences[i:i + BATCH] for i in range(0, len(sentences), BATCH)]


def run_transformers(arguments):
    """The peer, in a process of its own: prints one JSON line."""
    import torch
    import transformers
    transformers.logging.set_verbosity_error()
    torch.set_num_threads(len(os.sched_getaffinity(0)))
    model = transformers.MarianMTModel.from_pretrained(arguments.model).eval()
    sentences = [marian_model.ids_of(line) + [marian_model.END] for line in marian_model.read_lines(arguments.peer)]

    def translate(rows):
        pad = marian_model.PAD
        ids = torch.nn.utils.rnn.pad_sequence([torch.tensor(row) for row in rows], batch_first=True, padding_value=pad)
        with torch.no_grad():
            out = model.generate(input_ids=ids, attention_mask=(ids != pad).long(), num_beams=arguments.beams, do_sample=False,
                                 min_new_tokens=arguments.tokens, max_new_tokens=arguments.tokens, bad_words_ids=[[pad]])
        return out[:, 1:].tolist()

    translate(sentences[:BATCH])
    start = time.perf_counter()
    written = [row for rows in batches(sentences) for row in translate(rows)]
    seconds = time.perf_counter() - start
    print(json.dumps({"written": written, "tokens_per_second": sum(map(len, written)) / seconds}))


def peer(arguments, model, source, beams):
    command = [sys.executable, __file__, "--peer", str(source), "--model", str(model), "--beams", str(beams), "--tokens",
               str(arguments.tokens), "--data", arguments.data]
    result = subprocess.run(command, env=dict(os.environ, HF_HUB_OFFLINE="1"), stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(result.stdout.strip().splitlines()[-1])


def make_run(arguments, model, folder, source):
    """A run folder for the model, whose settings of generation `predict` follows: one step at a learning rate that changes nothing."""
    lines = marian_model.read_lines(source)[:BATCH]
    for name in ("train.source", "train.target"):
        (folder / name).write_text("\n".join(lines) + "\n")
    config = {"output_dir": str(folder / "run"), "model": {"path": str(model)}, "task": {"type": "translation"},
              "data": {"train": {"source": str(folder / "train.source"), "target": str(folder / "train.target")}, "cache": False},
              "training": {"max_steps": 1, "precision": "fp32"}, "optimizer": {"learning_rate": 1e-30},
              "generation": {"min_new_tokens": arguments.tokens, "max_new_tokens": arguments.tokens},
              "evaluation": {"batch_size": BATCH}}
    (folder / "config.json").write_text(json.dumps(config))
    subprocess.run([arguments.finetune, "train", str(folder / "config.json"), "--progress", "off", "--quiet"], check=True,
                   stdout=subprocess.DEVNULL)
    return folder / "run"


def predict(arguments, run, lines, folder):
    """Token ids of each line's translation, and the seconds of the whole process."""
    data = folder / "lines.jsonl"
    data.write_text("".join(json.dumps({"source": line}) + "\n" for line in lines))
    start = time.perf_counter()
    result = subprocess.run([arguments.finetune, "predict", str(run), "--data", str(data), "--format", "text", "--quiet"],
                            stdout=subprocess.PIPE, text=True, check=True)
    seconds = time.perf_counter() - start
    return [marian_model.ids_of(line) for line in result.stdout.splitlines()], seconds


def ours(arguments, run, source, beams, folder):
    config = json.loads((run / "config.json").read_text())
    config["generation"]["num_beams"] = beams
    (run / "config.json").write_text(json.dumps(config))
    lines = marian_model.read_lines(source)
    _, first = predict(arguments, run, lines[:BATCH], folder)
    written, whole = predict(arguments, run, lines, folder)
    return {"written": written, "tokens_per_second": sum(map(len, written[BATCH:])) / (whole - first)}


def check_equal(a, b, tokens):
    for name, written in (("finetune", a), ("transformers", b)):
        if any(len(row) != tokens for row in written):
            sys.exit(f"{name} wrote another number of tokens than {tokens}")
    different = sum(x != y for x, y in zip(a, b, strict=True))
    print(f"  {len(a) - different} of {len(a)} sentences equal token by token", flush=True)
    if different * 50 > len(a):
        sys.exit("the translations are not the same: nothing to compare")


def ctranslate2_rate(arguments, model, source, vocabulary, beams):
    """Output tokens a second of CTranslate2 in fp32; None where it is not installed."""
    try:
        import ctranslate2
    except ImportError:
        return None
    converted = model.parent / "ctranslate2"
    if not converted.exists():
        marian = model.parent / "marian"
        marian_model.save_model(marian_model.random_model("small", 0.1), marian)
        marian_model.save_marian_tokenizer(marian, vocabulary, model.parent / "joint.model")
        ctranslate2.converters.TransformersConverter(str(marian)).convert(str(converted))
    translator = ctranslate2.Translator(str(converted), device="cpu", compute_type="float32",
                                        intra_threads=len(os.sched_getaffinity(0)), inter_threads=1)
    sentences = [[vocabulary.id_to_piece(i) for i in marian_model.ids_of(line)] + ["</s>"] for line in marian_model.read_lines(source)]

    def translate(rows):
        results = translator.translate_batch(rows, beam_size=beams, max_batch_size=BATCH, batch_type="examples",
                                             min_decoding_length=arguments.tokens, max_decoding_length=arguments.tokens)
        return sum(len(result.hypotheses[0]) for result in results)

    translate(sentences[:BATCH])
    start = time.perf_counter()
    return translate(sentences) / (time.perf_counter() - start)


def compare(arguments, beams, model, run, source, vocabulary):
    print(f"\n{'greedy search' if beams == 1 else f'{beams} beams'}")
    ratios = []
    for pair in range(arguments.pairs):
        a, b = ours(arguments, run, source, beams, model.parent), peer(arguments, model, source, beams)
        if pair == 0:
            check_equal(a["written"], b["written"], arguments.tokens)
        ratios.append(a["tokens_per_second"] / b["tokens_per_second"])
        print(f"  pair {pair + 1}  output tokens/s  finetune {a['tokens_per_second']:8.1f}   transformers {b['tokens_per_second']:8.1f}   "
              f"ratio {ratios[-1]:.3f}", flush=True)
    print(f"  median ratio {statistics.median(ratios):.3f}, range {min(ratios):.3f} to {max(ratios):.3f}")
    rate = ctranslate2_rate(arguments, model, source, vocabulary, beams)
    print(f"  CTranslate2: {'not installed' if rate is None else f'{rate:.1f} output tokens/s'}", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", required=True)
    parser.add_argument("--finetune", default=str(ROOT / "build/release/apps/finetune/finetune"))
    parser.add_argument("--pairs", type=int, default=3)
    parser.add_argument("--sentences", type=int, default=200)
    parser.add_argument("--tokens", type=int, default=40)
    parser.add_argument("--beams", type=int, nargs="+", default=[1, 4])
    parser.add_argument("--peer", help=argparse.SUPPRESS)
    parser.add_argument("--model", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.peer:
        arguments.beams = arguments.beams[0]
        return run_transformers(arguments)
    if arguments.sentences <= BATCH:
        parser.error(f"--sentences must be more than a batch of {BATCH}")
    describe_machine()
    print(subprocess.run([arguments.finetune, "--version"], capture_output=True, text=True, check=True).stdout.strip())
    with tempfile.TemporaryDirectory() as name:
        folder, data = pathlib.Path(name), pathlib.Path(arguments.data)
        vocabulary = marian_model.train_vocabulary(data, folder)
        sentences = vocabulary.encode(marian_model.read_lines(data / "test_2016_flickr.en")[:arguments.sentences])
        source = folder / "source.txt"
        source.write_text("".join(marian_model.words_of(s) + "\n" for s in sorted(sentences, key=len, reverse=True)))
        model = folder / "model"
        marian_model.save_model(marian_model.random_model("small", 0.1), model)
        marian_model.save_tokenizer_of_ids(model)
        run = make_run(arguments, model, folder, source)
        for beams in arguments.beams:
            compare(arguments, beams, model, run, source, vocabulary)


if __name__ == "__main__":
    main()
