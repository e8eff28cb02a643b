#!/usr/bin/env python3
"""Speed of fine-tuning against the Hugging Face Trainer on the same work, taken in turn on the same machine.

    .deps/venv/bin/python scripts/benchmarks/against_trainer.py --data SST2_FOLDER

SST2_FOLDER holds train.tsv without a header: sentence, label. Both fine-tune MiniLM-L6 (.deps/minilm) with batch 32,
dropout 0.1, at most 128 tokens, fp32, AdamW, clipping 1.0, learning rate 5e-5. The Trainer runs as it does by default: eager
PyTorch, padding to the longest of a batch. Real tokens (without padding) over the time of steps, the first ones left out.
Each pair is one run of each; ratios are taken pair by pair. Do not run anything else meanwhile.
"""
import argparse
import json
import os
import pathlib
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
BATCH, MAX_LENGTH, RATE = 32, 128, 5e-5


def run_trainer(arguments):
    """The peer, in a process of its own: prints one JSON line."""
    start = float(os.environ["PEER_START"])
    import resource
    import warnings
    warnings.filterwarnings("ignore")
    import torch
    from transformers import (AutoModelForSequenceClassification, AutoTokenizer, DataCollatorWithPadding, Trainer,
                              TrainerCallback, TrainingArguments, set_seed)
    torch.set_num_threads(len(os.sched_getaffinity(0)))
    set_seed(42)
    tokenizer = AutoTokenizer.from_pretrained(arguments.model)
    model = AutoModelForSequenceClassification.from_pretrained(
        arguments.model, num_labels=2, hidden_dropout_prob=0.1, attention_probs_dropout_prob=0.1)
    rows = [line.rstrip("\n").split("\t") for line in open(pathlib.Path(arguments.data) / "train.tsv", encoding="utf-8")]
    ids = tokenizer([row[0] for row in rows], truncation=True, max_length=MAX_LENGTH)["input_ids"]
    data = [{"input_ids": x, "attention_mask": [1] * len(x), "labels": int(row[1])} for x, row in zip(ids, rows)]
    stamps, tokens = [], []
    pad = DataCollatorWithPadding(tokenizer)

    def collate(examples):
        batch = pad(examples)
        tokens.append(int(batch["attention_mask"].sum()))
        return batch

    class Clock(TrainerCallback):
        def on_step_end(self, *_, **__):
            stamps.append(time.time())

    with tempfile.TemporaryDirectory() as folder:
        Trainer(model=model, train_dataset=data, data_collator=collate, callbacks=[Clock()],
                args=TrainingArguments(folder, per_device_train_batch_size=BATCH, learning_rate=RATE, max_steps=arguments.steps,
                                       save_strategy="no", logging_strategy="no", report_to=[], use_cpu=True,
                                       disable_tqdm=True)).train()
    # Batch i + 1 may be collated before step i ends; tokens are matched to steps by order.
    skip = arguments.skip
    print(json.dumps({"tokens_per_second": sum(tokens[skip:len(stamps)]) / (stamps[-1] - stamps[skip - 1]),
                      "first_step_seconds": stamps[0] - start,
                      "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}))


def peer(arguments):
    environment = dict(os.environ, PEER_START=str(time.time()), HF_HUB_OFFLINE="1", TOKENIZERS_PARALLELISM="true")
    command = [sys.executable, __file__, "--peer", "--data", arguments.data, "--model", arguments.model,
               "--steps", str(arguments.steps), "--skip", str(arguments.skip)]
    result = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    return json.loads(result.stdout.strip().splitlines()[-1])


def config_for(arguments, folder, cache):
    return {"output_dir": str(folder / "run"), "task": {"type": "classification"}, "model": {"path": arguments.model, "dropout": 0.1, "classifier_dropout": 0.1},
            "data": {"train": str(pathlib.Path(arguments.data).resolve() / "train.tsv"), "header": False, "text_column": 0,
                     "label_column": 1, "max_length": MAX_LENGTH, "cache": str(cache)},
            "training": {"batch_size": BATCH, "max_steps": arguments.steps, "precision": "fp32"},
            "optimizer": {"learning_rate": RATE},
            "logging": {"every": "1 steps", "tensorboard": False}}


def ours(arguments, cache):
    """One run; step times are those of the lines of metrics.jsonl, seen as they are written."""
    folder = pathlib.Path(tempfile.mkdtemp())
    try:
        (folder / "config.json").write_text(json.dumps(config_for(arguments, folder, cache)))
        metrics = folder / "run" / "metrics.jsonl"
        start = time.time()
        process = subprocess.Popen([arguments.finetune, "train", str(folder / "config.json"), "--progress", "off", "--quiet"],
                                   stdout=subprocess.DEVNULL)
        first = None
        while first is None and process.poll() is None:
            if metrics.exists() and b'"train"' in metrics.read_bytes():
                first = time.time()
            time.sleep(0.002)
        _, status, usage = os.wait4(process.pid, 0)
        if status != 0:
            sys.exit(f"finetune failed with status {status}")
        steps = [json.loads(line) for line in metrics.read_text().splitlines()]
        steps = [line for line in steps if line["event"] == "train"][arguments.skip:]
        # Each line covers one step: its tokens are rate x time and its time examples / example rate.
        seconds = [BATCH / line["examples_per_second"] for line in steps]
        tokens = [line["tokens_per_second"] * time_ for line, time_ in zip(steps, seconds)]
        return {"tokens_per_second": sum(tokens) / sum(seconds), "first_step_seconds": first - start,
                "peak_mib": usage.ru_maxrss / 1024}
    finally:
        shutil.rmtree(folder)


def describe_machine():
    import torch
    import transformers
    name = next((line.split(":")[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")), "?")
    print(f"machine: {name}, {len(os.sched_getaffinity(0))} processors, {platform.platform()}")
    print(f"peer: transformers {transformers.__version__}, torch {torch.__version__}, Python {platform.python_version()}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", required=True)
    parser.add_argument("--model", default=str(ROOT / ".deps/minilm"))
    parser.add_argument("--finetune", default=str(ROOT / "build/release/apps/finetune/finetune"))
    parser.add_argument("--pairs", type=int, default=3)
    parser.add_argument("--steps", type=int, default=40)
    parser.add_argument("--skip", type=int, default=10)
    parser.add_argument("--peer", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.peer:
        return run_trainer(arguments)
    describe_machine()
    print(subprocess.run([arguments.finetune, "--version"], capture_output=True, text=True, check=True).stdout.strip())
    ratios = {"tokens_per_second": [], "first_step_seconds": [], "peak_mib": []}
    with tempfile.TemporaryDirectory() as cache:
        for pair in range(arguments.pairs):
            a, b = ours(arguments, cache), peer(arguments)
            print(f"pair {pair + 1}{' (data encoded in this run)' if pair == 0 else ' (encoded data from the cache)'}")
            for key in ratios:
                ratios[key].append(a[key] / b[key])
                print(f"  {key:20} finetune {a[key]:9.2f}   Trainer {b[key]:9.2f}   ratio {a[key] / b[key]:6.3f}", flush=True)
    for key, values in ratios.items():
        print(f"{key:20} median ratio {statistics.median(values):.3f}, range {min(values):.3f} to {max(values):.3f}")


if __name__ == "__main__":
    main()
