"""translate, generate, predict and evaluate with a model that writes texts, as a script uses them."""

import json
import pathlib
import select
import shutil
import subprocess
import tempfile

import support

LINES = [source for source, _ in support.pairs(150, seed=21)]


class TextCommands(support.Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.shared = pathlib.Path(tempfile.mkdtemp(prefix="finetune-e2e-text-"))
        cls.addClassCleanup(shutil.rmtree, cls.shared, True)
        cls.config = cls().prepare_texts(folder=cls.shared)
        cls.trained = support.run("train", cls.config, "--json")
        assert cls.trained.code == 0, cls.trained
        cls.run_folder = cls.shared / "run"
        cls.exported = cls.shared / "exported"
        assert support.run("export", cls.run_folder, cls.exported).code == 0

    def ok(self, *arguments, **options):
        result = support.run(*arguments, **options)
        self.assertEqual(result.code, 0, result)
        return result

    def answers(self, *arguments, lines=LINES):
        """One object for each line."""
        out = self.ok(*arguments, stdin="\n".join(lines) + "\n").out.splitlines()
        self.assertEqual(len(out), len(lines))
        return [json.loads(line) for line in out]

    def test_three_commands_and_three_kinds_of_folder_answer_alike(self):
        expected = [answer["translation"] for answer in self.answers("predict", self.run_folder)]
        lines = "\n".join(LINES) + "\n"
        for model in (self.run_folder, self.run_folder / "best", self.exported):
            for command in ("translate", "generate"):
                with self.subTest(f"{command} {model.name}"):
                    self.assertEqual(self.ok(command, model, stdin=lines).out.splitlines(), expected)
        as_json = self.answers("translate", self.exported, "--format", "json")
        self.assertEqual([answer["translation"] for answer in as_json], expected)
        as_text = self.ok("predict", self.run_folder, "--format", "text", stdin=lines).out.splitlines()
        self.assertEqual(as_text, expected)

    def test_each_line_is_answered_in_order_while_the_input_is_open(self):
        expected = self.answers("predict", self.run_folder, lines=LINES[:4])
        process = support.start("translate", self.run_folder, stdin=subprocess.PIPE, stderr=subprocess.DEVNULL)
        try:
            for line, answer in zip(LINES, expected):
                process.stdin.write(line.encode() + b"\n")
                process.stdin.flush()
                ready, _, _ = select.select([process.stdout], [], [], 20)
                self.assertTrue(ready, "no answer while the input is still open")
                self.assertEqual(process.stdout.readline().decode().rstrip("\n"), answer["translation"])
            process.stdin.close()
            self.assertEqual(process.wait(timeout=20), 0)
        finally:
            process.kill()
            process.stdout.close()
            process.wait()

    def test_a_long_input_needs_no_more_memory_than_a_short_one(self):
        data = self.folder / "many.tsv"
        peaks = {}
        for count in (2000, 22000):
            rows = [(LINES[number % len(LINES)],) for number in range(count)]
            support.write_tsv(data, rows, header=("source",))
            for name, arguments, stdin in (("lines", [], "\n".join(row[0] for row in rows)), ("file", ["--data", data], "")):
                result = support.run("translate", self.run_folder, "num_beams=1", "max_new_tokens=4", *arguments, stdin=stdin,
                                     timeout=200, wrapper=("/usr/bin/env", "python3", "-c", PEAK, str(self.folder / "peak")))
                self.assertEqual(result.code, 0, result)
                self.assertEqual(len(result.out.splitlines()), count)
                peaks[name, count] = int((self.folder / "peak").read_text())
        for name in ("lines", "file"):
            # 20,000 rows of text, tokens and answers are 6 MB or more; the allocator's own play is about one
            self.assertLess(peaks[name, 22000] - peaks[name, 2000], 3000, f"KiB more for eleven times the {name}")

    def test_the_best_texts(self):
        answers = self.answers("translate", self.run_folder, "--n-best", "3", "--format", "json", lines=LINES[:5])
        for answer in answers:
            scores = [one["score"] for one in answer["n_best"]]
            self.assertEqual(len(scores), 3)
            self.assertEqual(scores, sorted(scores, reverse=True))
            self.assertEqual(answer["n_best"][0], {"text": answer["translation"], "score": answer["score"]})
        out = self.ok("translate", self.run_folder, "--n-best", "3", stdin="\n".join(LINES[:5])).out.splitlines()
        expected = [[str(number), one["text"]] for number, answer in enumerate(answers, 1) for one in answer["n_best"]]
        self.assertEqual([[line.split("\t")[0], line.split("\t")[2]] for line in out], expected)
        self.assertEqual([float(line.split("\t")[1]) for line in out],
                         [one["score"] for answer in answers for one in answer["n_best"]])
        one = self.ok("translate", self.run_folder, "--n-best", "1", stdin=LINES[0]).out.split("\t")
        self.assertEqual(one[0], "1")
        refused = support.run("translate", self.run_folder, "--n-best", "3", "num_beams=2", stdin="one\n")
        self.assert_fails(refused, support.EXIT_USAGE, "num_beams")

    def test_beams_equal_those_of_transformers(self):
        import torch
        import transformers

        model = transformers.AutoModelForSeq2SeqLM.from_pretrained(self.exported).eval()
        tokenizer = transformers.AutoTokenizer.from_pretrained(self.exported)
        for settings in ({"num_beams": 4, "length_penalty": 0.6}, {"num_beams": 2, "early_stopping": True}, {"num_beams": 1}):
            with self.subTest(str(settings)):
                given = [f"{key}={json.dumps(value)}" for key, value in settings.items()]
                ours = self.ok("translate", self.exported, *given, stdin="\n".join(LINES[:20])).out.splitlines()
                for line, text in zip(LINES[:20], ours):
                    with torch.no_grad():
                        ids = model.generate(**tokenizer(line, return_tensors="pt"), **settings, max_new_tokens=24)
                    self.assertEqual(text, tokenizer.decode(ids[0], skip_special_tokens=True))

    def test_forms_of_a_setting_and_their_precedence(self):
        one = self.ok("translate", self.run_folder, "max_new_tokens=2", stdin=LINES[0]).out
        for form in (["--max_new_tokens=2"], ["generation.max_new_tokens=2"], ["--set", "generation.max_new_tokens=2"]):
            self.assertEqual(self.ok("translate", self.run_folder, *form, stdin=LINES[0]).out, one, form)
        self.assertNotEqual(self.ok("translate", self.run_folder, stdin=LINES[0]).out, one)
        inspected = self.ok("inspect", self.run_folder, "--json").json()["run"]["model"]["generation"]
        self.assertEqual((inspected["num_beams"], inspected["max_new_tokens"]), (2, 24))
        settings = self.exported / "generation_config.json"
        own = json.loads(settings.read_text())
        self.assertEqual((own["num_beams"], own["max_new_tokens"]), (2, 24))
        changed = self.folder / "changed"
        shutil.copytree(self.exported, changed)
        (changed / "generation_config.json").write_text(json.dumps({**own, "max_new_tokens": 2}))
        self.assertEqual(self.ok("translate", changed, stdin=LINES[0]).out, one)
        self.assertNotEqual(self.ok("translate", changed, "max_new_tokens=24", stdin=LINES[0]).out, one)

    def test_sampling_is_a_function_of_the_seed(self):
        draw = lambda *more: self.ok("translate", self.run_folder, "do_sample=true", "temperature=3.0", "num_beams=1", *more,
                                     stdin="\n".join(LINES)).out
        self.assertEqual(draw("seed=5"), draw("--seed=5"))
        self.assertNotEqual(draw("seed=5"), draw("seed=6"))

    def test_what_is_drawn_for_a_line_does_not_depend_on_how_it_comes(self):
        lines = [LINES[0]] * 70 + LINES[:60]
        draw = ["translate", self.run_folder, "do_sample=true", "temperature=3.0", "num_beams=1", "seed=7"]
        whole = self.ok(*draw, stdin="\n".join(lines)).out.split("\n")[:-1]
        self.assertEqual(len(whole), 130)
        self.assertGreater(len(set(whole[:70])), 60, "equal lines are drawn for again and again")
        process = support.start(*draw, stdin=subprocess.PIPE, stderr=subprocess.DEVNULL)
        answers = []
        for begin, end in ((0, 1), (1, 3), (3, 130)):
            process.stdin.write("".join(line + "\n" for line in lines[begin:end]).encode())
            process.stdin.flush()
            answers += [process.stdout.readline().decode(errors="replace").rstrip("\n") for _ in range(begin, end)]
        process.communicate(timeout=20)
        self.assertEqual(answers, whole)
        (self.folder / "lines.txt").write_text("\n".join(lines))
        self.assertEqual(self.ok(*draw, "--data", self.folder / "lines.txt").out.split("\n")[:-1], whole)

    def test_line_n_answers_line_n_of_a_file_with_blank_lines(self):
        lines = f"{LINES[0]}\n\n{LINES[1]}\n  \n"
        (self.folder / "gaps.txt").write_text(lines)
        out = self.ok("translate", self.run_folder, "--data", self.folder / "gaps.txt").out
        self.assertEqual(len(out.splitlines()), 4)
        self.assertEqual(out, self.ok("translate", self.run_folder, stdin=lines).out)

    def test_rows_before_a_bad_one_are_answered(self):
        support.write_tsv(self.folder / "bad.tsv", [(LINES[0], "x"), (LINES[1], "x"), ("", "x")], header=("source", "target"))
        result = support.run("translate", self.run_folder, "--data", self.folder / "bad.tsv")
        self.assertEqual(result.code, support.EXIT_DATA, result)
        self.assertIn("bad.tsv:4", result.err)
        self.assertEqual(result.out, self.ok("translate", self.run_folder, stdin="\n".join(LINES[:2])).out)

    def test_a_reference_longer_than_the_model_is_refused(self):
        for name, text in (("long.en", "one\n"), ("long.de", "eins " * 100 + "\n")):
            (self.folder / name).write_text(text)
        for model in (self.run_folder, self.exported):
            result = support.run("evaluate", model, "--data", self.folder / "long.en", "--target", self.folder / "long.de")
            self.assert_fails(result, support.EXIT_DATA, "long.en:1", "the target has more than 64 tokens")

    def test_evaluate_equals_sacrebleu(self):
        from sacrebleu.metrics import BLEU, CHRF, TER

        report = self.ok("evaluate", self.run_folder, "--split", "test", "--json").json()
        rows = support.pairs(40, seed=4)
        written = self.ok("translate", self.run_folder, stdin="\n".join(source for source, _ in rows)).out.splitlines()
        references = [[target for _, target in rows]]
        for name, metric in (("bleu", BLEU()), ("chrf", CHRF()), ("ter", TER())):
            found = report["metrics"][name]
            expected = metric.corpus_score(written, references, n_bootstrap=1000)
            self.assertAlmostEqual(found["value"], expected.score, places=9, msg=name)
            self.assertAlmostEqual((found["high"] - found["low"]) / 2, expected._ci, places=4, msg=name)
            self.assertEqual(found["signature"], str(metric.get_signature()))
        ids = self.ok("tokenize", self.run_folder / "best", "--ids", stdin="\n".join(s for s, _ in rows)).out.splitlines()
        lengths = [len(line.split()) for line in ids]
        groups = report["by_source_length"]
        self.assertGreater(len(groups), 1)
        self.assertEqual(sum(group["num_examples"] for group in groups), 40)
        for group in groups:
            inside = [i for i, n in enumerate(lengths) if group["least"] <= n <= (group["most"] or 10**9)]
            self.assertEqual(group["num_examples"], len(inside))
            expected = BLEU().corpus_score([written[i] for i in inside], [[references[0][i] for i in inside]]).score
            self.assertAlmostEqual(group["metrics"]["bleu"], expected, places=9)
        from_files = self.ok("evaluate", self.exported, "--data", self.shared / "test.en", "--target", self.shared / "test.de",
                             "--json").json()
        self.assertEqual(from_files["metrics"], report["metrics"])
        text = self.ok("evaluate", self.run_folder, "--split", "test").out
        for words in ("95 % interval", "bleu|nrefs:1|bs:1000|seed:12345", "source tokens", "11-20"):
            self.assertIn(words, text)
        greedy = self.ok("evaluate", self.run_folder, "--split", "test", "max_new_tokens=1", "--json").json()
        self.assertLess(greedy["metrics"]["bleu"]["value"], report["metrics"]["bleu"]["value"])

    def test_two_runs_are_compared_by_what_they_wrote(self):
        reports = {}
        for name, more in (("good", []), ("bad", ["max_new_tokens=3"])):
            out = self.ok("translate", self.run_folder, *more, stdin="\n".join(s for s, _ in support.pairs(40, seed=4))).out
            (self.folder / f"{name}.txt").write_text(out)
        result = self.ok("score", self.folder / "good.txt", self.shared / "test.de", "--compare", self.folder / "bad.txt",
                         "--metric", "bleu", "--json", cwd=self.folder).json()
        compared = result["metrics"][0]["compare"]
        self.assertLess(compared["bootstrap_p_value"], 0.05)
        self.assertLess(compared["randomization_p_value"], 0.05)

    def test_a_language_model_goes_on_from_prompts(self):
        (self.folder / "train.txt").write_text("to be or not to be\n" * 60)
        config = self.write_config(support.merged(support.TEXT_RUN, {
            "model": {"type": "gpt2", "config": {"n_embd": 32, "n_layer": 1, "n_head": 2, "n_positions": 32},
                      "tokenizer": {"train": "byte-bpe", "vocab_size": 257}},
            "task": {"type": "language_modeling", "label_smoothing": 0.0},
            "data": {"train": "train.txt", "validation": "train.txt", "test": None, "max_length": 24, "cache": False},
            "evaluation": {"metric": "loss", "every": "5 epochs", "decode_examples": None},
            "training": {"num_train_epochs": 20}, "generation": {"max_new_tokens": 8, "num_beams": None}}), self.folder / "run.json")
        self.train(config)
        out = self.ok("generate", self.folder / "run", stdin="to be or\nnot to\n").out.splitlines()
        self.assertEqual(len(out), 2)
        self.assertTrue(" not to be".startswith(out[0][:5]), out)
        answer = self.ok("generate", self.folder / "run", "--format", "json", "--n-best", "2", stdin="to be or\n").json()
        self.assertEqual(len(answer["n_best"]), 2)
        self.assertEqual(set(answer), {"text", "score", "n_best"})
        self.assert_fails(support.run("translate", self.folder / "run", stdin="x\n"), support.EXIT_USAGE, "finetune generate")
        empty = support.run("generate", self.folder / "run", stdin="to be or\n\nnot to\n")
        self.assertEqual((empty.code, empty.out.splitlines()), (support.EXIT_DATA, out[:1]), empty)
        self.assertIn("line 2", empty.err)
        (self.folder / "prompts.txt").write_text("to be or\n\n")
        empty = support.run("generate", self.folder / "run", "--data", self.folder / "prompts.txt")
        self.assertEqual((empty.code, empty.out.splitlines()), (support.EXIT_DATA, out[:1]), empty)
        self.assertIn("prompts.txt:2", empty.err)
        one = self.ok("generate", self.folder / "run", stdin="to be or\nt\n").out.splitlines()
        self.assertEqual((len(one), one[0]), (2, out[0]))
        long = self.ok("generate", self.folder / "run", stdin="be or not " * 10 + "to be or\nto be or\n")
        self.assertEqual((len(long.out.splitlines()), long.out.splitlines()[1]), (2, out[0]))
        self.assertIn("were cut", long.err)

    def test_a_model_that_writes_nothing_is_refused(self):
        labels = self.folder / "labels"
        support.make_model(labels, classifier=True)
        for command in ("translate", "generate"):
            self.assert_fails(support.run(command, labels, stdin="x\n"), support.EXIT_USAGE, "classification", "finetune predict")
        self.assert_fails(support.run("predict", labels, "--n-best", "2", stdin="x\n"), support.EXIT_USAGE, "classification")
        self.assert_fails(support.run("predict", labels, "num_beams=2", stdin="x\n"), support.EXIT_USAGE, "classification")

    def test_settings_that_are_wrong_are_named(self):
        for setting, words in (("num_beams=0", "generation.num_beams"), ("num_beems=2", "num_beams"),
                               ("training.batch_size=3", "training"), ("top_p=0.5", "do_sample"),
                               ("forced_bos_token_id=300", "forced_bos_token_id"), ("min_new_tokens=64", "min_new_tokens")):
            with self.subTest(setting):
                for command in ("translate", "evaluate"):
                    self.assert_fails(support.run(command, self.run_folder, setting, stdin="one\n"), support.EXIT_USAGE, words)

    def test_help_has_examples(self):
        for command in ("translate", "generate", "predict", "evaluate", "score"):
            text = self.ok(command, "--help").out
            self.assertIn("Examples", text)
            self.assertIn(f"  finetune {command} ", text)
        self.assertIn("num_beams=5", self.ok("translate", "--help").out)


PEAK = """
import resource, subprocess, sys
code = subprocess.call(sys.argv[2:])
open(sys.argv[1], "w").write(str(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss))
sys.exit(code)
"""


if __name__ == "__main__":
    support.main()
