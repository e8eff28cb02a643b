"""What is wrong with a config, a model or an output folder is found before anything slow, with the documented exit code."""

import json
import os
import pathlib
import pwd
import subprocess
import unittest

import support


class BadConfig(support.Case):
    def validate(self, text):
        path = self.folder / "bad.json"
        path.write_text(text)
        return support.run("validate", path)

    def test_every_error_at_once_with_line_key_and_nearest_name(self):
        config = self.prepare()
        text = config.read_text()
        text = text.replace('"batch_size": 8', '"batch_sise": 8').replace('"learning_rate": 0.005', '"learning_rate": "1e-4"')
        text = text.replace('"keep_last": 2', '"keep_last": -1')
        result = self.assert_fails(self.validate(text), support.EXIT_USAGE, "batch_sise", "batch_size", "learning_rate", "keep_last")
        numbers = {key: 1 + text[: text.index(key)].count("\n") for key in ("batch_sise", '"learning_rate"', "keep_last")}
        for key, number in numbers.items():
            self.assertRegex(result.err, rf"\b{number}\b", key)
        trained = support.run("train", self.folder / "bad.json")
        self.assert_fails(trained, support.EXIT_USAGE, "batch_sise", "keep_last")
        self.assertFalse((self.folder / "run").exists(), "nothing is made for a config that is wrong")

    def test_what_the_task_cannot_have_is_found_before_its_data_is_read(self):
        self.prepare()
        settings = support.merged(support.SMALL_RUN, {"evaluation": {"metric": "bleu"}, "early_stopping": {"metric": "mae"},
                                                      "generation": {"num_beams": 5}})
        text = json.dumps(settings, indent=2)
        result = self.assert_fails(self.validate(text), support.EXIT_USAGE, "3 errors")
        for key, value in (("evaluation.metric", '"bleu"'), ("early_stopping.metric", '"mae"'), ("generation.num_beams", '"num_beams"')):
            self.assertRegex(result.err, rf"line {1 + text[: text.index(value)].count(chr(10))}, column \d+: {key}:")
        self.assert_fails(support.run("train", self.folder / "bad.json"), support.EXIT_USAGE, "3 errors")
        self.assertFalse((self.folder / "run").exists(), "nothing is made for a config that is wrong")
        text = json.dumps(support.merged(support.SMALL_RUN, {"task": {"problem": "regression"}}))
        self.assert_fails(self.validate(text), support.EXIT_USAGE, "evaluation.metric", "'accuracy'", "pearson")

    def test_what_strict_json_refuses(self):
        good = json.dumps({**support.SMALL_RUN, "model": {"path": "model"}})
        self.prepare()
        cases = {
            "duplicate key": good.replace('"seed": 3', '"seed": 3, "seed": 4'),
            "comment": good.replace('"seed": 3', '/* the seed */ "seed": 3'),
            "trailing comma": good[:-1] + ",}",
            "too large a number": good.replace("0.005", "1e400"),
            "NaN": good.replace("0.005", "NaN"),
            "cut off": good[: len(good) // 2],
            "no object": "[1, 2]",
            "empty": "",
            "deep": "[" * 100000,
            "not UTF-8": good.replace("classification", "classific\udcff"),
            "fraction": good.replace('"seed": 3', '"seed": 3.5'),
            "negative": good.replace('"batch_size": 8', '"batch_size": -8'),
            "zero steps": good.replace('"batch_size": 8', '"batch_size": 8, "max_steps": 0'),
            "no train file": good.replace('"train": "train.tsv", ', ""),
            "exclude each other": good.replace('"batch_size": 8', '"batch_size": 8, "batch_tokens": 100'),
        }
        for name, text in cases.items():
            with self.subTest(name):
                path = self.folder / "bad.json"
                path.write_bytes(text.encode(errors="surrogateescape"))
                self.assertNotEqual(text, good)
                result = support.run("validate", path, timeout=20)
                self.assert_fails(result, support.EXIT_USAGE, "bad.json")
                self.assertEqual(result.out, "")

    def test_names_that_hugging_face_users_type(self):
        self.prepare()
        text = json.dumps({**support.SMALL_RUN, "training": {"per_device_train_batch_size": 16}})
        self.assert_fails(self.validate(text), support.EXIT_USAGE, "per_device_train_batch_size", "batch_size", "16")

    def test_subword_sampling_that_cannot_be(self):
        config = self.prepare({"data": {"subword_sampling": {}}})
        result = self.assert_fails(support.run("train", config), support.EXIT_USAGE, "data.subword_sampling.source", "WordPiece")
        self.assert_no_checkpoint(self.folder / "run")
        self.assertNotIn("internal", result.err)
        text = json.dumps({**support.SMALL_RUN, "task": {"type": "language_modeling"},
                           "data": {"train": "train.txt", "subword_sampling": {"alpha": 2}}})
        self.assert_fails(self.validate(text), support.EXIT_USAGE, "data.subword_sampling", "language_modeling")
        text = json.dumps(support.merged(support.SMALL_RUN, {"data": {"subword_sampling": {"alphs": 0.1}}}))
        self.assert_fails(self.validate(text), support.EXIT_USAGE, "alphs", '"alpha": 0.1')

    def test_wrong_usage(self):
        config = self.prepare()
        for arguments in (["trian", config], ["train"], ["train", config, "--nonsense"], [], ["train", config, "training.batch_sise=2"],
                          ["train", config, "--set", "training.batch_size"], ["train", config, "training.batch_size=many"],
                          ["train", self.folder / "absent.json"], ["train", self.folder], ["train", config, "--resume", "perhaps"],
                          ["schema", "training.batch_size=2"]):
            with self.subTest(arguments=[str(a) for a in arguments]):
                self.assert_fails(support.run(*arguments), support.EXIT_USAGE)


class BadOutputFolder(support.Case):
    def test_a_file_stands_where_the_run_folder_should_be(self):
        config = self.prepare()
        (self.folder / "run").write_text("mine")
        result = support.run("train", config)
        self.assertIn(result.code, (support.EXIT_USAGE, support.EXIT_IO), result)
        self.assertIn(str(self.folder / "run"), result.err)
        self.assertEqual((self.folder / "run").read_text(), "mine")

    def test_the_parent_is_a_file(self):
        config = self.prepare({"output_dir": "train.tsv/run"})
        result = support.run("train", config)
        self.assertIn(result.code, (support.EXIT_USAGE, support.EXIT_IO), result)
        self.assertIn("train.tsv/run", result.err)

    def test_missing_parents_are_made(self):
        config = self.prepare({"output_dir": "a/b/c", "training": {"max_steps": 1}})
        self.train(config)
        self.assertTrue((self.folder / "a/b/c/last/model.safetensors").exists())

    @unittest.skipIf(not pathlib.Path("/sys").is_dir() or os.access("/sys/new", os.W_OK), "no folder that nobody can write to")
    def test_no_permission_to_write(self):
        config = self.prepare({"output_dir": "/sys/finetune-run"})
        result = support.run("train", config)
        self.assertIn(result.code, (support.EXIT_USAGE, support.EXIT_IO), result)
        self.assertIn("/sys/finetune-run", result.err)

    @unittest.skipIf(os.geteuid() != 0, "only root can become somebody else")
    def test_a_folder_of_somebody_else(self):

        config = self.prepare()
        (self.folder / "run").mkdir(mode=0o755)
        for path in [self.folder, *self.folder.rglob("*")]:
            path.chmod(0o755 if path.is_dir() else 0o644)
        nobody = pwd.getpwnam("nobody").pw_uid
        done = subprocess.run([support.program(), "train", str(config)], user=nobody, group=nobody, capture_output=True,
                              env=support.environment(), timeout=60)
        if done.returncode in (126, 127):
            self.skipTest("the program lies where only root can reach it")
        result = support.Result(["train"], done.returncode, done.stdout.decode(), done.stderr.decode())
        self.assertIn(result.code, (support.EXIT_USAGE, support.EXIT_IO), result)
        self.assertIn(str(self.folder / "run"), result.err)
        self.assertEqual(list((self.folder / "run").iterdir()), [])

    @unittest.skipIf(os.geteuid() != 0, "only root can become somebody else")
    def test_a_folder_that_was_ours_and_takes_no_new_file(self):
        """The lock of an earlier start can still be written: that alone must not let a run begin."""
        config = self.prepare()
        run_folder = self.folder / "run"
        run_folder.mkdir()
        (run_folder / ".lock").touch()
        nobody = pwd.getpwnam("nobody").pw_uid
        for path in [self.folder, *self.folder.rglob("*")]:
            path.chmod(0o755 if path.is_dir() else 0o644)
            os.chown(path, nobody, nobody)
        run_folder.chmod(0o555)
        done = subprocess.run([support.program(), "train", str(config), "model.path=absent"], user=nobody, group=nobody,
                              capture_output=True, env=support.environment(), timeout=60)
        if done.returncode in (126, 127):
            self.skipTest("the program lies where only root can reach it")
        result = support.Result(["train"], done.returncode, done.stdout.decode(), done.stderr.decode())
        self.assert_fails(result, support.EXIT_IO, str(run_folder), "Permission denied")
        self.assertNotIn("absent", result.err, "the folder is looked at before the model")
        self.assertEqual([path.name for path in run_folder.iterdir()], [".lock"])


if __name__ == "__main__":
    support.main()
