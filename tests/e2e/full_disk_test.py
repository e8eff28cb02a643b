"""A disk that fills up, or a limit on file sizes, while a checkpoint is written: old checkpoints stay whole."""

import os
import resource
import shutil
import subprocess

import support

RUN = {"training": {"max_steps": 8, "num_train_epochs": None, "batch_size": 4}, "checkpoints": {"every": "2 steps", "keep_last": 1},
       "evaluation": {"every": "2 steps"}, "data": {"validation": None}, "logging": {"tensorboard": False}}


class FullDisk(support.Case):
    def mount(self, size):
        """A small disk of our own, unmounted at the end; skips where that is not allowed."""
        disk = self.folder / "disk"
        disk.mkdir()
        done = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", disk], capture_output=True)
        if done.returncode != 0:
            self.skipTest("mounting a tmpfs is not permitted: " + done.stderr.decode().strip()[:100])
        self.addCleanup(subprocess.run, ["umount", "-l", disk], check=False)
        return disk

    def checkpoint_bytes(self, config):
        self.train(config, "output_dir=whole", cwd=self.folder)
        checkpoint = self.folder / "whole" / "checkpoint-8"
        return sum(path.stat().st_size for path in checkpoint.iterdir())

    def assert_whole(self, run_folder, config):
        """What is under a final name resumes, and ends as a run that was never in trouble."""
        again = support.run("train", config, f"--output_dir={run_folder}", "--json")
        self.assertEqual(again.code, 0, again)
        self.assertNotIn("passing over", again.err)
        for name in ("model.safetensors", "optimizer.safetensors"):
            self.assertEqual((run_folder / "last" / name).read_bytes(), (self.folder / "whole" / "last" / name).read_bytes(), name)

    def test_the_disk_fills_up_during_a_run(self):
        config = self.prepare(RUN)
        size = self.checkpoint_bytes(config)
        disk = self.mount(int(size * 1.6) + 200_000)  # one checkpoint fits, two do not
        result = support.run("train", config, f"--output_dir={disk / 'run'}")
        self.assertIn(result.code, (0, support.EXIT_IO), result)
        self.assertRegex(result.err, r"bytes needed|No space left", result)
        self.assertIn("checkpoint-", result.err)
        self.assertTrue(os.path.lexists(disk / "run" / "last"), result)
        left = [path.name for path in (disk / "run").iterdir() if path.name.startswith(".tmp")]
        self.assertEqual(left, [])
        shutil.copytree(disk / "run", self.folder / "moved", symlinks=True)
        self.assert_whole(self.folder / "moved", config)

    def test_the_disk_is_full_from_the_start(self):
        config = self.prepare(RUN)
        disk = self.mount(64 * 1024)
        (disk / "filler").write_bytes(b"x" * 60 * 1024)
        result = support.run("train", config, f"--output_dir={disk / 'run'}")
        self.assert_fails(result, support.EXIT_IO, str(disk / "run"))
        self.assert_no_checkpoint(disk / "run")

    def test_a_limit_on_file_sizes_does_not_kill_it(self):
        config = self.prepare(RUN)
        size = (self.folder / "model" / "model.safetensors").stat().st_size * 3 // 2  # the moments are twice as large
        limit = lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
        done = subprocess.run([support.program(), "train", str(config)], capture_output=True, preexec_fn=limit, timeout=60,
                              env=support.environment())
        result = support.Result(["train"], done.returncode, done.stdout.decode(), done.stderr.decode())
        self.assertIn(result.code, (0, support.EXIT_IO), result)
        self.assertIn("File too large", result.err)
        self.assertIn("optimizer.safetensors", result.err)
        self.assert_no_checkpoint(self.folder / "run")


if __name__ == "__main__":
    support.main()
