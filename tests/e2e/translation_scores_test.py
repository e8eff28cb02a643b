"""`translate --score`: how likely a model finds given translations, held to the loss that transformers gives them."""

import json

import support
import text_models

PAIRS = [("w1 w2 w3", "w4 w5"), ("w9", "w10 w11 w12 w13 w14"), ("w20 w21 w22 w23 w24", "w1"), ("w5 w5", "w5 w5 w5")]


class TranslationScores(support.Case):
    def setUp(self):
        super().setUp()
        self.model = text_models.make_bart(self.folder / "bart")
        self.lines = "".join(f"{source}\t{target}\n" for source, target in PAIRS)

    def ok(self, *arguments, **options):
        result = support.run("translate", self.model, "--score", *arguments, **options)
        self.assertEqual(result.code, 0, result)
        return result.out.splitlines()

    def test_scores_equal_those_of_transformers(self):
        import torch

        model, tokenizer = text_models.load(self.model)
        answers = [json.loads(line) for line in self.ok("--format=json", stdin=self.lines)]
        self.assertEqual(len(answers), len(PAIRS))
        for (source, target), answer in zip(PAIRS, answers):
            labels = tokenizer(target, return_tensors="pt")["input_ids"]
            with torch.no_grad():
                loss = model(**tokenizer(source, return_tensors="pt"), labels=labels).loss.item()
            self.assertEqual(answer["num_tokens"], labels.numel())
            self.assertAlmostEqual(answer["log_probability"], -loss * labels.numel(), delta=1e-4 * labels.numel())
            self.assertAlmostEqual(answer["mean_log_probability"], -loss, delta=1e-4)
        text = [line.split("\t") for line in self.ok(stdin=self.lines)]
        self.assertEqual([(float(a), int(b), float(c)) for a, b, c in text],
                         [(a["log_probability"], a["num_tokens"], a["mean_log_probability"]) for a in answers])

    def test_files_of_three_kinds_give_the_same(self):
        expected = self.ok(stdin=self.lines)
        support.write_pairs(self.folder, "test", PAIRS)
        self.assertEqual(self.ok("--data", self.folder / "test.en", "--target", self.folder / "test.de"), expected)
        table = support.write_tsv(self.folder / "own.tsv", PAIRS, header=("source", "target"))
        self.assertEqual(self.ok("--data", table), expected)
        table = support.write_tsv(self.folder / "other.tsv", PAIRS, header=("en", "de"))
        self.assertEqual(self.ok("--data", table, "--text-column", "en", "--label-column", "de"), expected)

    def test_the_sum_over_a_file_is_the_loss_of_evaluate(self):
        support.write_pairs(self.folder, "test", PAIRS)
        answers = [json.loads(line) for line in self.ok("--format=json", stdin=self.lines)]
        files = ["--data", self.folder / "test.en", "--target", self.folder / "test.de"]
        report = support.run("evaluate", self.model, *files, "--json").json()
        loss = -sum(a["log_probability"] for a in answers) / sum(a["num_tokens"] for a in answers)
        found = report["metrics"]["loss"]
        self.assertAlmostEqual(found["value"], loss, places=5)
        for name in ("loss", "perplexity", "token_accuracy", "bleu", "chrf++", "exact_match"):
            metric = report["metrics"][name]
            self.assertLessEqual(metric["low"], metric["value"], name)
            self.assertGreaterEqual(metric["high"], metric["value"], name)
        self.assertLess(found["low"], found["high"])

    def test_what_cannot_be_scored_is_named(self):
        for line in ("w1 w2", "w1\t", "w1\t  "):
            result = support.run("translate", self.model, "--score", stdin=f"w1\tw2\n{line}\n")
            self.assert_fails(result, support.EXIT_DATA, "line 2", "tab")
        damaged = support.run("translate", self.model, "--score", stdin="w1\tw2\nw1\tw\0\n")
        self.assert_fails(damaged, support.EXIT_DATA, "standard input:2", "NUL")
        long = support.run("translate", self.model, "--score", stdin="w1\t" + "w2 " * 70 + "\n")
        self.assert_fails(long, support.EXIT_DATA, "line 1", "longer than what the model can write")
        self.assert_fails(support.run("translate", self.model, "--score", "num_beams=2", stdin=self.lines), support.EXIT_USAGE, "num_beams")
        gpt2 = text_models.make_gpt2(self.folder / "gpt2")
        self.assert_fails(support.run("translate", gpt2, "--score", stdin=self.lines), support.EXIT_USAGE, "finetune generate")

    def test_plain_text_without_its_target_asks_for_it(self):
        (self.folder / "s.txt").write_text("w1\nw2\n")
        for command in (("evaluate",), ("translate", "--score")):
            result = support.run(command[0], self.model, *command[1:], "--data", self.folder / "s.txt")
            self.assert_fails(result, support.EXIT_USAGE, "s.txt", "--target")
        table = support.write_tsv(self.folder / "pairs.tsv", PAIRS, header=("source", "target"))
        self.assertEqual(support.run("evaluate", self.model, "--data", table).code, 0, "the columns of the task are the default")


if __name__ == "__main__":
    support.main()
