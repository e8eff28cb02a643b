"""Damaged and hostile model folders, through the command line: exit 4 (or 2), the culprit named, nothing left behind."""

import json
import pickle
import shutil
import struct

import support


def header_of(path):
    data = path.read_bytes()
    size = struct.unpack("<Q", data[:8])[0]
    return json.loads(data[8 : 8 + size]), data[8 + size :]


def write_weights(path, header, data):
    text = json.dumps(header).encode()
    path.write_bytes(struct.pack("<Q", len(text)) + text + data)


class Canary:
    """Makes a file when unpickled."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return (open, (str(self.path), "w"))


class BadModel(support.Case):
    def setUp(self):
        super().setUp()
        self.config = self.prepare({"training": {"max_steps": 2}})
        self.model = self.folder / "model"
        self.weights = self.model / "model.safetensors"

    def refused(self, *mentions, code=support.EXIT_MODEL):
        result = support.run("train", self.config, timeout=20)
        self.assert_fails(result, code, *mentions)
        self.assert_no_checkpoint(self.folder / "run")
        self.assertFalse((self.folder / "run" / "all_results.json").exists())

    def edit_config(self, **changes):
        path = self.model / "config.json"
        settings = {**json.loads(path.read_text()), **changes}
        path.write_text(json.dumps({k: v for k, v in settings.items() if v is not ...}))

    def test_truncated_empty_and_extended_weights(self):
        data = self.weights.read_bytes()
        for name, bad in {"half": data[: len(data) // 2], "empty": b"", "seven bytes": data[:7], "extended": data + b"\0"}.items():
            with self.subTest(name):
                self.weights.write_bytes(bad)
                self.refused("model.safetensors")

    def test_a_header_that_lies(self):
        header, data = header_of(self.weights)
        name = "encoder.layer.0.attention.self.query.weight"
        for length in (0, 7, 2**63, 10**9):
            with self.subTest(header_length=length):
                self.weights.write_bytes(struct.pack("<Q", length) + b"{}" + data)
                self.refused("model.safetensors")
        lies = {"shape": {"shape": [33, 32]}, "huge": {"shape": [2, 2**64 - 2]}, "dtype": {"dtype": "F8_E4M3"},
                "past the end": {"data_offsets": [header[name]["data_offsets"][0], len(data) + 4096]}}
        for what, change in lies.items():
            with self.subTest(what):
                write_weights(self.weights, {**header, name: {**header[name], **change}}, data)
                self.refused("model.safetensors", name)

    def test_missing_and_misshaped_tensors_are_all_named(self):
        from safetensors.torch import load_file, save_file

        tensors = load_file(self.weights)
        del tensors["embeddings.LayerNorm.bias"]
        tensors["encoder.layer.1.output.dense.weight"] = tensors["encoder.layer.1.output.dense.weight"][:, :60].contiguous()
        save_file(tensors, self.weights, metadata={"format": "pt"})
        self.refused("embeddings.LayerNorm.bias", "encoder.layer.1.output.dense.weight", "60", "64")

    def test_a_tensor_that_is_not_finite(self):
        from safetensors.torch import load_file, save_file

        tensors = load_file(self.weights)
        tensors["encoder.layer.0.intermediate.dense.bias"][5] = float("nan")
        save_file(tensors, self.weights, metadata={"format": "pt"})
        self.refused("encoder.layer.0.intermediate.dense.bias", "--allow-nonfinite")
        accepted = support.run("train", self.config, "--allow-nonfinite")
        self.assert_fails(accepted, support.EXIT_DIVERGED, "nan")

    def test_a_tensor_of_no_use_and_of_a_strange_type(self):
        header, data = header_of(self.weights)
        header["spare"] = {"dtype": "F8_E4M3", "shape": [4], "data_offsets": [len(data), len(data) + 4]}
        write_weights(self.weights, header, data + b"\0" * 4)
        self.refused("spare", "F8_E4M3", "--allow-unused")
        self.assertEqual(support.run("train", self.config, "--allow-unused").code, 0)

    def test_what_train_accepts_of_weights_the_other_commands_accept(self):
        support.make_model(self.model, classifier=True)
        header, data = header_of(self.weights)
        header["spare"] = {"dtype": "F8_E4M3", "shape": [4], "data_offsets": [len(data), len(data) + 4]}
        name = "bert.embeddings.word_embeddings.weight"
        last = header[name]["data_offsets"][1] - 4  # in the row of a letter that no line below holds
        write_weights(self.weights, header, data[:last] + struct.pack("<f", float("nan")) + data[last:][4:] + b"\0" * 4)
        table = support.write_tsv(self.folder / "labelled.tsv", [("good film", "LABEL_0"), ("bad book", "LABEL_1")])
        for command, *arguments in (("predict", self.model), ("evaluate", self.model, "--data", table, "--text-column", "sentence",
                                                              "--label-column", "label"), ("export", self.model, self.folder / "out")):
            with self.subTest(command):
                run = lambda *flags: support.run(command, *arguments, *flags, stdin="good film\n")
                self.assert_fails(run("--allow-nonfinite"), support.EXIT_MODEL, "spare", "--allow-unused")
                self.assert_fails(run("--allow-unused"), support.EXIT_MODEL, name, "--allow-nonfinite")
                accepted = run("--allow-unused", "--allow-nonfinite")
                self.assertEqual(accepted.code, 0, accepted)
        exported, _ = header_of(self.folder / "out" / "model.safetensors")
        self.assertNotIn("spare", exported)

    def test_an_index_that_leads_elsewhere(self):
        header, _ = header_of(self.weights)
        outside = self.folder / "outside.safetensors"
        shutil.move(self.weights, outside)
        for target in ("../outside.safetensors", str(outside), "", "absent.safetensors"):
            with self.subTest(target):
                index = {"metadata": {}, "weight_map": {name: target for name in header if name != "__metadata__"}}
                (self.model / "model.safetensors.index.json").write_text(json.dumps(index))
                self.refused("model.safetensors.index.json" if target != "absent.safetensors" else "absent.safetensors")

    def test_a_pickle_is_never_executed(self):
        import torch
        from safetensors.torch import load_file

        canary = self.folder / "canary"
        tensors = load_file(self.weights)
        self.weights.unlink()
        torch.save({**tensors, "bad": Canary(canary)}, self.model / "pytorch_model.bin")
        self.refused("pytorch_model.bin", "refused")
        (self.model / "pytorch_model.bin").write_bytes(pickle.dumps(Canary(canary)))
        self.refused("pytorch_model.bin")
        self.assertFalse(canary.exists())
        torch.save(tensors, self.model / "pytorch_model.bin")
        self.train(self.config)

    def test_a_config_that_cannot_be_built(self):
        original = (self.model / "config.json").read_text()
        cases = [
            (dict(model_type="nonsense"), "model_type"), (dict(model_type=...), "model_type"),
            (dict(num_attention_heads=5), "num_attention_heads"), (dict(num_hidden_layers=0), "num_hidden_layers"),
            (dict(num_hidden_layers=10**9), "num_hidden_layers"), (dict(hidden_size="wide"), "hidden_size"),
            (dict(hidden_size=2**40), "hidden_size"), (dict(hidden_dropout_prob=-0.5), "hidden_dropout_prob"),
            (dict(hidden_act="swish9"), "hidden_act"), (dict(vocab_size=50), ""), (dict(vocab_size=10**12), ""),
            (dict(position_embedding_type="relative_key"), "position_embedding_type"), (dict(layer_norm_eps="x"), "layer_norm_eps"),
        ]
        for changes, key in cases:
            with self.subTest(str(changes)):
                (self.model / "config.json").write_text(original)
                self.edit_config(**changes)
                result = support.run("train", self.config, timeout=20)
                self.assertIn(result.code, (support.EXIT_USAGE, support.EXIT_MODEL), result)
                self.assertIn(key, result.err)
                self.assert_no_checkpoint(self.folder / "run")
        for text in ("", "[]", "{", '{"a": 1, "a": 2', "\ufeff"):
            with self.subTest(text):
                (self.model / "config.json").write_text(text)
                self.refused("config.json")

    def test_code_in_a_config_is_never_run(self):
        self.edit_config(auto_map={"AutoModel": "evil--modeling.Evil"}, _attn_implementation_internal="kernels/evil")
        result = support.run("train", self.config)
        self.assertEqual(result.code, 0, result)
        for key in ("auto_map", "_attn_implementation_internal"):
            self.assertEqual(result.err.count(f"'{key}' is ignored: no code of a model folder is run"), 1, result)

    def test_a_tokenizer_with_more_ids_than_the_embedding_has_rows(self):
        vocabulary = support.VOCABULARY + ["extra", "words"]
        (self.model / "vocab.txt").write_text("\n".join(vocabulary) + "\n")
        (self.model / "tokenizer.json").unlink()
        self.refused("embedding", str(len(support.VOCABULARY)))

    def test_vocab_txt_of_other_systems(self):
        """CRLF as Hugging Face reads it; bytes that are no text, and no [UNK], are refused."""
        (self.model / "tokenizer.json").unlink()
        plain = "\n".join(support.VOCABULARY) + "\n"
        line = "good film, bad book"
        (self.model / "vocab.txt").write_text(plain)
        expected = support.run("tokenize", self.model, stdin=line)
        (self.model / "vocab.txt").write_bytes(plain.replace("\n", "\r\n").encode())
        found = support.run("tokenize", self.model, stdin=line)
        self.assertEqual((found.code, found.out), (0, expected.out), found)
        (self.model / "vocab.txt").write_bytes(plain.encode().replace(b"film", b"fi\xfflm"))
        self.refused("vocab.txt")
        (self.model / "vocab.txt").write_text(plain.replace("[UNK]", "[OTHER]"))
        self.refused("[UNK]")

    def test_damaged_tokenizer_files(self):
        original = (self.model / "tokenizer.json").read_text()
        node = json.loads(original)
        bad = {
            "not JSON": original[:-10],
            "unknown normalizer": json.dumps({**node, "normalizer": {"type": "Nonsense"}}),
            "holes": json.dumps({**node, "model": {**node["model"], "vocab": {"[UNK]": 1, "a": 10**9}}}),
            "negative": json.dumps({**node, "model": {**node["model"], "vocab": {"[UNK]": 0, "a": -1}}}),
            "version": json.dumps({**node, "version": "2.0"}),
        }
        for name, text in bad.items():
            with self.subTest(name):
                (self.model / "tokenizer.json").write_text(text)
                self.refused("tokenizer.json")

    def test_no_model_at_all(self):
        for path in ("absent", "train.tsv", "."):
            with self.subTest(path):
                result = support.run("train", self.config, f"model.path={self.folder / path}", f"output_dir={self.folder}/x")
                self.assertIn(result.code, (support.EXIT_USAGE, support.EXIT_MODEL), result)
                self.assertIn(str(self.folder / path) if path != "." else str(self.folder), result.err)
        for command in ("predict", "evaluate", "export"):
            target = [self.folder / "out"] if command == "export" else []
            self.assert_fails(support.run(command, self.folder / "absent", *target), support.EXIT_MODEL, "absent")
        self.assert_fails(support.run("predict", self.model), support.EXIT_MODEL, "classifier")  # has no head
        self.assertFalse((self.folder / "out").exists())


    def test_scores_that_are_not_finite(self):
        """Weights that are finite and lead to scores that are not, as those of a run that diverged."""
        from safetensors.torch import load_file, save_file

        support.make_model(self.model, classifier=True)
        path = self.model / "model.safetensors"
        tensors = load_file(path)
        last_norm = max(name for name in tensors if name.endswith("output.LayerNorm.weight") and ".layer." in name)
        tensors[last_norm].fill_(3e38)
        save_file(tensors, path, metadata={"format": "pt"})
        answers = support.run("predict", self.model, stdin="good film\n")
        self.assert_fails(answers, support.EXIT_DIVERGED, "NaN or infinite")
        self.assertEqual(answers.out, "")
        rows = support.write_tsv(self.folder / "rows.tsv", [("good film", "LABEL_0"), ("bad film", "LABEL_1")], ("text", "label"))
        judged = support.run("evaluate", self.model, "--data", rows, "--json")
        self.assert_fails(judged, support.EXIT_DIVERGED, "NaN or infinite")
        self.assertEqual(judged.out, "")


if __name__ == "__main__":
    support.main()
