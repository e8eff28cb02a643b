"""Odd surroundings: closed pipes, locales, environment variables, strange paths and hostile names."""

import html.parser
import json
import os
import pathlib
import shutil
import subprocess
import unittest

import support

ESCAPE = "\x1b[31mred\x1b[0m"
HOSTILE = '<script>alert(1)</script>"\'&amp;'


class Surroundings(support.Case):
    def short(self, **changes):
        return self.prepare(support.merged({"training": {"max_steps": 4}}, changes))

    def finish(self, process):
        out, err = process.communicate(timeout=60)
        return support.Result(process.args, process.returncode, (out or b"").decode(), (err or b"").decode())

    def test_nobody_reads_the_output(self):
        # a reader that leaves ends `predict`, as any Unix filter, and never a training run
        config = self.short()
        closed = ["sh", "-c", 'exec "$@" >&-', "sh"]
        for arguments in (["train", config], ["train", config, "--json"]):
            result = support.run(*arguments, wrapper=closed)
            self.assertIn(result.code, (0, support.EXIT_IO), result)
            self.assertTrue((self.folder / "run" / "last" / "model.safetensors").exists())
            self.assertTrue((self.folder / "run" / "all_results.json").exists())
        lines = "\n".join(text for text, _ in support.sentences(3000))
        head = subprocess.run(["bash", "-c", '"$0" predict "$1" | head -1; echo "${PIPESTATUS[0]}"', support.program(), str(self.folder / "run")],
                              input=lines.encode(), capture_output=True, timeout=60, env=support.environment())
        answer, code = head.stdout.decode().strip().splitlines()
        self.assertIn("label", json.loads(answer))
        self.assertIn(int(code), (0, support.EXIT_IO, 128 + 13), head.stderr.decode())
        self.assertNotIn("internal error", head.stderr.decode())
        full = support.run("predict", self.folder / "run", stdin=lines, wrapper=["sh", "-c", 'exec "$@" >/dev/full', "sh"])
        self.assert_fails(full, support.EXIT_IO, "standard output")
        for arguments in (["schema"], ["render", config], ["explain", "training"]):
            result = support.run(*arguments, wrapper=["sh", "-c", 'exec "$@" >/dev/full', "sh"])
            self.assert_fails(result, support.EXIT_IO, "standard output")

    def test_waiting_threads_spin_no_longer_than_a_moment(self):
        for given, spins in (({}, "1000"), ({"GOMP_SPINCOUNT": "77"}, "77"), ({"OMP_WAIT_POLICY": "passive"}, "0")):
            environment = {key: value for key, value in support.environment().items() if key not in ("GOMP_SPINCOUNT", "OMP_WAIT_POLICY")}
            shown = subprocess.run([support.program(), "--version"], env={**environment, "OMP_DISPLAY_ENV": "verbose", **given},
                                   capture_output=True, text=True, timeout=60)
            self.assertEqual(shown.returncode, 0, shown.stderr)
            self.assertIn(f"GOMP_SPINCOUNT = '{spins}'", shown.stderr)

    def test_closed_standard_input_and_error(self):
        config = self.short()
        result = support.run("train", config, wrapper=["sh", "-c", 'exec "$@" <&- 2>&-', "sh"])
        self.assertEqual(result.code, 0, result)
        # descriptors 0 and 2 were free: no file of the run may have got the log lines
        weights = (self.folder / "run" / "last" / "model.safetensors").read_bytes()
        self.assertNotIn(b"info:", weights[:4096])
        for line in (self.folder / "run" / "metrics.jsonl").read_text().splitlines():
            json.loads(line)

    def make_locales(self, *names):
        """Compiles locales into a folder for LOCPATH, and sees that they differ from C where it matters."""
        folder = self.folder / "locales"
        folder.mkdir()
        for name in names:
            language = name.split(".")[0]
            done = subprocess.run(["localedef", "-i", language, "-f", "UTF-8", str(folder / name)], capture_output=True, timeout=60)
            self.assertTrue((folder / name).is_dir(), done.stderr.decode())
            point = subprocess.run(["locale", "decimal_point"], capture_output=True, env={"LC_ALL": name, "LOCPATH": str(folder)})
            self.assertEqual(point.stdout.decode().strip(), ",", f"{name} is not in force")
        return folder

    @unittest.skipIf(not pathlib.Path("/usr/share/i18n/locales/tr_TR").exists(), "Debian's package locales is absent")
    def test_numbers_do_not_depend_on_the_locale(self):
        config = self.short(training={"max_steps": 2})
        locales = self.make_locales("de_DE.UTF-8", "tr_TR.UTF-8")
        losses = []
        for number, locale in enumerate(("C", "de_DE.UTF-8", "tr_TR.UTF-8", "nonsense")):
            self.train(config, f"--output_dir=run-{number}", "optimizer.learning_rate=1.5e-3", cwd=self.folder,
                       env={"LC_ALL": locale, "LANG": locale, "LOCPATH": str(locales), "TZ": "Asia/Kathmandu"})
            losses.append([event["loss"] for event in support.events(self.folder / f"run-{number}")])
        self.assertEqual(losses.count(losses[0]), 4)
        self.assertEqual(json.loads((self.folder / "run-1" / "config.json").read_text())["optimizer"]["learning_rate"], 1.5e-3)

    def test_environment_variables_that_mean_nothing(self):
        config = self.short(training={"threads": None})
        for number, change in enumerate(({"OMP_NUM_THREADS": "0"}, {"OMP_NUM_THREADS": "many"}, {"OMP_NUM_THREADS": "100000"},
                                         {"CUDA_VISIBLE_DEVICES": "-7,x"}, {"HOME": "/nonexistent"}, {"TERM": ""})):
            with self.subTest(change):
                self.train(config, f"--output_dir=run-{number}", cwd=self.folder, env=change)

    def test_no_environment_at_all(self):
        config = self.short()
        done = subprocess.run([support.program(), "train", str(config)], env={}, capture_output=True, timeout=60)
        self.assertEqual(done.returncode, 0, done.stderr.decode())

    def test_strange_paths(self):
        for name in ("with spaces", "Größe 語 \U0001f600", "new\nline", "-x", "a" * 200, "quote\"'$HOME`"):
            with self.subTest(name):
                folder = self.folder / name
                config = self.prepare({"training": {"max_steps": 2}}, folder=folder)
                self.train(config)
                result = support.run("predict", "run", stdin="good film", cwd=folder)
                self.assertEqual(result.code, 0, result)
                self.assertEqual(support.run("export", folder / "run", folder / "out").code, 0)
                self.assertEqual(support.run("inspect", folder / "run").code, 0)
        result = support.run("train", "--", "-x/run.json", cwd=self.folder)
        self.assertEqual(result.code, 0, result)

    def test_paths_that_are_no_plain_files(self):
        config = self.short()
        fifo, dangling = self.folder / "fifo", self.folder / "dangling"
        os.mkfifo(fifo)
        os.symlink("nowhere", dangling)
        for path in (fifo, dangling, "/dev/zero", "/dev/null", "/dev/full", self.folder / ("x" * 300)):
            for arguments in (["train", config, f"model.path={path}"], ["train", path], ["predict", path], ["inspect", path],
                              ["tokenize", path], ["evaluate", path], ["export", path, self.folder / "out"]):
                with self.subTest(path=str(path), command=arguments[0]):
                    result = support.run(*arguments, timeout=20)
                    self.assertIn(result.code, (support.EXIT_USAGE, support.EXIT_DATA, support.EXIT_MODEL, support.EXIT_IO), result)
                    self.assertIn(str(path), result.err, result)
        for path in (fifo, dangling, "/dev/zero", self.folder / ("x" * 300)):
            with self.subTest(path=str(path), key="output_dir"):
                self.assert_fails(support.run("train", config, f"output_dir={path}", timeout=20), support.EXIT_IO, path)
        for path in (dangling, self.folder / ("x" * 300)):
            with self.subTest(path=str(path), key="data.train"):
                self.assert_fails(support.run("train", config, f"data.train={path}", timeout=20), support.EXIT_DATA, path)
        for name in ("config.json", "model.safetensors", "tokenizer.json"):
            for make in (lambda path: os.symlink("/dev/zero", path), os.mkfifo):
                with self.subTest(name):
                    model = self.folder / "odd"
                    shutil.rmtree(model, True)
                    shutil.copytree(self.folder / "model", model)
                    (model / name).unlink()
                    make(model / name)
                    result = support.run("train", config, f"model.path={model}", timeout=20)
                    self.assert_fails(result, support.EXIT_MODEL if result.code == support.EXIT_MODEL else support.EXIT_IO, name)

    def test_symbolic_links_are_followed(self):
        config = self.short()
        os.rename(self.folder / "model", self.folder / "blobs")
        (self.folder / "model").mkdir()
        for path in (self.folder / "blobs").iterdir():
            os.symlink(f"../blobs/{path.name}", self.folder / "model" / path.name)
        self.train(config)


class Page(html.parser.HTMLParser):
    """Collects what a browser would run or load."""

    VOID = {"meta", "link", "br", "img", "hr", "input", "col", "rect", "line", "circle", "path", "polyline", "use"}

    def __init__(self):
        super().__init__()
        self.tags, self.open, self.problems, self.text = set(), [], [], ""

    def handle_starttag(self, tag, attributes):
        self.tags.add(tag)
        self.problems += [f"{tag} {key}" for key, _ in attributes if key.startswith("on")]
        self.problems += [value for key, value in attributes if key in ("src", "href") and value and not value.startswith("#")]
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.tags.add(tag)

    def handle_endtag(self, tag):
        if tag in self.VOID:
            return
        if not self.open or self.open.pop() != tag:
            self.problems.append(f"</{tag}> closes another tag")

    def handle_data(self, data):
        self.text += data


class HostileNames(support.Case):
    def test_names_from_data_are_only_text(self):
        rows = [(text + f" {HOSTILE} {ESCAPE}", {"positive": HOSTILE, "negative": f"=1+1 {ESCAPE}"}[label])
                for text, label in support.sentences(40, seed=6)]
        config = self.prepare({"training": {"max_steps": 3}, "about": f"{HOSTILE} {ESCAPE}",
                               "data": {"text_column": f"text {HOSTILE}", "label_column": "label \x1b[1m"}})
        for name in ("train.tsv", "validation.tsv", "test.tsv"):
            support.write_tsv(self.folder / name, rows, header=(f"text {HOSTILE}", "label \x1b[1m"))
        result = support.run("train", config)
        self.assertEqual(result.code, 0, result)
        self.assertNotIn("\x1b", result.err)
        self.assertNotIn("\x1b", result.out)
        source = (self.folder / "run" / "report.html").read_text()
        self.assertNotIn("<script>alert", source)
        self.assertNotIn("\x1b", source)
        page = Page()
        page.feed(source)
        self.assertEqual((page.open, page.problems), ([], []))
        self.assertIn(HOSTILE, page.text, "the label is shown, as text")
        for command in (["evaluate", self.folder / "run"], ["inspect", self.folder / "run"], ["inspect", self.folder / "train.tsv"],
                        ["render", config]):
            with self.subTest(command[0]):
                shown = support.run(*command)
                self.assertEqual(shown.code, 0, shown)
                self.assertNotIn("\x1b", shown.out + shown.err)
        predicted = support.run("predict", self.folder / "run", stdin="good")
        self.assertIn(HOSTILE, predicted.json()["scores"])
        self.assertNotIn("\x1b", predicted.out)

    def test_errors_show_no_control_characters_of_files(self):
        config = self.prepare()
        support.write_tsv(self.folder / "validation.tsv", [("good film", f"{ESCAPE}\x07")])
        result = self.assert_fails(support.run("train", config), support.EXIT_DATA, "validation.tsv:2")
        self.assertNotRegex(result.err, "[\x1b\x07]")
        support.write_tsv(self.folder / "train.tsv", [("a", "b")], header=(ESCAPE, "label"))
        result = support.run("train", config)
        self.assertIn(result.code, (support.EXIT_USAGE, support.EXIT_DATA), result)
        self.assertNotIn("\x1b", result.err)
        bad = self.folder / "bad.json"
        bad.write_text(json.dumps({ESCAPE: 1, "seed": ESCAPE, "output_dir": "x"}))
        result = self.assert_fails(support.run("validate", bad), support.EXIT_USAGE)
        self.assertNotIn("\x1b", result.err)
        path = self.folder / "model" / "config.json"
        path.write_text(json.dumps({**json.loads(path.read_text()), "model_type": ESCAPE}))
        result = support.run("train", self.prepare())
        self.assertIn(result.code, (support.EXIT_USAGE, support.EXIT_MODEL), result)
        self.assertNotIn("\x1b", result.err)
        for arguments in (["inspect", f"/nowhere/{ESCAPE}"], ["predict", f"/nowhere/{ESCAPE}"], [ESCAPE], ["explain", ESCAPE],
                          ["train", f"/nowhere/{ESCAPE}.json"], ["train", config, f"model.path=/nowhere/{ESCAPE}"]):
            with self.subTest(arguments[0]):
                result = support.run(*arguments)
                self.assertNotEqual(result.code, 0)
                self.assertNotIn("\x1b", result.err, arguments)


if __name__ == "__main__":
    support.main()
