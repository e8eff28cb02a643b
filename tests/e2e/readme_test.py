"""The shell blocks of the README are run, line by line in one shell, in a copy of the repository.

Training runs are cut to a few steps, data sets that a user would have to fetch are stood in for by the embedded ones, and benchmarks
do the least that they can. Left out is scripts/test.sh, which runs this very test. Set-up and build are stand-ins: whoever runs this test
has done both."""

import os
import re
import subprocess

import repository_copy
import support

LEFT_OUT = ["scripts/test.sh"]
FEW_STEPS = "training.max_steps=2 training.threads=1 data.cache=false"
SHORT_TEXTS = "generation.max_new_tokens=8"
LEAST_WORK = {"against_trainer.py": "--steps 3 --skip 1 --pairs 1",
              "translation_against_trainer.py": "--steps 3 --skip 1 --pairs 1 --check-steps 2 --sizes tiny",
              "generation_against_transformers.py": "--sentences 18 --tokens 4 --pairs 1 --beams 2",
              "multi30k_bleu.py": "--minutes 1 training.max_steps=2 generation.max_new_tokens=8",
              "sst2_accuracy.py": "--seeds 1"}
FEW_LINES = 12

PROGRAM = """#!/bin/sh
# The program under test; runs of configs/ are cut short.
if [ "$1" = train ]; then
  case "$*" in
    *configs/amazon-reviews.json*) exec "$FINETUNE" "$@" {few_steps} ;;
    *configs/*) exec "$FINETUNE" "$@" {few_steps} {short_texts} ;;
  esac
fi
exec "$FINETUNE" "$@"
"""
CMAKE = """#!/bin/sh
# Stands in for a build: its presets must exist.
while [ $# -gt 0 ]; do
  if [ "$1" = --preset ]; then grep -q "\\"name\\": \\"$2\\"" CMakePresets.json || exit 1; fi
  shift
done
"""


def shell_lines():
    """The commands of the README's indented blocks, without their comments."""
    lines = re.findall(r"^    (\S.*)$", (support.ROOT / "README.md").read_text(), re.M)
    return [line.split("  #")[0].strip() for line in lines]


def least_work(line):
    script = re.search(r"scripts/(?:benchmarks|parity)/(\w+\.py)", line)
    return f"{line} {LEAST_WORK[script[1]]}" if script and script[1] in LEAST_WORK else line


class Readme(support.Case):
    def setUp(self):
        super().setUp()
        repository_copy.copy_repository(self.folder)
        for path, text in (("build/release/apps/finetune/finetune", PROGRAM.format(few_steps=FEW_STEPS, short_texts=SHORT_TEXTS)),
                           ("bin/cmake", CMAKE),
                           ("scripts/setup.sh", "#!/bin/sh\n")):
            file = self.folder / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
            file.chmod(0o755)
        (self.folder / "tests").symlink_to(support.ROOT / "tests")
        self.stand_in_data()

    def stand_in_data(self):
        """Small data for every name that the README's commands use."""
        data = self.folder / "data"
        pairs = [line.split("\t") for line in (data / "tatoeba-eng-cmn" / "train.tsv").read_text(encoding="utf-8").splitlines()]
        multi30k = data / "multi30k"
        if multi30k.is_symlink():
            multi30k.unlink()
        multi30k.mkdir()
        for split, rows in (("train", pairs), ("val", pairs[:FEW_LINES]), ("test_2016_flickr", pairs[-20:])):
            for column, language in enumerate(("en", "de")):
                (multi30k / f"{split}.{language}").write_text("".join(row[column] + "\n" for row in rows), encoding="utf-8")
        for name in ("amazon-reviews", "tatoeba-eng-cmn", "shakespeare"):
            original = (data / name).resolve()
            (data / name).unlink()
            (data / name).mkdir()
            for file in original.glob("*.t*"):
                lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
                kept = lines if file.stem == "train" else lines[:FEW_LINES]
                (data / name / file.name).write_text("".join(kept), encoding="utf-8")
        (self.folder / "sst2").mkdir()
        rows = [f"{text}\t{int(label == 'positive')}\n" for text, label in support.sentences(200)]
        for name in ("train", "dev"):
            (self.folder / "sst2" / f"{name}.tsv").write_text("".join(rows))
        (self.folder / "lines.txt").write_text("A good phone.\nTwo dogs run.\n")

    def test_every_shell_line_works_as_it_stands(self):
        lines = [line for line in shell_lines() if line not in LEFT_OUT]
        self.assertGreater(len(lines), 8)
        self.assertIn("scripts/quickstart.sh", lines)
        script = "\n".join(["set -euxo pipefail", *map(least_work, lines)])
        script = script.replace("SST2_FOLDER", "sst2").replace("MULTI30K_FOLDER", "data/multi30k")
        variables = {"FINETUNE": support.program(), "PATH": f"{self.folder / 'bin'}:{os.environ['PATH']}", "OMP_NUM_THREADS": "1"}
        done = subprocess.run(["bash", "-c", script], cwd=self.folder, capture_output=True, text=True, timeout=580,
                              env=support.environment(variables), stdin=subprocess.DEVNULL)
        self.assertEqual(done.returncode, 0, f"--- stdout\n{done.stdout[-3000:]}\n--- stderr\n{done.stderr[-6000:]}")

    def test_the_overrides_that_help_shows_are_right(self):
        examples = re.findall(r"finetune train (configs/\S+)(.*)", support.run("--help").out + support.run("train", "--help").out)
        self.assertGreater(len(examples), 2)
        for config, overrides in examples:
            result = support.run("render", support.ROOT / config, *overrides.split())
            self.assertEqual(result.code, 0, result)

    def test_the_config_that_the_readme_shows_is_the_one_there_is(self):
        """The shown keys have these values in configs/amazon-reviews.json."""
        import json

        shown = json.loads(re.search(r"```json\n(.*?)```", (support.ROOT / "README.md").read_text(), re.S)[1])
        config = json.loads((support.ROOT / "configs" / "amazon-reviews.json").read_text())
        for section, values in shown.items():
            for key, value in values.items() if isinstance(values, dict) else [(None, values)]:
                self.assertEqual(value, config[section] if key is None else config[section][key], f"{section}.{key}")

    def test_links_and_paths_of_the_documents_lead_somewhere(self):
        documents = [support.ROOT / "README.md", support.ROOT / "data" / "README.md", *(support.ROOT / "docs").glob("*.md")]
        for document in documents:
            text = document.read_text()
            links = [document.parent / target for target in re.findall(r"\]\((?!https?:)([^)#]+)", text)]
            paths = [support.ROOT / path for path in re.findall(r"`((?:lib|apps|tests|scripts|docs|configs)/[\w./-]+)`", text)]
            self.assertTrue(links + paths or document.name in ("changelog.md", "config.md"), document.name)
            for path in links + paths:
                self.assertTrue(path.exists(), f"{document.name}: {path}")


if __name__ == "__main__":
    support.main()
