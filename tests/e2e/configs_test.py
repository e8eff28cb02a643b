"""Every file in configs/ trains: a few steps of it on its own data, and its loss falls."""

import json
import pathlib
import statistics

import repository_copy
import support

NAMES = sorted(path.name for path in (support.ROOT / "configs").glob("*.json"))
FEW_STEPS = ["training.max_steps=32", "training.num_train_epochs=null", "training.max_time=null", "training.threads=1",
             "schedule.type=constant", "schedule.warmup=4 steps", "checkpoints.every=1000 steps", "evaluation.every=1000 steps",
             "logging.every=1 steps", "data.cache=false", "data.test=null"]
SHORT_TEXTS = ["generation.num_beams=1", "generation.max_new_tokens=8"]
VALIDATION_LINES = 24


def files_of(value):
    return list(value.values()) if isinstance(value, dict) else [value]


def small_batches(config):
    if "batch_tokens" in config["training"]:
        return ["training.batch_tokens=512"]
    return ["training.batch_size=4", "data.max_length=64"] if config["task"]["type"] == "language_modeling" else [
        "training.batch_size=16", "data.max_length=48"]


class Configs(support.Case):
    def setUp(self):
        super().setUp()
        repository_copy.copy_repository(self.folder)

    def path_of(self, written):
        """A file that a config names."""
        return (self.folder / "configs" / written).resolve()

    def reason_to_skip(self, config):
        for file in (self.path_of(file) for key in ("train", "validation") for file in files_of(config["data"][key])):
            if not file.exists():
                name = next((name for name in repository_copy.PRIVATE_DATA if f"/data/{name}/" in str(file)), None)
                self.assertIsNotNone(name, f"{file} does not exist, and is no file that data/README.md asks the user for")
                return f"{name} is not here: it may not be passed on (data/README.md)"
        for key in ("path", "encoder"):
            model = config["model"].get(key)
            if isinstance(model, str) and not self.path_of(model).exists():
                return "its model is not here; run scripts/setup.sh"
        return None

    def few_validation_rows(self, config):
        """An override of data.validation by the first lines of the same files."""
        paths = []
        for index, file in enumerate(files_of(config["data"]["validation"])):
            lines = self.path_of(file).read_text(encoding="utf-8").splitlines(keepends=True)
            paths.append(self.folder / f"few-{index}{pathlib.Path(file).suffix}")
            paths[-1].write_text("".join(lines[:VALIDATION_LINES]), encoding="utf-8")
        pair = dict(zip(("source", "target"), map(str, paths)))
        return f"data.validation={json.dumps(pair) if len(paths) == 2 else paths[0]}"

    def check(self, name):
        file = self.folder / "configs" / name
        config = json.loads(file.read_text())
        self.assertEqual(support.run("validate", support.ROOT / "configs" / name).code, 0)
        if reason := self.reason_to_skip(config):
            self.skipTest(f"{name}: {reason}")
        few = FEW_STEPS + (SHORT_TEXTS if config["task"]["type"] != "classification" else [])
        result = support.run("train", file, "--json", *few, *small_batches(config), self.few_validation_rows(config),
                             f"output_dir={self.folder / 'run'}", timeout=200)
        self.assertEqual(result.code, 0, result)
        losses = [event["loss"] for event in support.events(self.folder / "run")]
        self.assertEqual(len(losses), 32)
        first, last = statistics.mean(losses[:8]), statistics.mean(losses[-8:])
        self.assertLess(last, 0.97 * first, f"loss {first} -> {last}")
        self.assertLess(result.json()["validation"]["loss"], first)


def add_test(name):
    setattr(Configs, f"test_the_loss_of_{pathlib.Path(name).stem.replace('-', '_')}_falls", lambda self: self.check(name))


for each in NAMES:
    add_test(each)


class ConfigFolder(support.Case):
    def test_there_are_configs_for_strangers(self):
        """What a config reads is in data/, or is a set that data/README.md tells how to get."""
        readme = (support.ROOT / "data" / "README.md").read_text()
        embedded = 0
        for name in NAMES:
            data = json.loads((support.ROOT / "configs" / name).read_text())["data"]
            folders = {pathlib.PurePath(file).parts[2] for file in files_of(data["train"])}
            embedded += folders.isdisjoint(repository_copy.PRIVATE_DATA)
            for folder in folders:
                self.assertIn(f"`{folder}`" if folder in repository_copy.PRIVATE_DATA else f"[{folder}]({folder})", readme, name)
        self.assertGreaterEqual(embedded, 4)


if __name__ == "__main__":
    support.main()
