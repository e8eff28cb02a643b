"""The process dies, or the disk fails, at one chosen system call of a save: nothing reported as saved is lost."""

import json
import os
import re
import shutil
import signal
import subprocess
import unittest

import support

CHANGES = {"training": {"max_steps": 9, "num_train_epochs": None, "batch_size": 4}, "checkpoints": {"every": "3 steps"},
           "evaluation": {"every": "3 steps"}, "logging": {"every": "1 steps", "tensorboard": False}}
CALLS = "write,fsync,fdatasync,rename,renameat,renameat2,symlink,unlink,unlinkat,mkdir"


def strace_problem():
    """Why system calls cannot be tampered with here, or None."""
    if not shutil.which("strace"):
        return "strace is not installed"
    try:
        done = subprocess.run(["strace", "-f", "-qq", "-o", "/dev/null", "-e", "inject=fsync:error=EIO", "true"],
                              capture_output=True, timeout=20)
    except subprocess.TimeoutExpired:
        return "strace does not end here"
    return None if done.returncode == 0 else "ptrace is not permitted: " + done.stderr.decode().strip()[:100]


PROBLEM = strace_problem()


@unittest.skipIf(PROBLEM, f"cannot inject faults into system calls: {PROBLEM}")
class CrashPoints(support.Case):
    def strace(self, *options):
        return ["strace", "-f", "-qq", "-o", str(self.folder / "calls"), "-e", f"trace={CALLS}", *options]

    def train_with(self, fault, config, run_folder, *flags):
        """A run with a fault of strace: "fsync:signal=TERM:when=3"."""
        return support.run("train", config, *flags, f"--output_dir={run_folder}", wrapper=self.strace("-e", f"inject={fault}"))

    def saved_steps(self, run_folder):
        """Steps of the checkpoints whose save the log reports."""
        if not (run_folder / "metrics.jsonl").exists():
            return []
        lines = (run_folder / "metrics.jsonl").read_text().split("\n")[:-1]
        return [e["step"] for e in map(json.loads, lines) if e["event"] == "checkpoint"]

    def call_numbers(self, config):
        """How often a whole run makes each call, and the weights it ends with."""
        done = support.run("train", config, "--output_dir=whole", wrapper=self.strace(), cwd=self.folder)
        self.assertEqual(done.code, 0, done)
        text = (self.folder / "calls").read_text()
        counts = {call: len(re.findall(rf"^\d+ +{call}\(", text, re.M)) for call in CALLS.split(",")}
        return counts, (self.folder / "whole" / "last" / "model.safetensors").read_bytes()

    def check_after_crash(self, config, run_folder, where):
        saved = self.saved_steps(run_folder)
        again = support.run("train", config, f"--output_dir={run_folder}", "--json")
        self.assertEqual(again.code, 0, f"{where}: {again}")
        resumed = re.search(r"resuming from \S*checkpoint-(\d+)", again.err)
        if saved:
            self.assertTrue(resumed, f"{where}: {saved} were reported saved\n{again.err}")
            self.assertGreaterEqual(int(resumed[1]), max(saved), where)
        self.assertNotIn("passing over", again.err, f"{where}: a torn checkpoint under its final name")
        self.assertTrue((run_folder / "last" / "model.safetensors").read_bytes() == self.weights, where)
        self.assertEqual([e["step"] for e in support.events(run_folder)], list(range(1, 10)), where)
        left = [path.name for path in run_folder.iterdir() if path.name.startswith((".tmp", ".trash"))]
        self.assertEqual(left, [], where)

    def test_killed_at_calls_of_a_save(self):
        config = self.prepare(CHANGES)
        counts, self.weights = self.call_numbers(config)
        kills = int(os.environ.get("FINETUNE_CRASH_POINTS", "4"))
        tried = 0
        for call in ("fsync", "rename", "write", "unlinkat"):
            number = counts[call]
            if number == 0:
                continue
            for k in range(kills):
                when = max(1, (number * (2 * k + 1)) // (2 * kills))
                where = f"killed at {call} {when} of {number}"
                run_folder = self.folder / f"{call}-{when}"
                died = self.train_with(f"{call}:signal=KILL:when={when}", config, run_folder)
                self.assertNotEqual(died.code, 0, where)
                self.check_after_crash(config, run_folder, where)
                tried += 1
        self.assertGreaterEqual(tried, 2 * kills, counts)

    def calls_before(self, call, name):
        """How often the run of call_numbers() made a call before the first one that names this file."""
        text = (self.folder / "calls").read_text()
        return len(re.findall(rf"^\d+ +{call}\(", text[:text.index(name)], re.M))

    def test_a_signal_during_a_save_lets_it_finish_and_a_second_ends_the_run(self):
        config = self.prepare(CHANGES)
        _, self.weights = self.call_numbers(config)
        first, end = self.calls_before("fsync", ".tmp-checkpoint-6") + 1, self.calls_before("fsync", ".tmp-checkpoint-9")
        self.assertGreater(end - first, 8, "files of a checkpoint, its folders, the links")
        for when in range(first, end + 1):
            where = f"terminated at fsync {when} of {first} to {end}"
            run_folder = self.folder / f"once-{when}"
            stopped = self.train_with(f"fsync:signal=TERM:when={when}", config, run_folder)
            self.assertEqual(stopped.code, support.EXIT_PREEMPTED, f"{where}: {stopped}")
            self.assertEqual((os.readlink(run_folder / "last"), self.saved_steps(run_folder)), ("checkpoint-6", [3, 6]), where)
            self.check_after_crash(config, run_folder, where)
        for when in range(first, end, 3):
            where = f"terminated at fsync {when} and the next of {first} to {end}"
            run_folder = self.folder / f"twice-{when}"
            ended = self.train_with(f"fsync:signal=TERM:when={when}..{when + 1}", config, run_folder)
            self.assertEqual(ended.code, 128 + signal.SIGTERM, f"{where}: {ended}")
            self.assertEqual(self.saved_steps(run_folder), [3], where)
            self.check_after_crash(config, run_folder, where)

    def test_a_signal_behind_the_last_update_leaves_the_end_of_the_run_to_the_next_start(self):
        config = self.prepare(CHANGES)
        _, self.weights = self.call_numbers(config)
        when = self.calls_before("rename", "/checkpoint-9")
        run_folder = self.folder / "late"
        stopped = self.train_with(f"rename:signal=TERM:when={when}", config, run_folder)
        self.assertEqual(stopped.code, support.EXIT_PREEMPTED, stopped)
        self.assertEqual(os.readlink(run_folder / "last"), "checkpoint-9")
        for name in ("report.html", "all_results.json"):
            self.assertTrue((self.folder / "whole" / name).exists())
            self.assertFalse((run_folder / name).exists(), name)
        self.check_after_crash(config, run_folder, "at the end")
        for name in ("report.html", "all_results.json"):
            self.assertTrue((run_folder / name).exists(), name)

    def test_killed_before_a_link_moves(self):
        """The checkpoint is whole, `last` or `best` still name the one before: a resume sets them right."""
        config = self.prepare({**CHANGES, "evaluation": {"every": "3 steps", "metric": "loss"}})
        counts, self.weights = self.call_numbers(config)
        self.assertGreaterEqual(counts["symlink"], 4)
        links = [os.readlink(self.folder / "whole" / name) for name in ("last", "best")]
        for when in range(1, counts["symlink"] + 1):
            with self.subTest(f"killed at symlink {when} of {counts['symlink']}"):
                run_folder = self.folder / f"symlink-{when}"
                died = self.train_with(f"symlink:signal=KILL:when={when}", config, run_folder)
                self.assertNotEqual(died.code, 0)
                self.check_after_crash(config, run_folder, f"symlink {when}")
                self.assertEqual([os.readlink(run_folder / name) for name in ("last", "best")], links)

    def test_no_save_is_claimed_when_the_disk_loses_it(self):
        config = self.prepare(CHANGES)
        _, self.weights = self.call_numbers(config)
        run_folder = self.folder / "eio"
        # the small files of the start are synced first; from the first checkpoint on every fsync fails
        start = self.calls_before("fsync", ".tmp-checkpoint-3")
        failed = self.train_with(f"fsync:error=EIO:when={start + 1}+", config, run_folder)
        self.assert_fails(failed, support.EXIT_IO, "checkpoint-3", "Input/output error")
        self.assertNotIn("saved checkpoint", failed.err)
        self.assertEqual(self.saved_steps(run_folder), [])
        self.assert_no_checkpoint(run_folder)
        self.check_after_crash(config, run_folder, "after EIO")

    def test_one_failed_write_does_not_hurt_what_was_saved(self):
        config = self.prepare(CHANGES)
        _, self.weights = self.call_numbers(config)
        before = self.calls_before("write", ".tmp-checkpoint-6")
        run_folder = self.folder / "enospc"
        failed = self.train_with(f"write:error=ENOSPC:when={before + 3}", config, run_folder)
        self.assertIn(failed.code, (0, support.EXIT_IO), failed)
        self.assertIn("No space left on device", failed.err, failed)
        self.check_after_crash(config, run_folder, "after ENOSPC")

    def test_the_best_model_is_one_that_was_saved(self):
        """The save of the best model fails and the run goes on: no result may speak of a model that nobody has."""
        config = self.prepare(support.merged(CHANGES, {"optimizer": {"learning_rate": 1e-9}}))  # no later model is better
        _, self.weights = self.call_numbers(config)
        before = self.calls_before("write", ".tmp-checkpoint-3")
        run_folder = self.folder / "unsaved"
        result = self.train_with(f"write:error=ENOSPC:when={before + 3}", config, run_folder, "--json")
        self.assertEqual(result.code, 0, result)
        self.assertIn("No space left on device", result.err)
        self.assertFalse((run_folder / "checkpoint-3").exists(), "the fault hit the save that was meant")
        best = result.json()["best_step"]
        self.assertTrue(best is None or (run_folder / f"checkpoint-{best}").is_dir(), f"best_step {best} was never written")
        state = json.loads((run_folder / "trainer_state.json").read_text())
        named = state["best_model_checkpoint"]
        self.assertTrue(named is None or (run_folder / named).is_dir(), f"{named} was never written")

    def test_a_log_that_cannot_be_written_does_not_hurt_the_result(self):
        config = self.prepare(CHANGES)
        _, self.weights = self.call_numbers(config)
        run_folder = self.folder / "logless"
        log = run_folder / "metrics.jsonl"
        result = support.run("train", config, f"--output_dir={run_folder}",
                             wrapper=self.strace("-P", str(log), "-e", "inject=write:error=ENOSPC"))
        self.assertEqual(result.code, 0, result)
        self.assertEqual(result.err.count("No space left on device"), 1, "one warning")
        self.assertIn(str(log), result.err)
        self.assertTrue((run_folder / "last" / "model.safetensors").read_bytes() == self.weights)


if __name__ == "__main__":
    support.main()
