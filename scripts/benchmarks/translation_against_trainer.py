#!/usr/bin/env python3
"""Speed of training a translation model against transformers' Seq2SeqTrainer on the same work, in turn on the same machine.

    .deps/venv/bin/python scripts/benchmarks/translation_against_trainer.py --data MULTI30K_FOLDER [--sizes tiny small]

MULTI30K_FOLDER holds train.en and train.de. Both train a Marian model from the same random weights, in fp32, with 64 pairs a batch,
dropout 0.1, label smoothing 0.1, AdamW, clipping 1.0: tiny has 4+4 layers of width 128, small 6+6 of width 512. The Trainer runs as it
does by default: PyTorch as it comes, batches padded to their longest sentence. Neither groups sentences by length.

First the losses are compared, without dropout and on the same batches; a difference above 1e-4 ends the script. Then speed: real
source and target tokens (without padding) over the time of steps, the first ones left out. Each pair is one run of each; ratios
are taken pair by pair. Do not run anything else meanwhile.
"""
import argparse
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile

import marian_model
from against_trainer import describe_machine

ROOT = pathlib.Path(__file__).resolve().parents[2]
BATCH, DROPOUT, SMOOTHING, RATE, WARMUP, BETA2, SEED, LONGEST = 64, 0.1, 0.1, 1e-3, 400, 0.98, 42, 128
DATA_ORDER = 2  # base::StreamPurpose::kDataOrder


def encode(model_folder, data):
    import sentencepiece
    processor = sentencepiece.SentencePieceProcessor(model_file=str(pathlib.Path(model_folder) / "source.spm"))
    source, target = (processor.encode(marian_model.read_lines(pathlib.Path(data) / f"train.{side}")) for side in ("en", "de"))
    return [{"input_ids": s + [marian_model.END], "labels": t + [marian_model.END]} for s, t in zip(source, target, strict=True)]


def pad_batch(rows):
    import torch
    from transformers.models.marian.modeling_marian import shift_tokens_right
    pad = marian_model.PAD
    ids, labels = (torch.nn.utils.rnn.pad_sequence([torch.tensor(row[key]) for row in rows], batch_first=True, padding_value=pad)
                   for key in ("input_ids", "labels"))
    return {"input_ids": ids, "attention_mask": (ids != pad).long(), "decoder_input_ids": shift_tokens_right(labels, pad, pad),
            "labels": labels.masked_fill(labels == pad, -100)}


def run_trainer(arguments):
    """The peer, in a process of its own: prints its tokens a second."""
    import time
    import warnings
    warnings.filterwarnings("ignore")
    import torch
    from transformers import MarianMTModel, Seq2SeqTrainer, Seq2SeqTrainingArguments, TrainerCallback, set_seed
    torch.set_num_threads(len(os.sched_getaffinity(0)))
    set_seed(SEED)
    model = MarianMTModel.from_pretrained(arguments.model)
    stamps, tokens = [], []

    def collate(rows):
        tokens.append(sum(len(row["input_ids"]) + len(row["labels"]) for row in rows))
        return pad_batch(rows)

    class Clock(TrainerCallback):
        def on_step_end(self, *_, **__):
            stamps.append(time.perf_counter())

    with tempfile.TemporaryDirectory() as folder:
        Seq2SeqTrainer(model=model, train_dataset=encode(arguments.model, arguments.data), data_collator=collate, callbacks=[Clock()],
                       args=Seq2SeqTrainingArguments(
                           folder, per_device_train_batch_size=BATCH, learning_rate=RATE, warmup_steps=WARMUP, adam_beta2=BETA2,
                           label_smoothing_factor=SMOOTHING, max_steps=arguments.steps, save_strategy="no", logging_strategy="no",
                           report_to=[], use_cpu=True, seed=SEED, disable_tqdm=True)).train()
    # Batch i + 1 may be collated before step i ends; tokens are matched to steps by order.
    skip = arguments.skip
    print(sum(tokens[skip:len(stamps)]) / (stamps[-1] - stamps[skip - 1]))


def peer(arguments, model):
    command = [sys.executable, __file__, "--peer", "--data", arguments.data, "--model", str(model),
               "--steps", str(arguments.steps), "--skip", str(arguments.skip)]
    environment = dict(os.environ, HF_HUB_OFFLINE="1", TOKENIZERS_PARALLELISM="true")
    result = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    return float(result.stdout.strip().splitlines()[-1])


def ours(arguments, model, cache, steps, **changes):
    """One run: its lines of metrics.jsonl, one a step."""
    data = pathlib.Path(arguments.data).resolve()
    folder = pathlib.Path(tempfile.mkdtemp())
    config = {"output_dir": str(folder / "run"), "seed": SEED, "model": {"path": str(model), **changes},
              "task": {"type": "translation", "label_smoothing": SMOOTHING},
              "data": {"train": {"source": str(data / "train.en"), "target": str(data / "train.de")}, "max_length": LONGEST,
                       "max_target_length": LONGEST, "group_by_length": False, "cache": str(cache)},
              "training": {"batch_size": BATCH, "max_steps": steps, "precision": "fp32"},
              "optimizer": {"learning_rate": RATE, "beta2": BETA2}, "schedule": {"type": "linear", "warmup": WARMUP},
              "logging": {"every": "1 steps", "tensorboard": False}}
    try:
        (folder / "config.json").write_text(json.dumps(config))
        subprocess.run([arguments.finetune, "train", str(folder / "config.json"), "--progress", "off", "--quiet"], check=True,
                       stdout=subprocess.DEVNULL)
        lines = [json.loads(line) for line in (folder / "run" / "metrics.jsonl").read_text().splitlines()]
        return [line for line in lines if line["event"] == "train"]
    finally:
        shutil.rmtree(folder)


def speed_of_ours(arguments, model, cache):
    lines = ours(arguments, model, cache, arguments.steps)[arguments.skip:]
    seconds = [BATCH / line["examples_per_second"] for line in lines]  # each line covers one step
    tokens = [line["tokens_per_second"] * step for line, step in zip(lines, seconds)]
    return sum(tokens) / sum(seconds)


def their_losses(arguments, model, steps):
    """The first steps in PyTorch, on the batches of our sampler, whose streams are defined in tests/base/fixtures."""
    import torch
    from transformers import MarianMTModel, get_linear_schedule_with_warmup
    from transformers.trainer_pt_utils import LabelSmoother
    sys.path.insert(0, str(ROOT / "tests/base/fixtures"))
    from make_random_vectors import Stream
    rows = encode(model, arguments.data)
    peer_model = MarianMTModel.from_pretrained(model, dropout=0.0).train()
    optimizer = torch.optim.AdamW(peer_model.parameters(), lr=RATE, betas=(0.9, BETA2), weight_decay=0.0)
    schedule = get_linear_schedule_with_warmup(optimizer, WARMUP, 10 * WARMUP)  # the fall is not reached
    smooth = LabelSmoother(epsilon=SMOOTHING)
    order = Stream(SEED, DATA_ORDER, 0, 0).permutation(len(rows))
    losses = []
    for step in range(steps):
        batch = pad_batch([rows[i] for i in order[step * BATCH:(step + 1) * BATCH]])
        labels = batch.pop("labels")
        loss = smooth(peer_model(**batch), labels)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(peer_model.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        optimizer.zero_grad()
        losses.append(loss.item())
    return losses


def check_losses(arguments, model, cache):
    losses = [line["loss"] for line in ours(arguments, model, cache, arguments.check_steps, dropout=0)]
    peer_losses = their_losses(arguments, model, len(losses))
    largest = max(abs(a - b) for a, b in zip(losses, peer_losses, strict=True))
    print(f"losses of {len(losses)} steps without dropout: {losses[0]:.6f} to {losses[-1]:.6f}, transformers "
          f"{peer_losses[0]:.6f} to {peer_losses[-1]:.6f}, largest difference {largest:.1e}", flush=True)
    if largest > 1e-4:
        sys.exit("the losses are not the same: nothing to compare")


def compare(arguments, size, folder, data):
    model = folder / size
    random = marian_model.random_model(size, DROPOUT)
    marian_model.save_model(random, model)
    marian_model.save_marian_tokenizer(model, data, folder / "joint.model")
    layers, width = marian_model.SIZES[size]["layers"], marian_model.SIZES[size]["width"]
    print(f"\n{size}: {layers}+{layers} layers of width {width}, {sum(p.numel() for p in random.parameters()) / 1e6:.1f}M parameters")
    del random
    check_losses(arguments, model, folder / "cache")
    ratios = []
    for pair in range(arguments.pairs):
        a, b = speed_of_ours(arguments, model, folder / "cache"), peer(arguments, model)
        ratios.append(a / b)
        print(f"  pair {pair + 1}  tokens/s  finetune {a:9.1f}   Trainer {b:9.1f}   ratio {ratios[-1]:6.3f}", flush=True)
    print(f"  median ratio {statistics.median(ratios):.3f}, range {min(ratios):.3f} to {max(ratios):.3f}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", required=True)
    parser.add_argument("--finetune", default=str(ROOT / "build/release/apps/finetune/finetune"))
    parser.add_argument("--sizes", nargs="+", default=list(marian_model.SIZES), choices=list(marian_model.SIZES))
    parser.add_argument("--pairs", type=int, default=3)
    parser.add_argument("--steps", type=int, default=40)
    parser.add_argument("--skip", type=int, default=10)
    parser.add_argument("--check-steps", type=int, default=5)
    parser.add_argument("--peer", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--model", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if not 0 < arguments.skip < arguments.steps:
        parser.error("--skip must be at least 1 and below --steps")
    if arguments.peer:
        return run_trainer(arguments)
    describe_machine()
    print(subprocess.run([arguments.finetune, "--version"], capture_output=True, text=True, check=True).stdout.strip())
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        vocabulary = marian_model.train_vocabulary(pathlib.Path(arguments.data), folder)
        for size in arguments.sizes:
            compare(arguments, size, folder, vocabulary)


if __name__ == "__main__":
    main()
