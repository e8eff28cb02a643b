"""Bad data, models and settings of tasks that write texts: the documented exit code, the culprit named, nothing left behind."""

import json
import pathlib
import shutil
import tempfile

import support


class BadTexts(support.Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.shared = pathlib.Path(tempfile.mkdtemp(prefix="finetune-e2e-bad-texts-"))
        cls.addClassCleanup(shutil.rmtree, cls.shared, True)
        config = cls().prepare_texts({"training": {"num_train_epochs": 1}}, folder=cls.shared)
        assert support.run("train", config).code == 0
        assert support.run("export", cls.shared / "run", cls.shared / "model").code == 0

    def setUp(self):
        super().setUp()
        self.config = self.prepare_texts({"training": {"max_steps": 2}})

    def refused(self, code, *mentions, overrides=(), config=None):
        result = support.run("train", config or self.config, *overrides, timeout=30)
        self.assert_fails(result, code, *mentions)
        self.assert_no_checkpoint(self.folder / "run")
        self.assertFalse((self.folder / "run" / "all_results.json").exists())
        return result

    def copy_model(self, **changes):
        """A trained model in "model", its config.json changed; ... takes a key away. The run starts from it."""
        shutil.rmtree(self.folder / "model", True)
        shutil.copytree(self.shared / "model", self.folder / "model")
        path = self.folder / "model" / "config.json"
        settings = {**json.loads(path.read_text()), **changes}
        path.write_text(json.dumps({k: v for k, v in settings.items() if v is not ...}))
        return self.write_config(support.merged(support.TEXT_RUN, {
            "model": {"type": None, "config": None, "tokenizer": None, "path": "model"}, "training": {"max_steps": 2}}),
            self.folder / "run.json")

    def edit_weights(self, folder, edit):
        from safetensors.torch import load_file, save_file

        path = folder / "model.safetensors"
        tensors = load_file(path)
        edit(tensors)
        save_file({name: tensor.contiguous() for name, tensor in tensors.items()}, path, metadata={"format": "pt"})

    # --- data ---

    def test_files_with_unequal_numbers_of_lines(self):
        with open(self.folder / "train.de", "a") as file:
            file.write("eins\n")
        self.refused(support.EXIT_DATA, "train.en has 160 lines", "train.de has 161")

    def test_a_side_that_is_empty(self):
        for ending, words in (("en", "train.en:3"), ("de", "train.en:3")):
            with self.subTest(ending):
                support.write_pairs(self.folder, "train", support.pairs(160))
                lines = (self.folder / f"train.{ending}").read_text().splitlines()
                lines[2] = "  "
                (self.folder / f"train.{ending}").write_text("\n".join(lines) + "\n")
                self.refused(support.EXIT_DATA, words, "empty")
        self.train(self.config, "data.on_bad_row=skip")
        report = json.loads((self.folder / "run" / "data_report.json").read_text())["splits"]["train"]
        self.assertEqual(report["rows_kept"], 159)
        self.assertEqual(sum(report["rows_bad"].values()), 1)

    def test_texts_longer_than_the_positions(self):
        with open(self.folder / "train.en", "a") as source, open(self.folder / "train.de", "a") as target:
            source.write("one " * 100 + "\n" + "one\n")
            target.write("eins\n" + "eins " * 100 + "\n")
        self.refused(support.EXIT_DATA, "train.en:161", "64 tokens", overrides=["data.on_long_row=error"])
        result = self.train(self.config)
        self.assertEqual(result["status"], "finished")
        report = json.loads((self.folder / "run" / "data_report.json").read_text())["splits"]["train"]
        self.assertEqual(report["rows_kept"], 160)
        self.assertEqual(sum(report["rows_dropped"].values()), 2, "targets are never cut silently")
        for split in ("validation", "test"):
            with open(self.folder / f"{split}.en", "a") as source, open(self.folder / f"{split}.de", "a") as target:
                source.write("one " * 100 + "\n")
                target.write("eins\n")
        self.train(self.config, f"output_dir={self.folder / 'run2'}")
        report = json.loads((self.folder / "run2" / "data_report.json").read_text())["splits"]
        for split, count in (("validation", 17), ("test", 41)):
            self.assertEqual(report[split]["rows_kept"], count, "what is long only to read is part of every score")
            self.assertEqual(report[split]["truncated_rows"], 1)
        cut = support.run("translate", self.folder / "run", stdin="one " * 100 + "\none\n")
        self.assertEqual((cut.code, len(cut.out.splitlines())), (0, 2), cut)
        self.assertIn("longer than the model", cut.err)

    # --- models ---

    def test_a_decoder_without_cross_attention_is_given_one_and_that_is_said(self):
        support.make_model(self.folder / "bert")
        config = self.prepare_texts({
            "model": {"type": "encoder_decoder", "config": None, "tokenizer": None, "encoder": {"path": "bert"}, "decoder": {"path": "bert"}},
            "training": {"max_steps": 2}})
        result = support.run("train", config)
        self.assertEqual(result.code, 0, result)
        said = next(line for line in result.err.splitlines() if "initialised at random" in line)
        for name in ("crossattention.self.query.weight", "crossattention.output.dense.weight"):
            self.assertIn(name, said)

    def test_weights_of_an_encoder_decoder_that_lack_its_cross_attention(self):
        config = self.copy_model()
        name = "model.decoder.layers.0.encoder_attn.q_proj.weight"
        self.edit_weights(self.folder / "model", lambda tensors: tensors.pop(name))
        self.refused(support.EXIT_MODEL, name, config=config)

    def test_a_vocabulary_that_does_not_match_the_embedding(self):
        config = self.copy_model(vocab_size=290)
        self.refused(support.EXIT_MODEL, "290", config=config)
        config = self.copy_model()
        tokenizer = self.folder / "model" / "tokenizer.json"
        settings = json.loads(tokenizer.read_text())
        settings["added_tokens"].append({**settings["added_tokens"][0], "id": 300, "content": "<one too many>"})
        tokenizer.write_text(json.dumps(settings))
        self.refused(support.EXIT_MODEL, "ids up to 300", "300 rows", config=config)

    def test_ids_that_are_missing(self):
        for key in ("decoder_start_token_id", "pad_token_id"):
            for value in (None, 300):
                with self.subTest(f"{key}: {value}"):
                    self.refused(support.EXIT_MODEL, key, config=self.copy_model(**{key: value}))

    def test_a_model_type_that_nobody_knows(self):
        self.refused(support.EXIT_MODEL, "martian", "mbart", config=self.copy_model(model_type="martian"))
        self.refused(support.EXIT_MODEL, "model_type", config=self.copy_model(model_type=...))
        self.refused(support.EXIT_USAGE, "model.type", "martian", "mbart", config=self.prepare_texts({"model": {"type": "martian"}}))
        self.refused(support.EXIT_MODEL, "bert", "translation", config=self.copy_model(model_type="bert"))

    def test_generation_limits_that_exclude_each_other(self):
        for settings, words in (
                (["min_new_tokens=9", "max_new_tokens=8"], "generation.min_new_tokens"),
                (["max_length=9"], "exclude each other"),
                (["min_length=9", "max_length=8", "max_new_tokens=null"], "generation.min_length"),
                (["num_return_sequences=3"], "generation.num_return_sequences"),
                (["do_sample=false", "top_p=0.9"], "generation.top_p"),
                (["min_new_tokens=70", "max_new_tokens=80"], "min_new_tokens"),
                (["early_stopping=first"], "generation.early_stopping")):
            with self.subTest(str(settings)):
                self.refused(support.EXIT_USAGE, words, overrides=[f"generation.{setting}" for setting in settings])

    def test_settings_of_generation_in_a_models_files(self):
        config = self.copy_model()
        path = self.folder / "model" / "generation_config.json"
        for settings, words in (({"num_beams": 0}, "num_beams"), ({"eos_token_id": "</s>"}, "eos_token_id"), ([], "JSON object")):
            with self.subTest(str(settings)):
                path.write_text(json.dumps(settings))
                self.refused(support.EXIT_MODEL, "generation_config.json", words, config=config)
        path.write_text("{")
        self.refused(support.EXIT_MODEL, "generation_config.json", config=config)

    def test_scores_that_are_not_finite(self):
        config = self.copy_model()

        def blow_up(tensors):
            tensors["model.decoder.layer_norm.weight"].fill_(3e38)  # finite, but no state behind it is

        self.edit_weights(self.folder / "model", blow_up)
        result = support.run("translate", self.folder / "model", stdin="one two\n")
        self.assert_fails(result, support.EXIT_DIVERGED, "NaN or infinite")
        self.refused(support.EXIT_DIVERGED, config=config)
        self.config = self.prepare_texts({"training": {"max_steps": 50}, "evaluation": {"every": "1 steps"}})
        self.assert_fails(support.run("train", self.config, "optimizer.learning_rate=1e20", "schedule.type=constant",
                                      "schedule.warmup=0", timeout=60), support.EXIT_DIVERGED)


if __name__ == "__main__":
    support.main()
