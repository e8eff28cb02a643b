"""finetune score: what it prints equals sacreBLEU, and what it refuses."""

import random
import unittest

import support

try:
    import sacrebleu
    from sacrebleu.metrics import BLEU, CHRF, TER
    from sacrebleu.significance import PairedTest
except ImportError:
    sacrebleu = None

WORDS = "der die das Hund Katze läuft springt schnell, langsam. und 3.5 Männer am See heute".split()


def texts(seed, lines=40):
    draw = random.Random(seed)
    return [" ".join(draw.choice(WORDS) for _ in range(draw.randint(3, 15))) for _ in range(lines)]


def changed(lines, seed):
    draw = random.Random(seed)
    return [" ".join(word if draw.random() < 0.8 else draw.choice(WORDS) for word in line.split()) for line in lines]


@unittest.skipIf(sacrebleu is None, "sacrebleu is absent; run scripts/setup.sh --tests")
class Score(support.Case):
    def setUp(self):
        super().setUp()
        self.first = texts(1)
        self.streams = [self.first, changed(self.first, 2)]
        self.system, self.other = changed(self.first, 3), changed(self.first, 4)
        self.files = {name: self.folder / f"{name}.txt" for name in ("system", "other", "ref1", "ref2")}
        for name, lines in zip(self.files, (self.system, self.other, *self.streams)):
            self.files[name].write_text("\n".join(lines) + "\n")

    def score(self, *arguments):
        paths = [self.files["system"], self.files["ref1"], self.files["ref2"]]
        result = support.run("score", *paths, *arguments)
        self.assertEqual(result.code, 0, result)
        return result

    def test_json_equals_sacrebleu(self):
        report = self.score("--metric", "bleu,chrf++,ter", "--json").json()
        self.assertEqual(report["num_sentences"], 40)
        for found, metric in zip(report["metrics"], (BLEU(), CHRF(word_order=2), TER())):
            expected = metric.corpus_score(self.system, self.streams, n_bootstrap=1000)
            self.assertAlmostEqual(found["score"], expected.score, delta=1e-9)
            self.assertEqual(found["signature"], str(metric.get_signature()))
            self.assertAlmostEqual(found["mean"], float(expected._mean), delta=1e-9)
            self.assertAlmostEqual(found["half_width"], float(expected._ci), delta=1e-9)
            low, high = found["interval"]
            self.assertTrue(low <= found["score"] <= high)

    def test_lines_are_those_of_sacrebleu(self):
        lines = self.score("--tokenize", "intl", "--lowercase").out.splitlines()
        for line, metric in zip(lines, (BLEU(tokenize="intl", lowercase=True), CHRF(lowercase=True), TER())):
            expected = metric.corpus_score(self.system, self.streams, n_bootstrap=1000)
            self.assertEqual(line, expected.format(signature=str(metric.get_signature())))
        self.assertEqual(len(lines), 3)

    def test_two_systems_are_tested_as_by_sacrebleu(self):
        report = self.score("--compare", self.files["other"], "--samples", 300, "--trials", 500, "--json").json()
        for found, name, metric in zip(report["metrics"], ("BLEU", "chrF2", "TER"), (BLEU(), CHRF(), TER())):
            for kind, count, key in (("bs", 300, "bootstrap_p_value"), ("ar", 500, "randomization_p_value")):
                systems = [("baseline", self.other), ("system", self.system)]
                _, results = PairedTest(systems, {name: metric}, self.streams, kind, count)()
                self.assertEqual(found["compare"][key], results[name][1].p_value)
            self.assertAlmostEqual(found["compare"]["score"], results[name][0].score, delta=1e-9)

    def test_a_system_against_itself(self):
        report = self.score("--compare", self.files["system"], "--json").json()
        for found in report["metrics"]:
            self.assertEqual(found["compare"]["difference"], 0.0)
            self.assertIsNone(found["compare"]["bootstrap_p_value"])

    def test_every_line_gets_its_score(self):
        found = self.score("--metric", "bleu", "--sentences", "--samples", 0, "--json").json()["metrics"][0]
        metric = BLEU(effective_order=True)
        expected = [metric.sentence_score(h, r).score for h, *r in zip(self.system, *self.streams)]
        for value, wanted in zip(found["sentences"], expected, strict=True):
            self.assertAlmostEqual(value, wanted, delta=1e-9)
        self.assertNotIn("interval", found)

    def test_bad_input_is_named(self):
        short, broken, empty = (self.folder / name for name in ("short.txt", "broken.txt", "empty.txt"))
        short.write_text("one line\n")
        broken.write_bytes(b"fine\n" * 39 + b"\xff\n")
        empty.write_text("")
        system = self.files["system"]
        self.assert_fails(support.run("score", system, short), support.EXIT_DATA, "short.txt has 1 lines", "has 40")
        self.assert_fails(support.run("score", system, broken), support.EXIT_DATA, "broken.txt:40", "UTF-8")
        self.assert_fails(support.run("score", empty, empty), support.EXIT_DATA, "empty.txt", "empty")
        self.assert_fails(support.run("score", system, self.folder / "none.txt"), support.EXIT_IO, "none.txt")
        self.assert_fails(support.run("score", system, system, "--metric", "blue"), support.EXIT_USAGE, "did you mean bleu")
        self.assert_fails(support.run("score", system, system, "--tokenize", "spm"), support.EXIT_USAGE, "13a, intl")
        self.assert_fails(support.run("score", system, system, "--smooth", "x"), support.EXIT_USAGE, "add-k")
        self.assert_fails(support.run("score", system), support.EXIT_USAGE, "references")


if __name__ == "__main__":
    support.main()
