"""Data as it comes: rows that cannot be used, sets that are too small, labels that cannot be learned."""

import json
import os
import resource
import subprocess

import support

GOOD = support.sentences(40, seed=5)


class BadData(support.Case):
    def setUp(self):
        super().setUp()
        self.config = self.prepare({"training": {"max_steps": 4}})

    def refused(self, *mentions, code=support.EXIT_DATA, arguments=()):
        result = support.run("train", self.config, *arguments, timeout=30)
        self.assert_fails(result, code, *mentions)
        self.assert_no_checkpoint(self.folder / "run")
        return result

    def report(self, split):
        return json.loads((self.folder / "run" / "data_report.json").read_text())["splits"][split]

    def bad_lines(self):
        """A training file of 40 good rows with one bad line of each kind in it; (file, numbers of the bad lines)."""
        lines = ["sentence\tlabel"] + ["\t".join(row) for row in GOOD]
        lines = [line.encode() for line in lines]
        bad = [b"bad \xff\xfe bytes\tpositive", b"a NUL \0 here\tpositive", b"a field is missing", b"one\ttoo\tmany", b"\tpositive",
               b"no label\t"]
        numbers = []
        for place, line in zip((3, 8, 15, 20, 30, 40), bad):
            lines.insert(place, line)
            numbers.append(place + 1)
        (self.folder / "train.tsv").write_bytes(b"\n".join(lines) + b"\n")
        return numbers

    def test_a_bad_row_is_named_with_file_and_line(self):
        numbers = self.bad_lines()
        self.refused(f"train.tsv:{numbers[0]}")

    def test_bad_rows_are_skipped_counted_and_limited(self):
        numbers = self.bad_lines()
        self.train(self.config, "data.on_bad_row=skip")
        train = self.report("train")
        self.assertEqual((train["rows_read"], train["rows_kept"]), (46, 40), train)
        self.assertEqual(sum(train["rows_bad"].values()), len(numbers), train)
        self.assertLessEqual({"invalid_utf8", "nul", "empty_text"}, set(train["rows_bad"]))
        limited = support.run("train", self.config, "data.on_bad_row=skip", "data.max_bad_rows=5", f"output_dir={self.folder}/two")
        self.assert_fails(limited, support.EXIT_DATA, f"train.tsv:{numbers[-1]}", "5")

    def test_bad_rows_are_put_aside(self):
        numbers = self.bad_lines()
        self.train(self.config, "data.on_bad_row=quarantine")
        rows = [json.loads(line) for line in (self.folder / "run" / "quarantine-train.jsonl").read_text().splitlines()]
        self.assertEqual([row["line"] for row in rows], numbers)

    def test_bom_and_crlf_change_nothing(self):
        self.train(self.config, "output_dir=plain", cwd=self.folder)
        data = (self.folder / "train.tsv").read_bytes()
        (self.folder / "train.tsv").write_bytes(b"\xef\xbb\xbf" + data.replace(b"\n", b"\r\n"))
        self.train(self.config, "output_dir=other", cwd=self.folder)
        losses = [[e["loss"] for e in support.events(self.folder / name)] for name in ("plain", "other")]
        self.assertEqual(*losses)

    def test_csv_and_jsonl_give_the_losses_of_tsv(self):
        rows = support.sentences(64, seed=1)
        support.write_csv(self.folder / "train.csv", rows)
        support.write_jsonl(self.folder / "train.jsonl", rows)
        losses = []
        for kind in ("tsv", "csv", "jsonl"):
            self.train(self.config, f"data.train={self.folder}/train.{kind}", f"output_dir={self.folder}/{kind}")
            losses.append([e["loss"] for e in support.events(self.folder / kind)])
        self.assertEqual(losses[0], losses[1])
        self.assertEqual(losses[0], losses[2])

    def test_bad_jsonl_and_csv(self):
        cases = {
            "lone.jsonl": '{"sentence": "a \\ud800 b", "label": "x"}\n', "type.jsonl": '{"sentence": 5, "label": "x"}\n',
            "cut.jsonl": '{"sentence": "a b", "lab', "twice.jsonl": '{"sentence": "a", "sentence": "b", "label": "x"}\n',
            "absent.jsonl": '{"label": "x"}\n', "nan.jsonl": '{"sentence": "a", "label": NaN}\n',
            "quote.csv": 'sentence,label\ngood,x\n"open quote,y\n', "ragged.csv": "sentence,label\ngood,x\nbad,y,z\n",
        }
        for name, text in cases.items():
            with self.subTest(name):
                (self.folder / name).write_text(text)
                self.refused(name, arguments=[f"data.train={self.folder / name}"])

    def test_plain_text_has_no_labels(self):
        plain = self.folder / "plain.txt"
        plain.write_text("a good film\na bad film\n")
        for split in ("train", "validation", "test"):
            for problem in ("single_label", "multi_label", "regression"):
                with self.subTest(split=split, problem=problem):
                    self.refused(f"data.{split}", "no column for the label", code=support.EXIT_USAGE,
                                 arguments=[f"data.{split}={plain}", f"task.problem={problem}"])
        self.train(self.config)
        result = support.run("evaluate", self.folder / "run", "--data", plain)
        self.assert_fails(result, support.EXIT_DATA, "plain.txt", "no column for the label")
        self.assertEqual(len(support.run("predict", self.folder / "run", "--data", plain).out.splitlines()), 2)

    def test_the_advice_on_a_file_of_a_command_names_its_options(self):
        self.train(self.config)
        (self.folder / "rows.tsv").write_text("text\tlabel\na film\tpositive\n")
        (self.folder / "rows.jsonl").write_text('{"text": "a film", "label": "positive"}\n')
        for name in ("rows.tsv", "rows.jsonl"):
            for command in ("evaluate", "predict"):
                with self.subTest(name=name, command=command):
                    result = support.run(command, self.folder / "run", "--data", self.folder / name)
                    self.assert_fails(result, support.EXIT_DATA, name, "sentence", "--text-column")
                    self.assertNotIn("data.", result.err)

    def test_a_json_array_is_told_from_lines(self):
        (self.folder / "array.json").write_text('[\n  {"sentence": "a", "label": "x"}\n]\n')
        self.refused("array.json:1", "one object a line", arguments=[f"data.train={self.folder}/array.json"])

    def test_columns_that_are_not_there(self):
        self.refused("train.tsv", "sentense", "sentence", arguments=["data.text_column=sentense"])
        result = support.run("train", self.config, "data.label_column=gold")
        self.assertIn(result.code, (support.EXIT_DATA, support.EXIT_USAGE), result)
        self.assertIn("gold", result.err)

    def test_nothing_to_learn_from(self):
        for name, text in {"empty file": "", "header only": "sentence\tlabel\n", "one class": "sentence\tlabel\na\tx\nb\tx\n"}.items():
            with self.subTest(name):
                (self.folder / "train.tsv").write_text(text)
                self.refused("train.tsv" if name != "one class" else "class")

    def test_an_unknown_label_in_the_validation_set(self):
        support.write_tsv(self.folder / "validation.tsv", [("good film", "positive"), ("bad film", "terrible")])
        self.refused("validation.tsv:3", "terrible")

    def test_fewer_rows_than_a_batch(self):
        support.write_tsv(self.folder / "train.tsv", GOOD[:3])
        summary = self.train(self.config)
        self.assertEqual(summary["steps"], 2, "two epochs of one small batch")

    def test_files_that_are_not_there(self):
        result = support.run("train", self.config, f"data.train={self.folder}/absent.tsv")
        self.assertIn(result.code, (support.EXIT_USAGE, support.EXIT_DATA, support.EXIT_IO), result)
        self.assertIn("absent.tsv", result.err)
        self.assert_no_checkpoint(self.folder / "run")

    def test_truncated_texts_are_counted(self):
        self.train(self.config, "data.max_length=6")
        from transformers import AutoTokenizer

        tokenizer = AutoTokenizer.from_pretrained(self.folder / "model")
        expected = sum(len(tokenizer(text)["input_ids"]) > 6 for text, _ in support.sentences(64, seed=1))
        self.assertEqual(self.report("train")["truncated_rows"], expected)
        self.assertGreater(expected, 10)

    def test_a_row_without_end_needs_no_memory(self):
        path = self.folder / "train.tsv"
        with open(path, "ab") as file:
            file.write(b"good film\tpositive\n")
            file.truncate(3 << 30)  # 3 GiB of NUL in one sparse row
        limit = lambda: resource.setrlimit(resource.RLIMIT_DATA, (2 << 30, 2 << 30))
        done = subprocess.run([support.program(), "train", str(self.config)], capture_output=True, preexec_fn=limit, timeout=60,
                              env=support.environment())
        result = support.Result(["train"], done.returncode, done.stdout.decode(), done.stderr.decode())
        self.assert_fails(result, support.EXIT_DATA, "train.tsv:67")

    def test_pipes_and_devices(self):
        fifo = self.folder / "fifo.tsv"
        os.mkfifo(fifo)
        writer = subprocess.Popen(["cp", self.folder / "train.tsv", fifo])
        self.train(self.config, f"data.train={fifo}")
        self.assertEqual(writer.wait(timeout=10), 0)
        for path in ("/dev/zero", str(self.folder)):
            with self.subTest(path):
                result = support.run("train", self.config, f"data.train={path}", f"output_dir={self.folder}/x", timeout=20)
                self.assertIn(result.code, (support.EXIT_USAGE, support.EXIT_DATA, support.EXIT_IO), result)
                self.assertIn(path, result.err)

    def test_standard_input_as_training_data(self):
        data = (self.folder / "train.tsv").read_bytes()
        result = support.run("train", self.config, "data.train=-", "--json", stdin=data)
        self.assertEqual(result.code, 0, result)


if __name__ == "__main__":
    support.main()
