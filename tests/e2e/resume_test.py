"""A run that was interrupted anywhere and started again ends with the bytes of one that was not."""

import contextlib
import json
import os
import pathlib
import random
import shutil
import signal
import subprocess
import tempfile
import threading
import time

import support

NUM_KILLS = int(os.environ.get("FINETUNE_KILLS", "10"))
CHANGES = {  # everything random is on: dropout, accumulation, grouping by length, best model, clipping
    "training": {"num_train_epochs": 6, "batch_size": 4, "gradient_accumulation_steps": 2, "max_grad_norm": 0.5},
    "data": {"group_by_length": True},
    "evaluation": {"every": "15 steps"},
    "checkpoints": {"every": "7 steps"},
}
TEXT_CHANGES = {  # also: batches by tokens, a vocabulary trained at the start, texts written while training
    "training": {"num_train_epochs": 8, "batch_size": None, "batch_tokens": 300, "gradient_accumulation_steps": 2,
                 "max_grad_norm": 0.5},
    "evaluation": {"every": "15 steps", "decode_every": "30 steps"},
    "checkpoints": {"every": "7 steps"},
}
SAMPLING_CHANGES = {  # also: texts that are cut anew each epoch
    **TEXT_CHANGES,
    "model": {"tokenizer": {"train": "unigram", "vocab_size": 36}},
    "data": {"subword_sampling": {"alpha": 0.2}},
}
ROWS = 250  # of classification: 32 updates an epoch, the last of them on fewer rows


def final_state(run_folder):
    """The bytes that must be equal: weights and moments of the last checkpoint, the best step, texts written on the way."""
    last = run_folder / "last"
    samples = run_folder / "samples.jsonl"
    return {
        "step": os.readlink(last),
        "best": os.readlink(run_folder / "best"),
        "weights": (last / "model.safetensors").read_bytes(),
        "moments": (last / "optimizer.safetensors").read_bytes(),
        "samples": samples.read_bytes() if samples.exists() else b"",
    }


def last_step(run_folder):
    """The step of the last whole line of the log, 0 without one."""
    log = run_folder / "metrics.jsonl"
    lines = log.read_bytes().split(b"\n") if log.exists() else []
    return json.loads(lines[-2])["step"] if len(lines) > 1 else 0


class Interrupted:
    """What holds for a run of any task. A class that is one of these says with prepare_run() which run it is."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.shared = pathlib.Path(tempfile.mkdtemp(prefix="finetune-e2e-resume-"))
        cls.addClassCleanup(shutil.rmtree, cls.shared, True)
        cls.config = cls.prepare_run(cls())
        begin = time.monotonic()
        process = support.start("train", cls.config, "--output_dir=whole", cwd=cls.shared)
        support.wait_for(lambda: last_step(cls.shared / "whole") > 0, pause=0.002)
        cls.seconds_to_start = time.monotonic() - begin
        _, err = process.communicate(timeout=60)
        assert process.returncode == 0, err.decode()
        cls.whole = cls.shared / "whole"
        cls.expected = final_state(cls.whole)
        cls.updates = json.loads((cls.whole / "trainer_state.json").read_text())["global_step"]

    def setUp(self):
        super().setUp()
        self.random = random.Random(20240229)

    def assert_equals_uninterrupted(self, run_folder):
        found = final_state(run_folder)
        self.assertEqual(found["step"], f"checkpoint-{self.updates}")
        self.assertEqual(found["best"], self.expected["best"])
        for name in ("weights", "moments", "samples"):
            self.assertTrue(found[name] == self.expected[name], f"{name} differ in {run_folder}")
        steps = [event["step"] for event in support.events(run_folder)]
        self.assertEqual(steps, list(range(1, self.updates + 1)))
        losses = [event["loss"] for event in support.events(run_folder)]
        self.assertEqual(losses, [event["loss"] for event in support.events(self.whole)])

    def kill(self, run_folder):
        """Starts the run and kills it a few steps on, between two steps, in a save, or while it still starts."""
        reached = int(os.readlink(run_folder / "last").split("-")[1]) if (run_folder / "last").is_symlink() else 0
        process = support.start("train", self.config, f"--output_dir={run_folder}")
        if self.random.random() < 0.2:
            time.sleep(self.random.uniform(0.0, self.seconds_to_start))
        else:
            target = reached + self.random.randint(1, 30)
            support.wait_for(lambda: last_step(run_folder) >= target or process.poll() is not None, pause=0.002)
            time.sleep(self.random.uniform(0.0, 0.06))
        process.kill()
        _, err = process.communicate(timeout=60)
        return process.returncode, err.decode()

    def test_an_uninterrupted_run_gives_the_same_bytes_twice(self):
        self.train(self.config, "output_dir=again", cwd=self.folder)
        self.assert_equals_uninterrupted(self.folder / "again")

    def test_killed_at_random_moments(self):
        kills = runs = 0
        while kills < NUM_KILLS:
            runs += 1
            run_folder = self.folder / f"killed-{runs}"
            while kills < NUM_KILLS:
                code, err = self.kill(run_folder)
                if code == 0:
                    break
                self.assertEqual(code, -signal.SIGKILL, err)
                kills += 1
            self.train(self.config, f"--output_dir={run_folder}")
            self.assert_equals_uninterrupted(run_folder)
            left = [path.name for path in run_folder.iterdir() if path.name.startswith((".tmp", ".trash"))]
            self.assertEqual(left, [])
        print(f"{kills} kills in {runs} runs", flush=True)


class Classification(Interrupted, support.Case):
    def prepare_run(self):
        return self.prepare(CHANGES, rows=ROWS, folder=self.shared)

    def test_it_has_the_updates_that_its_rows_make(self):
        self.assertEqual(self.updates, 192)

    def test_another_seed_gives_other_bytes(self):
        self.train(self.config, "output_dir=other", "seed=4", cwd=self.folder)
        self.assertNotEqual(final_state(self.folder / "other")["weights"], self.expected["weights"])

    def test_terminated_at_random_moments_saves_and_exits_75(self):
        run_folder = self.folder / "terminated"
        num_preempted = 0
        for number in [signal.SIGTERM, signal.SIGINT, signal.SIGUSR1, signal.SIGTERM]:
            process = support.start("train", self.config, f"--output_dir={run_folder}")
            log = run_folder / "metrics.jsonl"
            before = log.stat().st_size if log.exists() else 0
            self.assertTrue(support.wait_for(lambda: log.exists() and log.stat().st_size > before + 2000, pause=0.001))
            time.sleep(self.random.uniform(0.0, 0.1))
            process.send_signal(number)
            out, err = process.communicate(timeout=60)
            self.assertEqual(process.returncode, support.EXIT_PREEMPTED, err.decode())
            num_preempted += 1
            state = json.loads((run_folder / "last" / "trainer_state.json").read_text())
            self.assertEqual(state["global_step"], support.events(run_folder)[-1]["step"], "saved where it stopped")
        self.assertEqual(num_preempted, 4)
        summary = self.train(self.config, f"--output_dir={run_folder}", "--resume", "must")
        self.assertEqual(summary["steps"], self.updates)
        self.assert_equals_uninterrupted(run_folder)

    def test_a_preempted_run_says_so_under_json(self):
        process = support.start("train", self.config, "--json", "--output_dir=stopped", cwd=self.folder)
        self.assertTrue(support.wait_for((self.folder / "stopped" / "checkpoint-7").exists, pause=0.001))
        process.send_signal(signal.SIGTERM)
        out, err = process.communicate(timeout=60)
        self.assertEqual(process.returncode, support.EXIT_PREEMPTED, err.decode())
        self.assertEqual(json.loads(out)["status"], "preempted")

    def test_a_signal_while_it_reads_its_data_ends_it_with_nothing_saved(self):
        """The training data has no end here: who does not look for signals while reading never stops."""
        config = self.prepare({**CHANGES, "data": {"train": "-"}})
        rows = "".join("\t".join(row) + "\n" for row in support.sentences(1000)).encode()
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGUSR1):
            with self.subTest(number.name), open(self.folder / "out", "w+") as out, open(self.folder / "err", "w+") as err:
                process = support.start("train", config, "--json", stdin=subprocess.PIPE, stdout=out, stderr=err)
                fed = []

                def feed():
                    try:
                        process.stdin.write(b"sentence\tlabel\n")
                        while True:
                            process.stdin.write(rows)
                            fed.append(len(rows))
                    except BrokenPipeError:
                        pass

                feeder = threading.Thread(target=feed)
                feeder.start()
                self.assertTrue(support.wait_for(lambda: sum(fed) > 1 << 20), "more than a pipe holds has been read")
                process.send_signal(number)
                try:
                    process.wait(timeout=20)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()
                feeder.join()
                with contextlib.suppress(BrokenPipeError):
                    process.stdin.close()
                out.seek(0), err.seek(0)
                said = err.read()
                self.assertEqual(process.returncode, support.EXIT_PREEMPTED, said)
                self.assertIn("nothing is saved yet", said)
                summary = json.loads(out.read())
                self.assertEqual((summary["status"], summary["steps"]), ("preempted", 0))
                self.assert_no_checkpoint(self.folder / "run")

    def test_a_signal_while_it_trains_a_vocabulary_ends_it_before_there_is_one(self):
        words = ["".join(self.random.choices("abcdefghijklmnopqrstuvwxyz", k=self.random.randint(3, 9))) for _ in range(20000)]
        config = self.prepare_texts({"model": {"tokenizer": {"train": "unigram", "vocab_size": 8000, "class": None}}})
        for side in ("en", "de"):
            (self.folder / f"train.{side}").write_text("".join(" ".join(self.random.choices(words, k=8)) + "\n" for _ in range(20000)))
        process = support.start("train", config)
        said = b""
        while b"training a tokenizer" not in said:
            self.assertTrue(part := os.read(process.stderr.fileno(), 4096), said)
            said += part
        vocabulary = self.folder / "run" / "tokenizer"
        self.assertTrue((vocabulary / "source.txt.tmp").exists())
        process.send_signal(signal.SIGTERM)
        _, err = process.communicate(timeout=60)
        self.assertEqual(process.returncode, support.EXIT_PREEMPTED, err.decode())
        self.assertIn("nothing is saved yet", err.decode())
        self.assertEqual([str(path) for path in vocabulary.rglob("*") if path.is_file()], [])

    def test_a_second_signal_ends_it_at_once(self):
        config = self.prepare({**CHANGES, "training": {"num_train_epochs": 100000, "batch_size": 4}})
        process = support.start("train", config, "--output_dir=twice", cwd=self.folder)
        self.assertTrue(support.wait_for((self.folder / "twice" / "last").exists))
        for number in (signal.SIGSTOP, signal.SIGTERM, signal.SIGINT, signal.SIGCONT):  # no time to save between the two
            process.send_signal(number)
        _, err = process.communicate(timeout=60)
        self.assertIn(process.returncode, (128 + signal.SIGTERM, 128 + signal.SIGINT), err.decode())


class Translation(Interrupted, support.Case):
    def prepare_run(self):
        return self.prepare_texts(TEXT_CHANGES, rows=300, folder=self.shared)

    def test_it_is_long_enough_to_be_interrupted_and_writes_texts_on_the_way(self):
        self.assertGreater(self.updates, 60)
        self.assertGreater(len(self.expected["samples"].splitlines()), 4)


class SubwordSampling(Interrupted, support.Case):
    def prepare_run(self):
        return self.prepare_texts(SAMPLING_CHANGES, rows=300, folder=self.shared)

    def test_what_is_drawn_is_learned_from(self):
        self.train(self.config, "output_dir=usual", "data.subword_sampling=null", cwd=self.folder)
        self.assertNotEqual(final_state(self.folder / "usual")["weights"], self.expected["weights"])
        tokens = [json.loads((folder / "trainer_state.json").read_text())["num_input_tokens_seen"]
                  for folder in (self.whole, self.folder / "usual")]
        self.assertNotEqual(tokens[0], tokens[1], "the tokens that were drawn are counted")


if __name__ == "__main__":
    support.main()
