#!/usr/bin/env python3
"""Losses of the first steps of a fine-tuning run against transformers: same weights, same batches in the same order, fp32,
dropout 0. Prints the largest difference of a step's loss, and fails above 1e-4.

    .deps/venv/bin/python scripts/parity/loss_against_transformers.py --data SST2_FOLDER [--steps 100]

SST2_FOLDER holds train.tsv without a header: sentence, label. The order of the rows is computed anew here, from the definition of the
random streams (tests/base/fixtures/make_random_vectors.py).
"""
import argparse
import json
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/base/fixtures"))
BATCH, MAX_LENGTH, RATE, SEED, WEIGHT_DECAY = 32, 128, 5e-5, 42, 0.01
DATA_ORDER = 2  # base::StreamPurpose::kDataOrder


def our_losses(arguments, folder, model):
    config = {"output_dir": str(folder / "run"), "seed": SEED, "task": {"type": "classification"}, "model": {"path": str(model), "dropout": 0, "classifier_dropout": 0},
              "data": {"train": str(pathlib.Path(arguments.data).resolve() / "train.tsv"), "header": False, "text_column": 0,
                       "label_column": 1, "max_length": MAX_LENGTH, "group_by_length": False, "cache": False},
              "training": {"batch_size": BATCH, "max_steps": arguments.steps, "precision": "fp32"},
              "optimizer": {"learning_rate": RATE, "weight_decay": WEIGHT_DECAY}, "schedule": {"type": "linear", "warmup": 10},
              "logging": {"every": "1 steps", "tensorboard": False}}
    (folder / "config.json").write_text(json.dumps(config))
    subprocess.run([arguments.finetune, "train", str(folder / "config.json"), "--progress", "off", "--quiet"], check=True,
                   stdout=subprocess.DEVNULL)
    lines = [json.loads(line) for line in (folder / "run" / "metrics.jsonl").read_text().splitlines()]
    return [line["loss"] for line in lines if line["event"] == "train"]


def their_losses(arguments, model_folder):
    import torch
    from make_random_vectors import Stream
    from transformers import AutoModelForSequenceClassification, AutoTokenizer, Trainer, get_linear_schedule_with_warmup
    tokenizer = AutoTokenizer.from_pretrained(model_folder)
    model = AutoModelForSequenceClassification.from_pretrained(model_folder, hidden_dropout_prob=0.0,
                                                               attention_probs_dropout_prob=0.0).train()
    rows = [line.rstrip("\n").split("\t") for line in open(pathlib.Path(arguments.data) / "train.tsv", encoding="utf-8")]
    decayed = set(Trainer.get_decay_parameter_names(None, model))
    optimizer = torch.optim.AdamW(
        [{"params": [p for n, p in model.named_parameters() if n in decayed], "weight_decay": WEIGHT_DECAY},
         {"params": [p for n, p in model.named_parameters() if n not in decayed], "weight_decay": 0.0}], lr=RATE)
    schedule = get_linear_schedule_with_warmup(optimizer, 10, arguments.steps)
    losses, epoch, order = [], 0, []
    for _ in range(arguments.steps):
        if not order:
            order = Stream(SEED, DATA_ORDER, epoch, 0).permutation(len(rows))
            epoch += 1
        batch, order = order[:BATCH], order[BATCH:]
        inputs = tokenizer([rows[i][0] for i in batch], truncation=True, max_length=MAX_LENGTH, padding=True, return_tensors="pt")
        loss = model(**inputs, labels=torch.tensor([int(rows[i][1]) for i in batch])).loss
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        optimizer.zero_grad()
        losses.append(loss.item())
    return losses


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", required=True)
    parser.add_argument("--model", default=str(ROOT / ".deps/minilm"))
    parser.add_argument("--finetune", default=str(ROOT / "build/release/apps/finetune/finetune"))
    parser.add_argument("--steps", type=int, default=100)
    arguments = parser.parse_args()
    import torch
    from transformers import AutoModelForSequenceClassification, AutoTokenizer
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        model = folder / "model"
        torch.manual_seed(1)
        AutoModelForSequenceClassification.from_pretrained(arguments.model, num_labels=2).save_pretrained(model)
        AutoTokenizer.from_pretrained(arguments.model).save_pretrained(model)
        ours = our_losses(arguments, folder, model)
        theirs = their_losses(arguments, model)
    differences = [abs(a - b) for a, b in zip(ours, theirs, strict=True)]
    for step in range(0, len(ours), max(1, len(ours) // 10)):
        print(f"step {step + 1:4}  finetune {ours[step]:.7f}  transformers {theirs[step]:.7f}  difference {differences[step]:.2e}")
    print(f"largest difference over {len(ours)} steps: {max(differences):.2e}")
    sys.exit(0 if max(differences) <= 1e-4 else 1)


if __name__ == "__main__":
    main()
