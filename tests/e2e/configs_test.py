"""Every file in configs/ trains: a few steps of it on its own data, and its loss falls. The README's commands exist."""

import re
import statistics

import support

CONFIGS = sorted((support.ROOT / "configs").glob("*.json"))
COMMANDS = {"train", "evaluate", "predict", "export", "inspect", "tokenize", "validate", "render", "schema", "explain"}


class Configs(support.Case):
    def test_there_are_configs(self):
        self.assertGreater(len(CONFIGS), 0)

    def test_the_loss_of_every_config_falls(self):
        for config in CONFIGS:
            with self.subTest(config.name):
                valid = support.run("validate", config)
                self.assertEqual(valid.code, 0, valid)
                self.assertNotIn("data.train", valid.err, "the data belongs to the repository")
                if "model.path" in valid.err:
                    self.skipTest(f"{config.name}: its model is not here; run scripts/setup.sh")
                overrides = ["training.max_steps=32", "training.batch_size=16", "training.threads=1", f"output_dir={self.folder / config.stem}", "data.cache=false", "logging.every=1 steps",
                             "schedule.type=constant", "schedule.warmup=4 steps", "data.max_length=48", "checkpoints.every=1000 steps",
                             "evaluation.every=1000 steps"]
                result = support.run("train", config, "--json", *overrides, timeout=200)
                self.assertEqual(result.code, 0, result)
                losses = [event["loss"] for event in support.events(self.folder / config.stem)]
                self.assertEqual(len(losses), 32)
                first, last = statistics.mean(losses[:8]), statistics.mean(losses[-8:])
                self.assertLess(last, 0.97 * first, f"loss {first} -> {last}")
                self.assertGreater(result.json()["validation"]["accuracy"], 0.5)


class Readme(support.Case):
    def test_commands_of_the_shell_blocks_exist(self):
        text = (support.ROOT / "README.md").read_text()
        lines = [line.split("#")[0].strip() for line in re.findall(r"^    (\S.*)$", text, re.M)]  # indented blocks are commands
        calls = [match for line in lines for match in re.findall(r"(?:^|[\s/|])finetune +([a-z]+)((?: +[^|<>&;]+)?)", line)]
        self.assertLessEqual({"scripts/quickstart.sh", "scripts/test.sh"}, set(lines))
        self.assertTrue(calls)
        for command, arguments in calls:
            self.assertIn(command, COMMANDS)
            known = support.run(command, "--help").out
            for option in re.findall(r"--[a-z][a-z-]*(?=[\s=]|$)", arguments):
                self.assertTrue(option in known or option == "--set", f"finetune {command} {arguments}")
            for path in re.findall(r"\bconfigs/\S+\.json", arguments):
                self.assertEqual(support.run("validate", support.ROOT / path).code, 0, path)
        for script in {word for line in lines for word in re.findall(r"^(?:\./)?(scripts/\S+)", line)}:
            self.assertTrue((support.ROOT / script).is_file(), script)


if __name__ == "__main__":
    support.main()
