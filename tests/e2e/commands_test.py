"""Every command as a script uses it: exact forms of output, streams, exit codes."""

import json
import os
import pathlib
import select
import shutil
import subprocess
import tempfile

import support


class Commands(support.Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.shared = pathlib.Path(tempfile.mkdtemp(prefix="finetune-e2e-commands-"))
        cls.addClassCleanup(shutil.rmtree, cls.shared, True)
        cls.config = cls().prepare({"training": {"num_train_epochs": 4}}, rows=256, folder=cls.shared)
        cls.trained = support.run("train", cls.config, "--json")
        assert cls.trained.code == 0, cls.trained
        cls.run_folder, cls.model = cls.shared / "run", cls.shared / "model"

    def ok(self, *arguments, **options):
        result = support.run(*arguments, **options)
        self.assertEqual(result.code, 0, result)
        return result

    def test_train_ends_with_one_object(self):
        self.assertEqual(len(self.trained.out.strip().splitlines()), 1, self.trained)
        summary = self.trained.json()
        self.assertLessEqual({"status", "output_dir", "best_step", "validation", "test", "train_seconds", "tokens_per_second"}, set(summary))
        self.assertEqual(summary["status"], "finished")
        self.assertEqual(summary["output_dir"], str(self.run_folder))
        self.assertGreater(summary["test"]["accuracy"], 0.8, "the tiny model learns")
        self.assertGreater(summary["tokens_per_second"], 0)
        self.assertIn("loss", summary["validation"])

    def test_evaluate_gives_every_metric_with_its_interval(self):
        from sklearn.metrics import classification_report, confusion_matrix

        report = self.ok("evaluate", self.run_folder, "--split", "test", "--json").json()
        lines = (self.run_folder / "predictions" / "test.jsonl").read_text().splitlines()
        predicted = [json.loads(line)["label"] for line in lines]
        gold = [label for _, label in support.sentences(16, seed=4)]
        expected = classification_report(gold, predicted, output_dict=True, zero_division=0)
        metrics = report["metrics"]
        self.assertAlmostEqual(metrics["accuracy"]["value"], expected["accuracy"])
        self.assertLessEqual(metrics["accuracy"]["low"], metrics["accuracy"]["value"])
        self.assertGreaterEqual(metrics["accuracy"]["high"], metrics["accuracy"]["value"])
        by_label = {row["label"]: row for row in report["per_class"]}
        for label in ("negative", "positive"):
            self.assertAlmostEqual(by_label[label]["recall"], expected[label]["recall"])
            self.assertAlmostEqual(by_label[label]["f1"], expected[label]["f1-score"])
            self.assertEqual(by_label[label]["support"], 8)
        matrix = next(value for key, value in report.items() if "confusion" in key)
        self.assertEqual(matrix["counts"], confusion_matrix(gold, predicted, labels=matrix["labels"]).tolist())
        from_file = self.ok("evaluate", self.run_folder, "--data", self.shared / "test.tsv", "--json").json()
        self.assertEqual(from_file["metrics"], metrics)
        self.assertIn("accuracy", self.ok("evaluate", self.run_folder).out)

    def test_evaluate_what_the_run_does_not_have(self):
        self.assert_fails(support.run("evaluate", self.run_folder, "--split", "tset"), support.EXIT_USAGE, "tset")
        config = self.prepare({"data": {"test": None}, "training": {"max_steps": 1}})
        self.train(config)
        self.assert_fails(support.run("evaluate", self.folder / "run", "--split", "test"), support.EXIT_USAGE, "test")

    def test_predict_answers_each_line_before_the_end_of_input(self):
        process = support.start("predict", self.run_folder, stdin=subprocess.PIPE, stderr=subprocess.DEVNULL)
        try:
            for text in ("good happy film", "awful sad book", "", "a" * 5000):
                process.stdin.write(text.encode() + b"\n")
                process.stdin.flush()
                ready, _, _ = select.select([process.stdout], [], [], 20)
                self.assertTrue(ready, f"no answer to {text[:20]!r} while the input is still open")
                answer = json.loads(process.stdout.readline())
                self.assertAlmostEqual(sum(answer["scores"].values()), 1.0, places=5)
            process.stdin.close()
            self.assertEqual(process.stdout.read(), b"")
            self.assertEqual(process.wait(timeout=20), 0)
        finally:
            process.kill()
            process.stdout.close()
            process.wait()

    def test_predict_keeps_the_order_of_a_thousand_lines(self):
        rows = support.sentences(1000, seed=21)
        lines = "\n".join(text for text, _ in rows)  # the last one without a newline
        together = [json.loads(line) for line in self.ok("predict", self.run_folder, stdin=lines).out.splitlines()]
        self.assertEqual(len(together), 1000)
        self.assertGreater(sum(a["label"] == label for a, (_, label) in zip(together, rows)), 800)
        for number in (0, 63, 64, 999):
            alone = self.ok("predict", self.run_folder, stdin=rows[number][0]).json()
            self.assertEqual(alone, together[number], "the neighbours of a text never change its scores")
        labels = self.ok("predict", self.run_folder, "--format", "text", stdin=lines).out.splitlines()
        self.assertEqual(labels, [answer["label"] for answer in together])

    def test_predict_reads_files(self):
        rows = support.sentences(30, seed=22)
        expected = self.ok("predict", self.run_folder, stdin="\n".join(text for text, _ in rows)).out
        support.write_tsv(self.folder / "with.tsv", rows)
        support.write_csv(self.folder / "without.csv", [(text,) for text, _ in rows], header=("body",))
        found = self.ok("predict", self.run_folder, "--data", self.folder / "with.tsv")
        self.assertEqual(found.out, expected)
        found = self.ok("predict", self.run_folder, "--data", self.folder / "without.csv", "--text-column", "body")
        self.assertEqual(found.out, expected)
        absent = support.run("predict", self.run_folder, "--data", self.folder / "absent.tsv")
        self.assertIn(absent.code, (support.EXIT_USAGE, support.EXIT_DATA, support.EXIT_IO), absent)
        self.assertIn("absent.tsv", absent.err)

    def test_predict_of_nothing_is_nothing(self):
        self.assertEqual(self.ok("predict", self.run_folder, stdin="").out, "")

    def test_a_line_that_is_no_text_is_refused_by_its_number(self):
        for bad, words in ((b"gr\xfc\xdf", "not valid UTF-8"), (b"good\0film", "NUL")):
            for arguments in ([], ["--data", "-"]):
                result = support.run("predict", self.run_folder, *arguments, stdin=b"sentence\ngood film\n" + bad + b"\nfine\n")
                self.assert_fails(result, support.EXIT_DATA, "standard input:3", words)

    def test_a_line_that_should_be_a_pair_and_is_none_is_refused(self):
        for line, words in (("good film", "found 0"), ("good\tfilm\tbook", "found 2")):
            stdin = f"good\tfilm\n{line}\n"
            self.assert_fails(support.run("predict", self.run_folder, "--pairs", stdin=stdin), support.EXIT_DATA, "standard input:2", words)
            self.assert_fails(support.run("tokenize", self.model, "--pair", stdin=stdin), support.EXIT_DATA, "standard input:2", words)
        self.assertEqual(len(self.ok("predict", self.run_folder, "--pairs", stdin="good\tfilm\nbad\t\n").out.splitlines()), 2)

    def test_tokenize_repairs_bytes_and_says_so_once(self):
        lines = [b"good"] * 20000
        lines[150] = lines[19000] = b"g\xffd"
        lines[7] = b"good\0film"
        found = self.ok("tokenize", self.model, "--ids", stdin=b"\n".join(lines))
        expected = self.ok("tokenize", self.model, "--ids", stdin=b"\n".join(line.replace(b"\xff", "\ufffd".encode()) for line in lines))
        self.assertEqual(found.out, expected.out)
        for words in ("2 lines held bytes that are not UTF-8, read as U+FFFD; first: line 151\n", "1 line held NUL bytes", "first: line 8\n"):
            self.assertEqual(found.err.count(words), 1, found)
        self.assertNotIn("UTF-8", expected.err)
        self.assertEqual(self.ok("tokenize", self.model, stdin="Größe\n").err, "")

    def test_names_of_labels_cannot_act_on_a_terminal(self):
        exported = self.folder / "exported"
        self.ok("export", self.run_folder, exported)
        path = exported / "config.json"
        settings = json.loads(path.read_text())
        names = {"0": "\x1b[31mone\nline\u009b", "1": "other\x07"}
        settings.update(id2label=names, label2id={name: int(number) for number, name in names.items()})
        path.write_text(json.dumps(settings))
        lines = "\n".join(text for text, _ in support.sentences(20, seed=5))
        out = self.ok("predict", exported, "--format", "text", stdin=lines).out
        self.assertEqual(set(out.split("\n")[:-1]), {"\\x1b[31mone line\\x9b", "other\\x07"})
        self.assertEqual({answer["label"] for answer in map(json.loads, self.ok("predict", exported, stdin=lines).out.splitlines())},
                         set(names.values()))

    def test_command_lines_that_cannot_be_read(self):
        for arguments, words in (
                (["--nosuch"], "unknown option '--nosuch'"), (["compare"], "unknown command 'compare'. Commands: train, "),
                (["trian"], "did you mean train?"), (["train", "--resum", self.config], "did you mean --resume?"),
                (["train", self.config, "--resume", "foo"], "--resume: expected auto, must or never, found 'foo'; see 'finetune train --help'"),
                (["train", self.config, "--resume", "2"], "found '2'"), (["train", self.config, "--progress", "1"], "expected auto, on or off"),
                (["predict", self.run_folder, "--format", "1"], "--format: expected json or text, found '1'"),
                (["predict", self.run_folder, "--n-best", "0"], "--n-best: expected a whole number from 1 to 1000, found '0'"),
                (["tokenize", self.model, "--max-length", "0"], "--max-length: expected a whole number from 1"),
                (["score", "a", "b", "--samples", "few"], "--samples: expected a whole number from 0"),
                (["train", self.config, "--training.batch_size", "5"], "--training.batch_size=VALUE"),
                (["schema", "training.batch_size=5"], "takes no overrides")):
            with self.subTest(str(arguments)):
                self.assert_fails(support.run(*arguments), support.EXIT_USAGE, words)
        scored = support.run("score", "absent", "absent", "--seed=5")  # an option of score, though a key of configs too
        self.assertIn("cannot open 'absent'", scored.err)

    def test_tokenize_gives_what_transformers_gives(self):
        import transformers

        tokenizer = transformers.AutoTokenizer.from_pretrained(self.model)
        texts = [text for text, _ in support.sentences(20, seed=23)] + ["", "  ", "GOOD, caf\u00e9 \U0001f600 x\u4e2dy!", "cables boxing zq"]
        lines = "\n".join(texts) + "\n"
        full = [json.loads(line) for line in self.ok("tokenize", self.model, stdin=lines).out.splitlines()]
        ids = self.ok("tokenize", self.model, "--ids", "--no-special", stdin=lines).out.split("\n")[:-1]
        self.assertEqual((len(full), len(ids)), (len(texts), len(texts)))
        for text, ours, plain in zip(texts, full, ids):
            theirs = tokenizer(text, return_offsets_mapping=True)
            self.assertEqual(ours["ids"], theirs["input_ids"], text)
            self.assertEqual(ours["tokens"], tokenizer.convert_ids_to_tokens(theirs["input_ids"]), text)
            self.assertEqual([tuple(pair) for pair in ours["offsets"]], theirs["offset_mapping"], text)
            self.assertEqual([int(i) for i in plain.split()], tokenizer(text, add_special_tokens=False)["input_ids"], text)
        with_special = self.ok("tokenize", self.model, "--ids", stdin=lines).out
        decoded = self.ok("tokenize", self.model, "--decode", stdin=with_special).out.split("\n")[:-1]
        self.assertEqual(decoded[0], tokenizer.decode(full[0]["ids"]))
        self.assertEqual(self.ok("tokenize", self.model / "tokenizer.json", stdin=lines).out.count("\n"), len(texts))
        bad = support.run("tokenize", self.model, "--decode", stdin="1 2 99999\n")
        self.assert_fails(bad, support.EXIT_DATA, "99999")

    def test_inspect_knows_everything_we_write_and_read(self):
        best = self.run_folder / "best"
        for path in (self.run_folder, best, self.model, self.model / "tokenizer.json", self.model / "vocab.txt",
                     best / "model.safetensors", best / "optimizer.safetensors", self.shared / "train.tsv",
                     self.run_folder / "all_results.json", self.config):
            with self.subTest(str(path)):
                self.assertTrue(json.loads(self.ok("inspect", path, "--json").out))
                self.assertGreater(len(self.ok("inspect", path).out), 20)
        from safetensors import safe_open

        weights = self.ok("inspect", self.model / "model.safetensors", "--json").json()["weights"]
        with safe_open(self.model / "model.safetensors", "pt") as file:
            shapes = {name: file.get_slice(name).get_shape() for name in file.keys()}
        self.assertEqual({t["name"]: t["shape"] for t in weights["tensors"]}, shapes)
        for path in (self.folder / "absent", self.folder):
            self.assert_fails(support.run("inspect", path), support.EXIT_USAGE, str(path))

    def test_schema_accepts_our_configs_and_refuses_others(self):
        import jsonschema

        schema = json.loads(self.ok("schema").out)
        self.assertIn("draft-07", schema["$schema"])
        jsonschema.Draft7Validator.check_schema(schema)
        settings = json.loads(self.config.read_text())
        for path in [*sorted((support.ROOT / "configs").glob("*.json")), self.config, self.run_folder / "config.json"]:
            jsonschema.validate(json.loads(path.read_text()), schema, cls=jsonschema.Draft7Validator)
        for change in ({"nonsense": 1}, {"training": {"batch_size": "8"}}, {"seed": 1.5}):
            with self.assertRaises(jsonschema.ValidationError):
                jsonschema.validate(support.merged(settings, change), schema, cls=jsonschema.Draft7Validator)

    def test_explain(self):
        result = self.ok("explain", "training.batch_size")
        for words in ("training.batch_size", "32", "integer"):
            self.assertIn(words, result.out)
        self.assertIn("learning_rate", self.ok("explain", "optimizer").out)
        self.assert_fails(support.run("explain", "training.batch_sise"), support.EXIT_USAGE, "batch_size")

    def test_a_rendered_config_repeats_the_run(self):
        rendered = self.ok("render", self.config, "seed=5", "training.num_train_epochs=1").out
        again = self.folder / "rendered.json"
        again.write_text(rendered)
        self.assertEqual(json.loads(rendered)["seed"], 5)
        self.assertEqual(self.ok("render", again).out, rendered)
        self.train(self.config, "seed=5", "training.num_train_epochs=1", "output_dir=one", cwd=self.folder)
        self.train(again, "output_dir=two", cwd=self.folder)
        self.train(self.folder / "one" / "config.json", "output_dir=three", cwd=self.folder)
        losses = [[e["loss"] for e in support.events(self.folder / name)] for name in ("one", "two", "three")]
        self.assertEqual(len(losses[0]), 32)
        self.assertEqual(losses[0], losses[1])
        self.assertEqual(losses[0], losses[2])

    def test_three_forms_of_an_override(self):
        for form in (["--set", "training.batch_size=5"], ["training.batch_size=5"], ["--training.batch_size=5"], ["--set=training.batch_size=5"]):
            self.assertEqual(json.loads(self.ok("render", self.config, *form).out)["training"]["batch_size"], 5, form)
        both = self.ok("render", self.config, "--seed=8", "about=a=b c", "task.labels=[\"x\",\"y\"]").out
        self.assertEqual([json.loads(both)[key] for key in ("seed", "about")], [8, "a=b c"])
        self.assertEqual(json.loads(both)["task"]["labels"], ["x", "y"])

    def test_validate_help_and_version(self):
        self.ok("validate", self.config)
        for command in ("train", "evaluate", "predict", "export", "inspect", "tokenize", "validate", "render", "schema", "explain"):
            text = self.ok(command, "--help").out
            self.assertIn(f"finetune {command}", text)
            self.assertIn("Examples", text)
            self.assertEqual("--set KEY=VALUE" in text, command in ("train", "validate", "render"), command)
            self.assertEqual("--allow-unused" in text, command in ("train", "evaluate", "predict", "export"), command)
        self.assertRegex(self.ok("--version").out, r"finetune \d+\.\d+.*LibTorch 2\..*CUDA.*instruction sets of the processor: \S")

    def test_progress_lines_without_a_terminal(self):
        config = self.prepare({"training": {"max_steps": 3}})
        quiet = self.ok("train", config, "--progress", "off", "-q", "output_dir=quiet", cwd=self.folder)
        self.assertEqual(quiet.err, "")
        plain = self.ok("train", config, "output_dir=plain", cwd=self.folder)
        self.assertNotIn("\r", plain.err)
        self.assertNotIn("\x1b", plain.err)
        self.assertRegex(plain.err, r"step 3/3.*loss")


if __name__ == "__main__":
    support.main()
