#!/usr/bin/env python3
"""Accuracy of MiniLM-L6 on the SST-2 development set after three epochs, over seeds, and what checkpoints cost.

    .deps/venv/bin/python scripts/benchmarks/sst2_accuracy.py --data SST2_FOLDER [--seeds 1 2 3]

SST2_FOLDER holds train.tsv and dev.tsv without a header: sentence, label. Batch 32, learning rate 5e-5 falling linearly to 0, no warm-up,
dropout 0.1, fp32, a checkpoint each epoch. Printed are the accuracy of the model that the run keeps, the best of its three evaluations,
and that of the last epoch, which the development set did not choose.
"""
import argparse
import json
import pathlib
import statistics
import subprocess
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", required=True)
    parser.add_argument("--model", default=str(ROOT / ".deps/minilm"))
    parser.add_argument("--finetune", default=str(ROOT / "build/release/apps/finetune/finetune"))
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    arguments = parser.parse_args()
    data = pathlib.Path(arguments.data).resolve()
    kept_accuracies, last_accuracies = [], []
    for seed in arguments.seeds:
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            config = {"output_dir": str(folder / "run"), "seed": seed, "task": {"type": "classification"},
                      "model": {"path": arguments.model, "dropout": 0.1, "classifier_dropout": 0.1},
                      "data": {"train": str(data / "train.tsv"), "validation": str(data / "dev.tsv"), "header": False,
                               "text_column": 0, "label_column": 1, "max_length": 128},
                      "training": {"num_train_epochs": 3, "batch_size": 32, "precision": "fp32"},
                      "optimizer": {"learning_rate": 5e-5}, "schedule": {"type": "linear"},
                      "evaluation": {"every": "1 epochs", "metric": "accuracy"}, "checkpoints": {"every": "1 epochs"}}
            (folder / "config.json").write_text(json.dumps(config))
            result = subprocess.run([arguments.finetune, "train", str(folder / "config.json"), "--json", "--quiet",
                                     "--progress", "off"], stdout=subprocess.PIPE, text=True, check=True)
            summary = json.loads(result.stdout.splitlines()[-1])
            events = [json.loads(line) for line in (folder / "run" / "metrics.jsonl").read_text().splitlines()]
        last = [event for event in events if event["event"] == "evaluation"][-1]
        saving = sum(event["seconds"] for event in events if event["event"] == "checkpoint")
        kept = summary["validation"]["accuracy"]
        kept_accuracies.append(kept)
        last_accuracies.append(last["accuracy"])
        print(f"seed {seed}: accuracy {kept:.4f}, of the last epoch {last['accuracy']:.4f}, after {summary['train_seconds']:.0f} s, "
              f"{summary['tokens_per_second']:.0f} tokens/s, checkpoints {100 * saving / summary['train_seconds']:.2f} % of the time",
              flush=True)
    print(f"mean accuracy over {len(kept_accuracies)} seeds: {statistics.mean(kept_accuracies):.4f}, "
          f"of the last epochs {statistics.mean(last_accuracies):.4f}")


if __name__ == "__main__":
    main()
