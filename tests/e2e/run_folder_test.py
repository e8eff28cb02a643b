"""The run folder and resuming: locks, damaged checkpoints, changed configs and data, divergence, exports."""

import json
import os
import shutil
import signal
import subprocess
import time

import support


class RunFolder(support.Case):
    def short(self, **changes):
        return self.prepare(support.merged({"training": {"max_steps": 6}, "checkpoints": {"every": "2 steps"},
                                            "evaluation": {"every": "2 steps"}}, changes))

    def bytes_of(self, run_folder):
        last = run_folder / "last"
        return (last / "model.safetensors").read_bytes(), (last / "optimizer.safetensors").read_bytes()

    def test_a_second_run_on_the_same_folder_is_refused_at_once(self):
        config = self.prepare({"training": {"num_train_epochs": 100000}, "checkpoints": {"every": "1000 steps"},
                               "evaluation": {"every": "1000 steps"}, "logging": {"every": "100 steps"}})
        first = support.start("train", config, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        try:
            self.assertTrue(support.wait_for(lambda: (self.folder / "run" / "last").exists()))
            begin = time.monotonic()
            second = support.run("train", config)
            self.assertLess(time.monotonic() - begin, 1.0 if (os.getloadavg()[0] < os.cpu_count()) else 5.0)
            self.assert_fails(second, support.EXIT_BUSY, f"{first.pid}", str(self.folder / "run"))
            self.assertIsNone(first.poll(), "the first run goes on")
            size = (self.folder / "run" / "metrics.jsonl").stat().st_size
            self.assertTrue(support.wait_for(lambda: (self.folder / "run" / "metrics.jsonl").stat().st_size > size))
        finally:
            first.kill()
            first.wait()
        again = support.start("train", config, stderr=subprocess.PIPE)  # the lock of a dead process holds nobody up
        self.assertTrue(support.wait_for(lambda: b"resuming" in os.read(again.stderr.fileno(), 65536)))
        again.kill()
        again.communicate()

    def test_a_flipped_bit_in_any_file_of_a_checkpoint_is_found(self):
        config = self.short()
        self.train(config)
        expected = self.bytes_of(self.folder / "run")
        files = [path.name for path in (self.folder / "run" / "checkpoint-6").iterdir()]
        self.assertIn("manifest.json", files)
        for number, name in enumerate(sorted(files)):
            with self.subTest(name):
                shutil.rmtree(self.folder / "damaged", True)
                shutil.copytree(self.folder / "run", self.folder / "damaged", symlinks=True)
                path = self.folder / "damaged" / "checkpoint-6" / name
                data = bytearray(path.read_bytes())
                data[(number * 7919 + 11) % len(data)] ^= 1 << (number % 7)
                path.write_bytes(data)
                result = support.run("train", config, "--output_dir=damaged", "--json", cwd=self.folder)
                self.assertEqual(result.code, 0, result)
                self.assertIn("passing over", result.err)
                self.assertRegex(result.err, r"resuming from \S*checkpoint-4")
                if name != "manifest.json":  # a damaged list may put the blame on a file in it
                    self.assertIn(name, result.err)
                self.assertTrue(self.bytes_of(self.folder / "damaged") == expected)

    def test_no_checkpoint_is_whole(self):
        config = self.short()
        self.train(config)
        for path in self.folder.glob("run/checkpoint-*/model.safetensors"):
            path.write_bytes(path.read_bytes()[:-1])
        result = support.run("train", config, "--resume", "must")
        self.assert_fails(result, support.EXIT_MODEL, "model.safetensors", "--resume must")

    def test_a_changed_config_is_refused_with_every_key_unless_forced(self):
        config = self.short()
        self.train(config)
        changes = ["optimizer.learning_rate=1e-5", "training.batch_size=4", "training.max_steps=8"]
        refused = support.run("train", config, *changes)
        self.assert_fails(refused, support.EXIT_USAGE, "optimizer.learning_rate", "0.005", "training.batch_size", "--force")
        forced = support.run("train", config, *changes, "--force", "--json")
        self.assertEqual(forced.code, 0, forced)
        self.assertIn("optimizer.learning_rate", forced.err)
        self.assertEqual(forced.json()["steps"], 8)

    def test_a_forced_start_that_saved_nothing_is_not_what_the_run_is_compared_with(self):
        config = self.prepare({"training": {"num_train_epochs": 100000}, "checkpoints": {"every": "100000 steps"},
                               "evaluation": {"every": "100000 steps"}})
        run_folder = self.folder / "run"

        def stop_after_some_steps(number, *changes):
            before = (run_folder / "metrics.jsonl").stat().st_size if run_folder.exists() else 0
            process = support.start("train", config, *changes)
            log = run_folder / "metrics.jsonl"
            self.assertTrue(support.wait_for(lambda: log.exists() and log.stat().st_size > before + 1000))
            process.send_signal(number)
            _, err = process.communicate(timeout=60)
            return process.returncode, err.decode()

        code, err = stop_after_some_steps(signal.SIGTERM)
        self.assertEqual(code, support.EXIT_PREEMPTED, err)
        saved = os.readlink(run_folder / "last")
        code, err = stop_after_some_steps(signal.SIGKILL, "optimizer.learning_rate=0.1", "--force")
        self.assertEqual((code, os.readlink(run_folder / "last")), (-signal.SIGKILL, saved), err)
        self.assertEqual(json.loads((run_folder / "config.json").read_text())["optimizer"]["learning_rate"], 0.1)
        refused = support.run("train", config, "optimizer.learning_rate=0.1")
        self.assert_fails(refused, support.EXIT_USAGE, "optimizer.learning_rate: 0.005 -> 0.1", saved, "--force")
        code, err = stop_after_some_steps(signal.SIGTERM)
        self.assertEqual(code, support.EXIT_PREEMPTED, err)

    def test_a_forced_start_without_a_step_leaves_the_run_what_it_was(self):
        config = self.short()
        first = self.train(config)
        forced = support.run("train", config, "optimizer.learning_rate=1e-4", "--force", "--json")
        self.assertEqual(forced.code, 0, forced)
        again = self.train(config)
        self.assertEqual((again["steps"], again["tokens_per_second"]), (6, first["tokens_per_second"]))
        self.assertGreater(again["tokens_per_second"], 0)
        self.assert_fails(support.run("train", config, "optimizer.learning_rate=1e-4"), support.EXIT_USAGE, "optimizer.learning_rate: 0.005 -> 1e-04")

    def test_a_run_without_its_config_file_is_still_the_same_run(self):
        config = self.short()
        self.train(config)
        (self.folder / "run" / "config.json").unlink()
        self.assert_fails(support.run("train", config, "optimizer.learning_rate=1"), support.EXIT_USAGE, "0.005 -> 1")
        self.assertFalse((self.folder / "run" / "config.json").exists())
        self.train(config)

    def test_the_config_of_its_author_is_never_replaced(self):
        self.prepare()
        own = self.folder / "own"
        own.mkdir()
        paths = {split: str(self.folder / f"{split}.tsv") for split in ("train", "validation", "test")}
        settings = support.merged(support.SMALL_RUN, {"output_dir": ".", "model": {"path": str(self.folder / "model")}, "data": paths})
        text = self.write_config(settings, own / "config.json").read_text()
        refused = support.run("train", own / "config.json", "training.max_steps=1")
        self.assert_fails(refused, support.EXIT_USAGE, "output_dir", str(own / "config.json"))
        self.assertEqual((own / "config.json").read_text(), text)
        self.assertEqual([path.name for path in own.iterdir()], ["config.json"])
        model = (self.folder / "model" / "config.json").read_text()
        self.assert_fails(support.run("train", self.folder / "run.json", "model.path=elsewhere", "output_dir=model", cwd=self.folder),
                          support.EXIT_USAGE, "output_dir")
        self.assertEqual((self.folder / "model" / "config.json").read_text(), model)

    def test_the_config_of_a_run_folder_goes_on_with_the_run(self):
        self.train(self.short())
        again = self.train(self.folder / "run" / "config.json", "training.max_steps=8", "--force")
        self.assertEqual(again["steps"], 8)
        self.assertEqual(self.train(self.folder / "run" / "config.json")["steps"], 8)

    def test_other_batches_at_a_resume_meet_every_row_once(self):
        for number, changes in enumerate((["training.batch_size=4"], ["training.batch_size=16"], ["training.gradient_accumulation_steps=3"],
                                          ["data.group_by_length=false"], ["training.batch_size=null", "training.batch_tokens=64"])):
            with self.subTest(changes):
                config = self.prepare({"training": {"num_train_epochs": 2}, "checkpoints": {"every": "1 steps"}, "output_dir": f"run-{number}"})
                run_folder = self.folder / f"run-{number}"
                process = support.start("train", config)  # 64 rows in batches of 8
                self.assertTrue(support.wait_for(lambda: (run_folder / "checkpoint-3").exists()))
                process.kill()
                process.communicate()
                self.train(config, *changes, "--force")
                state = json.loads((run_folder / "last" / "state.json").read_text())
                self.assertEqual((state["examples"], state["epoch_fraction"]), (128, 2.0))

    def test_damaged_checkpoints_are_put_aside_when_asked(self):
        config = self.short()
        self.train(config)
        damaged = self.folder / "run" / "checkpoint-6"
        (damaged / "model.safetensors").write_bytes(b"?")
        again = support.run("train", config, "--repair", "--json")
        self.assertEqual(again.code, 0, again)
        self.assertIn("damaged-checkpoint-6", again.err)
        self.assertEqual((self.folder / "run" / "damaged-checkpoint-6" / "model.safetensors").read_bytes(), b"?")
        self.assertGreater((damaged / "model.safetensors").stat().st_size, 1000)

    def test_intervals_may_change_at_a_resume(self):
        config = self.short()
        self.train(config)
        result = support.run("train", config, "logging.every=2 steps", "checkpoints.keep_last=1")
        self.assertEqual(result.code, 0, result)

    def test_changed_data_is_refused_unless_allowed(self):
        config = self.short()
        self.train(config)
        with open(self.folder / "train.tsv", "a") as file:
            file.write("one more good film\tpositive\n")
        refused = support.run("train", config)
        self.assert_fails(refused, support.EXIT_DATA, "the training data", self.folder / "train.tsv", "--allow-data-change")
        self.assertNotIn("validation", refused.err)
        self.assertEqual(support.run("train", config, "--allow-data-change").code, 0)

    def test_a_changed_test_set_is_said_and_tested_on(self):
        config = self.short()
        self.train(config)
        self.assertNotIn("test data", support.run("train", config).err)
        with open(self.folder / "test.tsv", "a") as file:
            file.write("one more good film\tpositive\n")
        again = support.run("train", config)
        self.assertEqual(again.code, 0, again)
        self.assertIn(f"the test data ({self.folder / 'test.tsv'}) has changed", again.err)

    def test_resume_from_a_file_or_another_architecture(self):
        config = self.short()
        (self.folder / "file").write_text("mine")
        for place in ("file", "absent"):
            result = support.run("train", config, "--resume", "must", f"--output_dir={place}", cwd=self.folder)
            self.assert_fails(result, support.EXIT_MODEL, "--resume must", place)
        self.assertEqual((self.folder / "file").read_text(), "mine")
        self.assertFalse((self.folder / "absent").exists())
        self.train(config)
        other = support.make_model(self.folder / "other", hidden_size=16, num_attention_heads=2)
        for mode in ("must", "auto"):
            result = support.run("train", config, "--resume", mode, f"model.path={other}")
            self.assert_fails(result, support.EXIT_USAGE, "model.path", "no longer the run")
            result = support.run("train", config, "--resume", mode, "--force", f"model.path={other}")
            self.assert_fails(result, support.EXIT_MODEL, "checkpoint-6", "hidden_size", "16", "32")

    def test_resume_must_and_never(self):
        config = self.short()
        self.assert_fails(support.run("train", config, "--resume", "must"), support.EXIT_MODEL, "--resume must")
        self.assert_no_checkpoint(self.folder / "run")
        fresh = support.run("train", config, "--resume", "never", "--json")
        self.assertEqual(fresh.code, 0, fresh)
        self.assertIn("starting fresh", fresh.err)
        before = self.bytes_of(self.folder / "run")
        self.assert_fails(support.run("train", config, "--resume", "never"), support.EXIT_BUSY, "checkpoint-6")
        again = support.run("train", config, "--resume", "must", "--json")
        self.assertEqual(again.code, 0, again)
        self.assertEqual(self.bytes_of(self.folder / "run"), before)
        self.assertEqual(again.json()["validation"], fresh.json()["validation"])

    def test_old_checkpoints_go_and_the_best_stays(self):
        """Evaluations and saves keep their own time; the best model is saved when it is found."""
        config = self.prepare({"training": {"num_train_epochs": 3}, "checkpoints": {"every": "17 steps", "keep_last": 1},
                               "evaluation": {"every": "12 steps"}}, rows=256)
        summary = self.train(config)
        run_folder = self.folder / "run"
        left = {path.name for path in run_folder.glob("checkpoint-*")}
        self.assertEqual(left, {os.readlink(run_folder / "best"), os.readlink(run_folder / "last")})
        evaluations = [e for e in support.events(run_folder, "evaluation") if e["split"] == "validation"]
        self.assertGreater(evaluations[-1]["accuracy"], 0.8, "the tiny model learns")
        best = max(evaluations, key=lambda e: e["accuracy"])  # of equals the first
        self.assertEqual(os.readlink(run_folder / "best"), f"checkpoint-{best['step']}")
        self.assertEqual(summary["best_step"], best["step"])
        self.assertEqual(summary["validation"]["accuracy"], best["accuracy"])

    def test_a_run_that_diverges_saves_nothing_afterwards(self):
        """The first update ruins the weights, at 1e39 beyond what is finite; whoever saves or judges them must notice."""
        for rate, every, policy in (("1e30", 2, "error"), ("1e30", 1, "error"), ("1e39", 1, "error"), ("1e39", 1, "skip")):
            with self.subTest(rate=rate, every=every, nonfinite=policy):
                config = self.short(schedule={"type": "constant", "warmup": "0 steps"}, checkpoints={"every": f"{every} steps"},
                                    evaluation={"every": f"{every} steps"}, output_dir=f"run-{rate}-{every}-{policy}")
                result = support.run("train", config, f"optimizer.learning_rate={rate}", f"training.nonfinite={policy}", "training.max_grad_norm=0")
                self.assert_fails(result, support.EXIT_DIVERGED, "after 1 updates", "rows" if every == 2 else "not saved")
                run_folder = self.folder / f"run-{rate}-{every}-{policy}"
                self.assert_no_checkpoint(run_folder)
                self.assertFalse((run_folder / "all_results.json").exists() or support.events(run_folder, "evaluation"))

    def test_a_run_that_diverges_keeps_its_good_checkpoints(self):
        config = self.short(training={"max_steps": 2})
        self.train(config)
        before = self.bytes_of(self.folder / "run")
        for every in (1, 100):  # 100: no evaluation that would notice
            broken = support.run("train", config, "training.max_steps=4", "optimizer.learning_rate=1e30", "schedule.type=constant",
                                 "checkpoints.every=1 steps", "checkpoints.keep_last=1", "checkpoints.keep_best=false", "--force",
                                 f"evaluation.every={every} steps")
            self.assert_fails(broken, support.EXIT_DIVERGED, "after 3 updates", "not saved")
            self.assertEqual(self.bytes_of(self.folder / "run"), before)
            self.assertEqual([path.name for path in (self.folder / "run").glob("checkpoint-*")], ["checkpoint-2"])
        self.assertEqual(self.train(config)["steps"], 2)

    def test_exports_never_replace_what_is_not_theirs(self):
        self.train(self.short())
        run_folder, out = self.folder / "run", self.folder / "out"
        self.assertEqual(support.run("export", run_folder, out).code, 0)
        before = (out / "model.safetensors").read_bytes()
        self.assert_fails(support.run("export", run_folder, out), support.EXIT_BUSY, "--overwrite", "out")
        (out / "notes.txt").write_text("mine")
        result = support.run("export", run_folder, out, "--overwrite")
        self.assertEqual(result.code, 0, result)
        self.assertEqual((out / "model.safetensors").read_bytes(), before)
        mine = self.folder / "mine"
        mine.mkdir()
        (mine / "thesis.txt").write_text("years of work")
        for target in (mine, self.folder / "train.tsv", run_folder, run_folder / "checkpoint-6"):
            with self.subTest(str(target)):
                result = support.run("export", run_folder, target, "--overwrite")
                self.assertIn(result.code, (support.EXIT_USAGE, support.EXIT_BUSY), result)
                self.assertTrue(target.exists())
        self.assertEqual((mine / "thesis.txt").read_text(), "years of work")
        self.assertTrue((run_folder / "last" / "model.safetensors").exists())
        self.assertEqual([path.name for path in self.folder.iterdir() if path.name.startswith(".")], [])

    def test_export_while_training(self):
        config = self.prepare({"training": {"num_train_epochs": 100000}, "checkpoints": {"every": "20 steps"},
                               "evaluation": {"every": "1000 steps"}, "logging": {"every": "100 steps"}})
        process = support.start("train", config, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        try:
            self.assertTrue(support.wait_for(lambda: (self.folder / "run" / "last").exists()))
            from safetensors.torch import load_file

            for number in range(5):
                result = support.run("export", self.folder / "run", self.folder / f"out-{number}")
                self.assertEqual(result.code, 0, result)
                self.assertGreater(len(load_file(self.folder / f"out-{number}" / "model.safetensors")), 30)
            self.assertIsNone(process.poll())
        finally:
            process.kill()
            process.wait()


if __name__ == "__main__":
    support.main()
