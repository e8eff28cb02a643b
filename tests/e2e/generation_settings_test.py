"""Settings of generation in a model's own files and on the command line: what they mean is what transformers' generate() does."""

import json
import pathlib
import shutil
import tempfile

import support
import text_models

LINES = [" ".join(f"w{(3 * line + word * word) % 60}" for word in range(line % 5 + 2)) for line in range(12)]


class GenerationSettings(support.Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.shared = pathlib.Path(tempfile.mkdtemp(prefix="finetune-e2e-generation-"))
        cls.addClassCleanup(shutil.rmtree, cls.shared, True)
        text_models.make_bart(cls.shared / "bart")

    def bart(self, own=None, **config):
        """A tiny BART, its config.json changed; `own` is its generation_config.json, None: it has none."""
        folder = self.folder / f"bart-{len(list(self.folder.iterdir()))}"
        shutil.copytree(self.shared / "bart", folder)
        text_models.edit_json(folder / "config.json", **config)
        if own is None:
            (folder / "generation_config.json").unlink()
        else:
            (folder / "generation_config.json").write_text(json.dumps({"pad_token_id": 0, **own}))
        return folder

    def assert_writes_as_transformers(self, folder, **settings):
        import torch

        model, tokenizer = text_models.load(folder)
        expected = []
        for line in LINES:
            with torch.no_grad():
                ids = model.generate(**tokenizer(line, return_tensors="pt"), **settings)[0][1:]
            expected.append(tokenizer.decode(ids, skip_special_tokens=True))
        given = [f"{key}={json.dumps(value)}" for key, value in settings.items()]
        result = support.run("translate", folder, *given, stdin="\n".join(LINES) + "\n")
        self.assertEqual(result.code, 0, result)
        self.assertEqual(result.out.splitlines(), expected)
        return expected

    def test_a_generation_config_says_all_of_the_ids(self):
        of_config = dict(forced_bos_token_id=9, forced_eos_token_id=11, bad_words_ids=[[20], [30]], eos_token_id=40)
        own = {"decoder_start_token_id": 5, "eos_token_id": 12, "bos_token_id": 1}
        texts = {}
        for name, folder in (("own", self.bart(own, **of_config)),
                             ("start of bos", self.bart({"bos_token_id": 7, "eos_token_id": 2}, **of_config)),
                             ("no end", self.bart({"decoder_start_token_id": 5}, **of_config)),
                             ("no own file", self.bart(None, **of_config))):
            for beams in (1, 3):
                with self.subTest(f"{name}, {beams} beams"):
                    texts[name, beams] = self.assert_writes_as_transformers(folder, num_beams=beams, max_new_tokens=12)
        self.assertEqual(len({tuple(text) for (_, beams), text in texts.items() if beams == 1}), 4, "every case is one of its own")

    def test_an_export_says_the_same_ids(self):
        folder = self.bart({"decoder_start_token_id": 5, "eos_token_id": 2, "forced_bos_token_id": 8}, forced_bos_token_id=9)
        exported = self.folder / "exported"
        self.assertEqual(support.run("export", folder, exported).code, 0)
        own = json.loads((exported / "generation_config.json").read_text())
        self.assertEqual((own["decoder_start_token_id"], own["forced_bos_token_id"]), (5, 8))
        inspected = support.run("inspect", folder, "--json").json()
        inspected = inspected.get("model", inspected)["generation"]
        self.assertEqual((inspected["decoder_start_token_id"], inspected["forced_bos_token_id"], inspected["forced_eos_token_id"]),
                         (5, 8, None))

    def test_minus_one_is_no_forced_token(self):
        for folder in (self.bart(None), self.bart({"decoder_start_token_id": 2, "eos_token_id": 2, "forced_eos_token_id": 2})):
            without = self.bart({"decoder_start_token_id": 2, "eos_token_id": 2})
            expected = support.run("translate", without, "max_new_tokens=6", "num_beams=2", "--format=json", stdin="\n".join(LINES)).out
            given = support.run("translate", folder, "max_new_tokens=6", "num_beams=2", "--format=json", "forced_eos_token_id=-1",
                                stdin="\n".join(LINES)).out
            forced = support.run("translate", folder, "max_new_tokens=6", "num_beams=2", "--format=json", stdin="\n".join(LINES)).out
            self.assertEqual(given, expected)
            self.assertNotEqual(forced, expected)

    def test_log_probabilities_are_made_anew_after_the_rules(self):
        import torch

        folder = self.bart({"decoder_start_token_id": 2, "eos_token_id": 2, "renormalize_logits": True, "suppress_tokens": [9, 30, 41, 50]})
        model, tokenizer = text_models.load(folder)
        settings = {"num_beams": 3, "max_new_tokens": 8, "no_repeat_ngram_size": 1}
        self.assert_writes_as_transformers(folder, **settings)
        result = support.run("translate", folder, "--format=json", *[f"{k}={v}" for k, v in settings.items()], stdin="\n".join(LINES))
        for line, answer in zip(LINES, result.out.splitlines()):
            with torch.no_grad():
                out = model.generate(**tokenizer(line, return_tensors="pt"), **settings, return_dict_in_generate=True, output_scores=True)
            self.assertAlmostEqual(json.loads(answer)["score"], out.sequences_scores[0].item(), places=4)
        plain = support.run("translate", folder, "--format=json", "renormalize_logits=false",
                            *[f"{k}={v}" for k, v in settings.items()], stdin="\n".join(LINES))
        self.assertNotEqual(plain.out, result.out)

    def test_ids_beyond_the_vocabulary_are_named_with_their_file(self):
        own = {"decoder_start_token_id": 2, "eos_token_id": 2}
        for key, value in (("eos_token_id", 700), ("forced_bos_token_id", 64), ("suppress_tokens", [64]), ("bad_words_ids", [[1, 99]]),
                           ("decoder_start_token_id", 64)):
            with self.subTest(key):
                result = support.run("translate", self.bart({**own, key: value}), stdin="w1\n")
                self.assert_fails(result, support.EXIT_MODEL, "generation_config.json", key, "64 tokens")
        result = support.run("translate", self.bart(own, eos_token_id=700, bos_token_id=64), stdin="w1\n")
        self.assertEqual(result.code, 0, result)
        for words in ("config.json: eos_token_id 700", "config.json: bos_token_id 64"):
            self.assertEqual(result.err.count(words), 1, result)

    def test_limits_that_a_language_model_cannot_keep(self):
        folder = text_models.make_gpt2(self.folder / "gpt2")
        for settings in (["max_length=3", "min_new_tokens=5"], ["min_length=300"], ["min_length=65"], ["min_new_tokens=64"]):
            with self.subTest(str(settings)):
                self.assert_fails(support.run("generate", folder, *settings, stdin="w1\n"), support.EXIT_USAGE, settings[-1].split("=")[0])
        # Special tokens, which are not shown, are not written: all 63 can be counted.
        (folder / "generation_config.json").write_text(json.dumps({"suppress_tokens": [0, 1, 2, 3]}))
        fits = support.run("generate", folder, "min_new_tokens=63", stdin="w1\n")
        self.assertEqual((fits.code, len(fits.out.split())), (0, 63), fits)
        self.assertNotIn("no room", fits.err)
        short = support.run("generate", folder, "min_new_tokens=63", stdin="w1 w2 w3\nw1\n")
        self.assertEqual(short.code, 0, short)
        self.assertIn("1 of 2 prompts leave no room for min_new_tokens 63", short.err)
        behind_a_prompt = support.run("generate", folder, "min_length=9", "max_new_tokens=7", stdin="w1 w2 w3\n")
        self.assertEqual(behind_a_prompt.code, 0, behind_a_prompt)

    def test_settings_of_sampling_need_sampling(self):
        folder = self.bart(None)
        for setting in ("top_k=5", "top_p=0.5", "temperature=2.0", "min_p=0.1"):
            self.assert_fails(support.run("translate", folder, setting, stdin="w1\n"), support.EXIT_USAGE, "do_sample", setting.split("=")[0])
            self.assertEqual(support.run("translate", folder, setting, "do_sample=true", stdin="w1\n").code, 0)


if __name__ == "__main__":
    support.main()
