"""Real tools read what the program writes: transformers, TensorBoard, and the program itself."""

import json
import pathlib
import shutil

import support


def softmax_of_transformers(folder, texts):
    """Logits and scores of each text, one by one, so that no padding is involved."""
    import torch
    import transformers

    model = transformers.AutoModelForSequenceClassification.from_pretrained(folder).eval()
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    scores = []
    with torch.no_grad():
        for text in texts:
            logits = model(**tokenizer(text, return_tensors="pt", truncation=True, max_length=32)).logits[0]
            scores.append(torch.softmax(logits.double(), -1).tolist())
    return model, scores


class RealTools(support.Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.shared = pathlib.Path(support.tempfile.mkdtemp(prefix="finetune-e2e-real-"))
        cls.addClassCleanup(shutil.rmtree, cls.shared, True)
        case = cls()
        config = case.prepare(folder=cls.shared)
        result = support.run("train", config, "--json")
        assert result.code == 0, result
        cls.run_folder = cls.shared / "run"

    def assert_scores_equal(self, folder):
        texts = [text for text, _ in support.sentences(12, seed=9)] + ["A Good, bad film!", "zzz 42 cable's"]
        result = support.run("predict", folder, stdin="\n".join(texts) + "\n")
        self.assertEqual(result.code, 0, result)
        ours = [json.loads(line) for line in result.out.splitlines()]
        model, theirs = softmax_of_transformers(folder, texts)
        self.assertEqual(len(ours), len(theirs))
        self.assertEqual(model.config.id2label, {0: "negative", 1: "positive"})
        for ours_row, their_row in zip(ours, theirs):
            for label, score in ours_row["scores"].items():
                self.assertAlmostEqual(score, their_row[model.config.label2id[label]], delta=1e-5)
            self.assertEqual(ours_row["label"], model.config.id2label[max(range(2), key=their_row.__getitem__)])

    def test_transformers_gives_the_scores_of_the_best_checkpoint(self):
        self.assert_scores_equal(self.run_folder / "best")

    def test_transformers_gives_the_scores_of_an_export(self):
        exported = support.run("export", self.run_folder, self.folder / "out")
        self.assertEqual(exported.code, 0, exported)
        self.assert_scores_equal(self.folder / "out")

    def test_export_of_an_export_has_the_same_bytes(self):
        first, second = self.folder / "first", self.folder / "second"
        self.assertEqual(support.run("export", self.run_folder, first).code, 0)
        self.assertEqual(support.run("export", first, second).code, 0)
        names = sorted(path.name for path in first.iterdir())
        self.assertEqual(names, sorted(path.name for path in second.iterdir()))
        self.assertIn("model.safetensors", names)
        for name in names:
            self.assertEqual((first / name).read_bytes(), (second / name).read_bytes(), name)

    def test_an_export_can_be_trained_further_and_keeps_its_head(self):
        self.assertEqual(support.run("export", self.run_folder, self.folder / "model").code, 0)
        config = self.prepare({"optimizer": {"learning_rate": 1e-12, "weight_decay": 0.0}, "training": {"max_steps": 2}})
        again = support.run("train", config, "--json")
        self.assertEqual(again.code, 0, again)
        self.assertNotIn("initialised at random", again.err)
        lines = "\n".join(text for text, _ in support.sentences(5, seed=11))
        before = support.run("predict", self.run_folder, stdin=lines)
        after = support.run("predict", self.folder / "run", stdin=lines)
        for one, two in zip(before.out.splitlines(), after.out.splitlines(), strict=True):
            for label, score in json.loads(one)["scores"].items():
                self.assertAlmostEqual(score, json.loads(two)["scores"][label], delta=1e-6)

    def test_transformers_reads_trainer_state_of_run_and_checkpoint(self):
        from transformers import TrainerState

        state = TrainerState.load_from_json(str(self.run_folder / "trainer_state.json"))
        self.assertEqual((state.global_step, state.max_steps, state.epoch), (16, 16, 2.0))
        self.assertTrue(state.best_model_checkpoint.endswith(f"checkpoint-{state.best_global_step}"))
        losses = [entry["loss"] for entry in state.log_history if "loss" in entry]
        self.assertEqual(losses, [event["loss"] for event in support.events(self.run_folder)])
        self.assertEqual([e["step"] for e in state.log_history if "eval_loss" in e], [8, 16])
        saved = TrainerState.load_from_json(str(self.run_folder / "checkpoint-8" / "trainer_state.json"))
        self.assertEqual(saved.global_step, 8)
        from transformers import AutoModelForSequenceClassification

        model = AutoModelForSequenceClassification.from_pretrained(self.run_folder / "best")
        work = 6 * model.num_parameters(exclude_embeddings=True) * state.num_input_tokens_seen  # as Trainer.floating_point_ops
        self.assertGreater(work, 0)
        results = json.loads((self.run_folder / "all_results.json").read_text())
        self.assertEqual((state.total_flos, results["total_flos"]), (work, work))
        for key in ("epoch", "train_loss", "train_runtime", "train_samples", "train_steps_per_second", "eval_accuracy"):
            self.assertIn(key, results)

    def test_tensorboard_reads_events_and_shows_no_step_twice_after_a_resume(self):
        from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

        config = self.prepare({"training": {"num_train_epochs": 40}, "checkpoints": {"every": "20 steps"},
                               "evaluation": {"every": "40 steps"}}, rows=320)
        process = support.start("train", config)
        self.assertTrue(support.wait_for(lambda: (self.folder / "run" / "checkpoint-100").exists()))
        process.kill()
        process.communicate()
        self.train(config)
        self.assertEqual(len(list((self.folder / "run").glob("events.out.tfevents.*"))), 2)
        accumulator = EventAccumulator(str(self.folder / "run"), size_guidance={"scalars": 0})
        accumulator.Reload()
        logged = {event["step"]: event["loss"] for event in support.events(self.folder / "run")}
        shown = [(scalar.step, scalar.value) for scalar in accumulator.Scalars("train/loss")]
        self.assertEqual([step for step, _ in shown], list(range(1, 1601)))
        for step, value in shown:
            self.assertAlmostEqual(value, logged[step], delta=1e-6)
        self.assertEqual([s.step for s in accumulator.Scalars("eval/loss")][:3], [40, 80, 120])


if __name__ == "__main__":
    support.main()
