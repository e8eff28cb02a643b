#!/usr/bin/env python3
"""How good a translation config becomes in a given time: the BLEU-against-time curve of a run and its final score on the test set.

    .deps/venv/bin/python scripts/benchmarks/multi30k_bleu.py configs/multi30k-tiny.json --minutes 20 [OVERRIDE ...]

Trains the config, whose data must be where it says (data/README.md), for at most so many minutes of training, evaluations while training
included. The curve is what the run writes after each evaluation: loss of the whole validation set, BLEU of its first sentences by
greedy search. The final score is that of the test set by the config's own search (5 beams), of the model that the run keeps; it is computed again
by the sacrebleu package from the run's predictions and the reference file, and the script fails where the two differ by more than 1e-6.
Overrides are those of `finetune train`: training.num_train_epochs=6 --seed=7
"""
import argparse
import json
import pathlib
import subprocess
import sys
import time

from against_trainer import ROOT, describe_machine


def train(arguments, overrides):
    """Shows evaluations as they are written; the last line of --json, and the resolved config."""
    settings = [arguments.config, f"training.max_time={arguments.minutes} minutes", *overrides]
    if arguments.output:
        settings.append(f"--output_dir={arguments.output}")
    rendered = subprocess.run([arguments.finetune, "render", *settings], stdout=subprocess.PIPE, text=True, check=True)
    config = json.loads(rendered.stdout)
    metrics = pathlib.Path(config["output_dir"]) / "metrics.jsonl"
    if metrics.exists():
        sys.exit(f"{metrics.parent} holds a run already: remove it, or give another folder with --output")
    start = time.monotonic()
    process = subprocess.Popen([arguments.finetune, "train", *settings, "--json", "--progress", "off", "--quiet"],
                               stdout=subprocess.PIPE, text=True)
    num_shown, is_over = 0, False
    while not is_over:
        time.sleep(0.5)
        is_over = process.poll() is not None
        complete = metrics.read_text().rpartition("\n")[0].splitlines() if metrics.exists() else []
        for line in complete[num_shown:]:
            show(time.monotonic() - start, json.loads(line))
        num_shown = len(complete)
    if process.returncode != 0:
        sys.exit(f"finetune failed with status {process.returncode}")
    return json.loads(process.stdout.read().splitlines()[-1]), config


def show(seconds, event):
    if event["event"] != "evaluation" or event["split"] != "validation":
        return
    bleu = f"{event['bleu']:6.2f}" if event.get("bleu") is not None else "     -"
    print(f"{seconds / 60:8.2f} min  epoch {event['epoch']:6.2f}  step {event['step']:6}  loss {event['loss']:.4f}  BLEU {bleu}", flush=True)


def check_bleu(summary, config):
    import sacrebleu
    predictions = pathlib.Path(config["output_dir"]) / "predictions" / "test.jsonl"
    lines = [json.loads(line) for line in predictions.read_text(encoding="utf-8").splitlines()]
    written = [line["translation"] for line in lines]
    references = pathlib.Path(config["data"]["test"]["target"]).read_text(encoding="utf-8").splitlines()
    if len(written) != len(references):
        sys.exit(f"{len(written)} translations for {len(references)} references: rows of the test set were left out")
    bleu, chrf = sacrebleu.metrics.BLEU(), sacrebleu.metrics.CHRF()
    score = bleu.corpus_score(written, [references])
    print(f"\ntest set, {config['generation'].get('num_beams', 1)} beams: sacreBLEU {score.score:.2f} ({bleu.get_signature()}), "
          f"chrF {chrf.corpus_score(written, [references]).score:.2f}; finetune says {summary['test']['bleu']:.2f}")
    for line, reference in list(zip(lines, references))[:3]:
        print(f"  {line['text']}\n    -> {line['translation']}\n    ref. {reference}")
    if abs(score.score - summary["test"]["bleu"]) > 1e-6:
        sys.exit("finetune and sacrebleu do not agree")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("config")
    parser.add_argument("--minutes", type=float, required=True)
    parser.add_argument("--output", help="folder of the run, instead of the config's")
    parser.add_argument("--finetune", default=str(ROOT / "build/release/apps/finetune/finetune"))
    arguments, overrides = parser.parse_known_args()
    describe_machine()
    print(subprocess.run([arguments.finetune, "--version"], capture_output=True, text=True, check=True).stdout.strip(), flush=True)
    summary, config = train(arguments, overrides)
    print(f"{summary['status']} after {summary['train_seconds'] / 60:.2f} minutes of training, {summary['tokens_per_second']:.0f} source "
          f"and target tokens/s, best step {summary.get('best_step')}")
    check_bleu(summary, config)


if __name__ == "__main__":
    main()
