"""What the end-to-end tests share: a tiny BERT checkpoint, learnable data, configs, and a runner of the program.

FINETUNE names the program. FINETUNE_E2E_VERBOSE=1 shows every command. Expected values come from the real tools
(transformers, tokenizers, TensorBoard) or from the file formats, never from an earlier output of the program.
"""

import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
PYTHON = ROOT / ".deps" / "venv" / "bin" / "python"
SKIPPED = 77
EXIT_INTERNAL, EXIT_USAGE, EXIT_DATA, EXIT_MODEL, EXIT_DIVERGED = 1, 2, 3, 4, 5
EXIT_BUSY, EXIT_IO, EXIT_PREEMPTED = 6, 7, 75

POSITIVE = "good great fine lovely superb happy".split()
NEGATIVE = "bad awful poor nasty broken sad".split()
NEUTRAL = "the film book was is very and it this story phone with of cable box ##ing . , !".split()
SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
VOCABULARY = SPECIAL + POSITIVE + NEGATIVE + NEUTRAL + list("abcdefghijklmnopqrstuvwxyz0123456789") + [
    "##" + letter for letter in "abcdefghijklmnopqrstuvwxyz0123456789"
]


def program():
    path = os.environ.get("FINETUNE")
    if not path or not os.access(path, os.X_OK):
        sys.exit("set FINETUNE to the path of the program")
    return path


def environment(changes=None):
    variables = dict(os.environ)
    variables.update({"NO_COLOR": "1", "HF_HUB_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "false"})
    variables.update(changes or {})
    return variables


class Result:
    def __init__(self, command, code, out, err):
        self.command, self.code, self.out, self.err = command, code, out, err

    def json(self):
        return json.loads(self.out.strip().splitlines()[-1])

    def __str__(self):
        return f"{' '.join(map(str, self.command))}\nexit {self.code}\n--- stdout\n{self.out[-3000:]}\n--- stderr\n{self.err[-3000:]}"


def run(*arguments, stdin="", env=None, timeout=60, wrapper=(), cwd=None):
    """Runs the program to its end; text in and out. A run that does not end in time is an error."""
    command = [*wrapper, program(), *map(str, arguments)]
    data = stdin if isinstance(stdin, bytes) else stdin.encode()
    done = subprocess.run(command, input=data, capture_output=True, env=environment(env), timeout=timeout, cwd=cwd)
    result = Result(command, done.returncode, done.stdout.decode(errors="replace"), done.stderr.decode(errors="replace"))
    if os.environ.get("FINETUNE_E2E_VERBOSE"):
        print(result, file=sys.stderr)
    return result


def start(*arguments, env=None, **options):
    """Starts the program and returns the process; stderr goes to a pipe unless told otherwise."""
    options = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **options}
    return subprocess.Popen([program(), *map(str, arguments)], env=environment(env), **options)


def model_settings(**changes):
    settings = dict(vocab_size=len(VOCABULARY), hidden_size=32, num_hidden_layers=2, num_attention_heads=4,
                    intermediate_size=64, max_position_embeddings=64, type_vocab_size=2, pad_token_id=0,
                    initializer_range=0.1)
    settings.update(changes)
    return settings


def make_model(folder, classifier=False, **changes):
    """A Hugging Face folder as transformers itself writes it: random weights, our own vocabulary."""
    import torch
    import transformers

    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(7)
    config = transformers.BertConfig(**model_settings(**changes))
    kind = transformers.BertForSequenceClassification if classifier else transformers.BertModel
    kind(config).save_pretrained(folder)
    (folder / "vocab.txt").write_text("\n".join(VOCABULARY) + "\n")
    transformers.BertTokenizerFast(vocab_file=str(folder / "vocab.txt"), do_lower_case=True).save_pretrained(folder)
    return folder


def sentences(count, seed=1):
    """(text, label) with a label that single words decide; texts of 3 to about 20 tokens."""
    import random

    draw = random.Random(seed)
    rows = []
    for number in range(count):
        positive = number % 2 == 0
        words = draw.choices(NEUTRAL[:15], k=draw.randint(2, 17)) + [draw.choice(POSITIVE if positive else NEGATIVE)]
        draw.shuffle(words)
        rows.append((" ".join(words), "positive" if positive else "negative"))
    draw.shuffle(rows)
    return rows


def write_tsv(path, rows, header=("sentence", "label")):
    lines = ["\t".join(header)] + ["\t".join(row) for row in rows]
    path.write_text("\n".join(lines) + "\n")
    return path


def write_csv(path, rows, header=("sentence", "label")):
    import csv

    with open(path, "w", newline="") as file:
        csv.writer(file).writerows([header, *rows])
    return path


def write_jsonl(path, rows, header=("sentence", "label")):
    path.write_text("".join(json.dumps(dict(zip(header, row))) + "\n" for row in rows))
    return path


def merged(settings, changes):
    """`changes` laid over `settings`, section by section; None takes a key away."""
    result = {key: dict(value) if isinstance(value, dict) else value for key, value in settings.items()}
    for key, value in changes.items():
        if isinstance(value, dict) and isinstance(result.get(key), dict):
            result[key] = {k: v for k, v in {**result[key], **value}.items() if v is not None}
        elif value is None:
            result.pop(key, None)
        else:
            result[key] = value
    return result


SMALL_RUN = {
    "output_dir": "run",
    "seed": 3,
    "model": {"path": "model", "dropout": 0.1, "classifier_dropout": 0.1},
    "task": {"type": "classification"},
    "data": {"train": "train.tsv", "validation": "validation.tsv", "test": "test.tsv", "text_column": "sentence",
             "label_column": "label", "max_length": 32, "cache": False},
    "training": {"num_train_epochs": 2, "batch_size": 8, "precision": "fp32", "threads": 1},
    "optimizer": {"type": "adamw", "learning_rate": 5e-3, "weight_decay": 0.01},
    "schedule": {"type": "linear", "warmup": "10 percent"},
    "evaluation": {"every": "1 epochs", "metric": "accuracy"},
    "checkpoints": {"every": "1 epochs", "keep_last": 2, "keep_best": True},
    "logging": {"every": "1 steps", "tensorboard": True},
}

NUMBERS = {"one": "eins", "two": "zwei", "three": "drei", "four": "vier", "five": "fünf", "six": "sechs", "seven": "sieben"}

TEXT_RUN = {
    "output_dir": "run",
    "seed": 3,
    "model": {"type": "mbart",
              "config": {"d_model": 32, "encoder_layers": 1, "decoder_layers": 1, "encoder_attention_heads": 2,
                         "decoder_attention_heads": 2, "encoder_ffn_dim": 64, "decoder_ffn_dim": 64, "dropout": 0.1,
                         "max_position_embeddings": 64, "init_std": 0.1},
              "tokenizer": {"train": "byte-bpe", "vocab_size": 300, "class": "bart"}},
    "task": {"type": "translation", "label_smoothing": 0.1},
    "data": {split: {"source": f"{split}.en", "target": f"{split}.de"} for split in ("train", "validation", "test")},
    "training": {"num_train_epochs": 20, "batch_size": 16, "threads": 1},
    "optimizer": {"learning_rate": 1e-2},
    "schedule": {"type": "inverse_sqrt", "warmup": "10 steps"},
    "evaluation": {"every": "10 epochs", "metric": "bleu", "decode_examples": 8},
    "generation": {"num_beams": 2, "max_new_tokens": 24},
    "checkpoints": {"every": "10 epochs"},
    "logging": {"every": "1 steps", "tensorboard": False},
}
TEXT_RUN["data"]["cache"] = False


def pairs(count, seed=1):
    """(source, target): one to seven numbers in words, from English into German."""
    import random

    draw = random.Random(seed)
    rows = [draw.choices(list(NUMBERS), k=draw.randint(1, 7)) for _ in range(count)]
    return [(" ".join(row), " ".join(NUMBERS[word] for word in row)) for row in rows]


def write_pairs(folder, split, rows):
    for ending, side in (("en", 0), ("de", 1)):
        (folder / f"{split}.{ending}").write_text("".join(row[side] + "\n" for row in rows))


_model_folder = None


def shared_model():
    """The tiny model, made once a process (transformers takes seconds to import)."""
    global _model_folder
    if _model_folder is None:
        _model_folder = pathlib.Path(tempfile.mkdtemp(prefix="finetune-e2e-model-"))
        import atexit

        atexit.register(shutil.rmtree, _model_folder, True)
        make_model(_model_folder / "base")
    return _model_folder / "base"


class Case(unittest.TestCase):
    """A test with a folder of its own that holds a model, data and run.json."""

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="finetune-e2e-"))
        self.addCleanup(shutil.rmtree, self.folder, True)

    def prepare(self, changes=None, rows=64, folder=None):
        """Model, data and config in `folder`; returns the config's path."""
        folder = folder or self.folder
        folder.mkdir(parents=True, exist_ok=True)
        if not (folder / "model").exists():
            shutil.copytree(shared_model(), folder / "model")
        write_tsv(folder / "train.tsv", sentences(rows, seed=1))
        write_tsv(folder / "validation.tsv", sentences(16, seed=2))
        write_tsv(folder / "test.tsv", sentences(16, seed=4))
        return self.write_config(merged(SMALL_RUN, changes or {}), folder / "run.json")

    def prepare_texts(self, changes=None, rows=160, folder=None):
        """The same for a translation from random weights."""
        folder = folder or self.folder
        for split, count, seed in (("train", rows, 1), ("validation", 16, 2), ("test", 40, 4)):
            write_pairs(folder, split, pairs(count, seed))
        return self.write_config(merged(TEXT_RUN, changes or {}), folder / "run.json")

    def write_config(self, settings, path):
        path.write_text(json.dumps(settings, indent=2))
        return path

    def train(self, config, *arguments, **options):
        """A run that is expected to work; returns the object of --json."""
        result = run("train", config, "--json", *arguments, **options)
        self.assertEqual(result.code, 0, result)
        return result.json()

    def assert_fails(self, result, code, *mentions):
        self.assertEqual(result.code, code, result)
        for words in mentions:
            self.assertIn(str(words), result.err, result)
        self.assertTrue(result.err.strip().startswith("error") or "error" in result.err, result)
        return result

    def assert_no_checkpoint(self, folder):
        left = [path.name for path in pathlib.Path(folder).glob("checkpoint-*")] if pathlib.Path(folder).is_dir() else []
        self.assertEqual(left, [])
        self.assertFalse(os.path.lexists(pathlib.Path(folder) / "best"))
        self.assertFalse(os.path.lexists(pathlib.Path(folder) / "last"))


def events(run_folder, kind="train"):
    lines = (pathlib.Path(run_folder) / "metrics.jsonl").read_text().splitlines()
    return [event for event in map(json.loads, lines) if event["event"] == kind]


def wait_for(condition, seconds=30.0, pause=0.01):
    """Polls until the condition holds; False when it does not in time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(pause)
    return condition()


def main():
    """Runs the tests of the calling file; 77 tells CTest that everything was skipped for want of Python packages."""
    try:
        import transformers  # noqa: F401
    except ImportError:
        print("skipped: the virtual environment with transformers is absent; run scripts/setup.sh", file=sys.stderr)
        sys.exit(SKIPPED)
    unittest.main(verbosity=2)
