"""train-tokenizer, tokenize and inspect of tokenizers: folders that transformers loads with equal ids, exact forms of output."""

import json
import os
import pathlib
import random
import re
import select
import shutil
import subprocess
import tempfile

import support

CLASSES = {"bert": "wordpiece", "distilbert": "wordpiece", "electra": "wordpiece", "gpt2": "byte-bpe", "roberta": "byte-bpe",
           "bart": "byte-bpe", "t5": "unigram", "xlm-roberta": "unigram", "albert": "unigram", "llama": "bpe"}
WORDS = ("the quick brown fox jumps over lazy dogs while eleven wizards quietly vex bold knights zigzag running runner ran "
         "unhappily happiness happier 2024 3.14 naïve café Straße größer 中文 日本語 Привет мир 😀 don't won't it's").split()
TEXTS = ["The quick brown fox.", "", " ", "  two  spaces\tand a tab ", "Straße CAFÉ naïve", "中文日本語 mixed with English", "emoji 😀👩‍👩‍👧 zwj",
         "<new> special <two words>inside[MASK] <mask>x", "<s>a</s> <unk> <pad> [CLS] [SEP] <|endoftext|>", "1,000,000 and 3.14!?", "ﬁ ligature ² ①",
         "a\u0301\u0323 combining", "word" * 60, "zero\u200bwidth\ufeff", "\u2581already\u2581there"]


def corpus(count=1500):
    draw = random.Random(11)
    syllables = [consonant + vowel for consonant in "bdfgklmnprst" for vowel in "aeiou"]
    words = WORDS * 8 + ["".join(draw.choices(syllables, k=draw.randint(1, 4))) + draw.choice(["", "s", "ing", "er"]) for _ in range(600)]
    lines = []
    for _ in range(count):
        line = " ".join(draw.choices(words, k=draw.randint(3, 14)))
        lines.append(draw.choice([line, line.capitalize() + ".", line.upper() + "!", f"\"{line}\", he said; {line[:20]}"]))
    return "\n".join(lines) + "\n"


class Tokenizers(support.Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.shared = pathlib.Path(tempfile.mkdtemp(prefix="finetune-e2e-tokenizers-"))
        cls.addClassCleanup(shutil.rmtree, cls.shared, True)
        cls.text = cls.shared / "corpus.txt"
        cls.text.write_text(corpus())
        cls.folders = {}
        for name, kind in CLASSES.items():
            cls.folders[name] = cls.shared / name
            result = support.run("train-tokenizer", "--type", kind, "--model-class", name, "--vocab-size", 600, "--special-tokens",
                                 "<new>,<two words>", "--character-coverage", 1, "--output", cls.folders[name], cls.text)
            assert result.code == 0, result

    def ok(self, *arguments, **options):
        result = support.run(*arguments, **options)
        self.assertEqual(result.code, 0, result)
        return result

    def tokenize(self, folder, texts, *flags):
        lines = "".join(json.dumps(text) + "\n" for text in texts)
        return self.ok("tokenize", folder, "--json", *flags, stdin=lines).out.split("\n")[:-1]

    def assert_equal_to_transformers(self, name, folder):
        import transformers

        tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
        self.assertEqual(len(tokenizer), 600)
        for text, line in zip(TEXTS, self.tokenize(folder, TEXTS, "--ids", "--offsets")):
            expected = tokenizer.backend_tokenizer.encode(text)
            offsets = " ".join(f"{begin}-{end}" for begin, end in expected.offsets)
            self.assertEqual(line, " ".join(map(str, expected.ids)) + "\t" + offsets, (name, text))
        pairs = list(zip(TEXTS, reversed(TEXTS)))
        for pair, line in zip(pairs, self.tokenize(folder, pairs, "--ids")):
            self.assertEqual(line, " ".join(map(str, tokenizer.backend_tokenizer.encode(*pair).ids)), (name, pair))
        return tokenizer

    def test_trained_folders_load_in_transformers_with_equal_ids(self):
        for name, folder in self.folders.items():
            tokenizer = self.assert_equal_to_transformers(name, folder)
            self.assertLessEqual({"<new>", "<two words>"}, set(tokenizer.all_special_tokens), name)
            self.assertEqual(tokenizer.tokenize("a <new> b").count("<new>"), 1, name)

    def test_a_file_is_cut_and_padded_as_it_says_and_a_folder_is_not(self):
        import tokenizers

        folder = self.folder / "sections"
        folder.mkdir()
        file = folder / "tokenizer.json"
        backend = tokenizers.Tokenizer.from_file(str(self.folders["bert"] / "tokenizer.json"))
        whole = [backend.encode(text).ids for text in TEXTS]
        settings = [dict(truncation=dict(max_length=6, stride=2, direction=side), padding=dict(direction=side, pad_id=3, length=length, pad_token="<p>",
                                                                                               pad_type_id=1, pad_to_multiple_of=multiple))
                    for side, length, multiple in (("left", 9, None), ("right", None, 4), ("right", 5, 0))]
        for each in settings:
            with self.subTest(each):
                backend.enable_truncation(**each["truncation"])
                backend.enable_padding(**each["padding"])
                backend.save(str(file))
                for text, line in zip(TEXTS, self.tokenize(file, TEXTS)):
                    expected = backend.encode(text)
                    self.assertEqual(json.loads(line), {"ids": expected.ids, "tokens": expected.tokens,
                                                        "offsets": [list(pair) for pair in expected.offsets]}, text)
                pairs = [(first, second) for first, second, ids in zip(TEXTS, reversed(TEXTS), whole) if len(ids) < 8]
                backend.enable_truncation(max_length=12, strategy="only_second", direction="left")
                backend.save(str(file))
                for pair, line in zip(pairs, self.tokenize(file, pairs, "--ids", "--tokens")):
                    expected = backend.encode(*pair)
                    self.assertEqual(line, " ".join(map(str, expected.ids)) + "\t" + " ".join(expected.tokens), pair)
                for ids, line in zip(whole, self.tokenize(folder, TEXTS, "--ids")):
                    self.assertEqual(line, " ".join(map(str, ids)))
                for ids, line in zip(whole, self.tokenize(file, TEXTS, "--ids", "--max-length", 1000)):
                    self.assertEqual(line, " ".join(map(str, ids)))
        backend.enable_truncation(4, stride=2)
        backend.save(str(file))
        result = support.run("tokenize", file, stdin="a b c d e f\n")
        self.assertEqual(result.code, 2, result)
        self.assertIn("stride 2", result.err)

    def test_the_slow_files_give_the_same_tokenizer(self):
        for name, folder in self.folders.items():
            bare = self.folder / name
            shutil.copytree(folder, bare)
            (bare / "tokenizer.json").unlink()
            self.assert_equal_to_transformers(name, bare)
            self.assertEqual(self.tokenize(bare, TEXTS, "--ids"), self.tokenize(folder, TEXTS, "--ids"), name)

    def test_lower_casing(self):
        for kind in ("wordpiece", "byte-bpe", "unigram", "bpe"):
            folder = self.folder / kind
            self.ok("train-tokenizer", "--type", kind, "--vocab-size", 400, "--lowercase", "-o", folder, self.text)
            if kind == "bpe":  # Llama's converter forgets the rules of the model file
                continue
            upper, lower = self.tokenize(folder, ["THE QUICK FOX", "the quick fox"], "--ids")
            self.assertEqual(upper, lower, kind)

    def test_standard_input_and_several_files_give_what_one_file_gives(self):
        lines = self.text.read_text().splitlines(keepends=True)
        parts = [self.folder / "a.txt", self.folder / "b.txt"]
        parts[0].write_text("".join(lines[:700]))
        parts[1].write_text("".join(lines[700:]))
        for kind, name in (("byte-bpe", "gpt2"), ("unigram", "t5")):
            made = {}
            for way, files, stdin in (("whole", [self.text], ""), ("parts", parts, ""), ("stdin", ["-"], self.text.read_text())):
                made[way] = self.folder / f"{kind}-{way}"
                self.ok("train-tokenizer", "--type", kind, "--vocab-size", 400, "-o", made[way], *files, stdin=stdin)
            for way in ("parts", "stdin"):
                for file in made["whole"].iterdir():
                    self.assertEqual((made[way] / file.name).read_bytes(), file.read_bytes(), (kind, way, file.name))

    def test_bpe_and_wordpiece_equal_the_trainers_of_tokenizers(self):
        from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, trainers

        theirs = Tokenizer(models.BPE())
        theirs.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
        theirs.train([str(self.text)], trainers.BpeTrainer(vocab_size=400, min_frequency=2, special_tokens=["<|endoftext|>"], show_progress=False,
                                                           initial_alphabet=pre_tokenizers.ByteLevel.alphabet()))
        self.ok("train-tokenizer", "--type", "byte-bpe", "--vocab-size", 400, "-o", self.folder / "gpt2", self.text)
        expected, found = json.loads(theirs.to_str())["model"], json.loads((self.folder / "gpt2/tokenizer.json").read_text())["model"]
        self.assertEqual(found["vocab"], expected["vocab"])
        self.assertEqual(found["merges"], expected["merges"])

        # Numbers of characters within words are random in tokenizers; the tokens that are made are not, as long as no counts are equal.
        theirs = Tokenizer(models.WordPiece(unk_token="[UNK]"))
        theirs.normalizer, theirs.pre_tokenizer = normalizers.BertNormalizer(lowercase=True), pre_tokenizers.BertPreTokenizer()
        specials = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
        theirs.train([str(self.text)], trainers.WordPieceTrainer(vocab_size=130, min_frequency=2, special_tokens=specials, show_progress=False))
        self.ok("train-tokenizer", "--type", "wordpiece", "--lowercase", "--vocab-size", 130, "-o", self.folder / "bert", self.text)
        found = (self.folder / "bert/vocab.txt").read_text().split("\n")[:-1]
        by_id = sorted(theirs.get_vocab(), key=theirs.get_vocab().get)
        self.assertEqual([t for t in found if not t.startswith("##")][:60], [t for t in by_id if not t.startswith("##")][:60])

    def test_sentencepiece_models_are_those_of_spm_train(self):
        import io

        import sentencepiece

        model = io.BytesIO()
        sentencepiece.SentencePieceTrainer.train(sentence_iterator=iter(self.text.read_text().splitlines()), model_writer=model, vocab_size=600,
                                                 model_type="unigram", pad_id=0, eos_id=1, unk_id=2, bos_id=-1, character_coverage=1.0,
                                                 control_symbols=["<new>", "<two words>"], minloglevel=2)
        theirs = sentencepiece.SentencePieceProcessor(model_proto=model.getvalue())
        ours = sentencepiece.SentencePieceProcessor(model_file=str(self.folders["t5"] / "spiece.model"))
        pieces = lambda processor: [(processor.id_to_piece(i), processor.get_score(i)) for i in range(processor.vocab_size())]  # noqa: E731
        self.assertEqual(pieces(ours), pieces(theirs))

    def test_errors_of_training_say_what_to_do(self):
        def train(*arguments, stdin=""):
            return support.run("train-tokenizer", "-o", self.folder / "out", *arguments, stdin=stdin)

        tiny, empty, latin1 = self.folder / "tiny", self.folder / "empty", self.folder / "latin1"
        tiny.write_text("a few words only\n")
        empty.write_text("")
        latin1.write_bytes(b"good\nsch\xf6n\n")
        for kind in ("unigram", "bpe"):
            self.assert_fails(train("--type", kind, "--vocab-size", 8000, tiny), support.EXIT_DATA, "too small", "at most", "vocabulary size")
            self.assert_fails(train("--type", kind, "--vocab-size", 20, self.text), support.EXIT_USAGE, "no room", "character coverage")
            self.assert_fails(train("--type", kind, "--vocab-size", 100, empty), support.EXIT_DATA, "no text")
            self.assert_fails(train("--type", kind, "--vocab-size", 100, "-", stdin=" \n\u2581\n\u200b\n"), support.EXIT_DATA, "no text")
        for kind in ("byte-bpe", "wordpiece"):
            self.assert_fails(train("--type", kind, "--vocab-size", 20, self.text), support.EXIT_USAGE, "no room", "vocabulary size")
            self.assert_fails(train("--type", kind, "--vocab-size", 300, empty), support.EXIT_DATA, "no text")
        for kind in CLASSES.values():
            self.assert_fails(train("--type", kind, "--vocab-size", 400, latin1), support.EXIT_DATA, "latin1:2", "UTF-8")
        self.assert_fails(train("--type", "unigram", "--vocab-size", 400, "--model-class", "gpt2", self.text), support.EXIT_USAGE, "gpt2", "t5")
        self.assert_fails(train("--type", "unigram", "--vocab-size", 0, self.text), support.EXIT_USAGE, "vocabulary size 0")
        self.assert_fails(train("--type", "unigram", "--vocab-size", 400, "--character-coverage", 0.5, self.text), support.EXIT_USAGE, "0.98")
        self.assert_fails(train("--type", "wordpiece", "--vocab-size", 400, "--special-tokens", "[CLS]", self.text), support.EXIT_USAGE, "[CLS]")
        self.assert_fails(train("--type", "unigram", "--vocab-size", 400, "--special-tokens", 'a"b', self.text), support.EXIT_USAGE, "quote")
        self.assert_fails(train("--type", "unigram", "--vocab-size", 400, self.folder / "none.txt"), support.EXIT_IO, "none.txt")
        self.assertEqual(sorted(path.name for path in self.folder.iterdir()), ["empty", "latin1", "tiny"], "nothing is left behind")

    def test_an_existing_folder_is_replaced_only_when_asked(self):
        train = ["train-tokenizer", "--type", "byte-bpe", "--vocab-size", 300, self.text, "-o"]
        folder = self.folder / "out"
        self.ok(*train, folder)
        before = (folder / "vocab.json").read_bytes()
        self.assert_fails(support.run(*train, folder), support.EXIT_BUSY, "exists already", "--overwrite")
        self.ok("train-tokenizer", "--type", "wordpiece", "--vocab-size", 300, self.text, "-o", folder, "--overwrite")
        self.assertFalse((folder / "vocab.json").exists(), before)
        (folder / "config.json").write_text("{}")
        self.assert_fails(support.run(*train, folder, "--overwrite"), support.EXIT_BUSY, "not replaced")
        self.assertEqual([path.name for path in self.folder.iterdir()], ["out"])

    def test_the_result_as_json(self):
        result = self.ok("train-tokenizer", "--type", "unigram", "--vocab-size", 400, self.text, "-o", self.folder / "out", "--json").json()
        self.assertEqual(result["vocab_size"], 400)
        self.assertEqual(sorted(result["files"]), sorted(path.name for path in (self.folder / "out").iterdir()))

    def test_forms_of_tokenize(self):
        folder = self.folders["bert"]
        text = "The fox\t'x' é"
        whole = json.loads(self.ok("tokenize", folder, stdin=text + "\r\n").out)
        self.assertEqual(set(whole), {"ids", "tokens", "offsets"})
        self.assertEqual(whole["tokens"][0], "[CLS]")
        self.assertEqual(whole["offsets"][1][0], 0)
        self.assertEqual(whole["offsets"][-2], [len(text) - 1, len(text)])
        ids = " ".join(map(str, whole["ids"]))
        tokens = " ".join(whole["tokens"])
        offsets = " ".join(f"{a}-{b}" for a, b in whole["offsets"])
        for flags, expected in ((["--ids"], ids), (["--tokens"], tokens), (["--offsets"], offsets), (["--ids", "--tokens", "--offsets"], "\t".join([ids, tokens, offsets]))):
            self.assertEqual(self.ok("tokenize", folder, *flags, stdin=text).out, expected + "\n", flags)
        bare = json.loads(self.ok("tokenize", folder, "--no-special", stdin=text).out)
        self.assertEqual(bare["ids"], whole["ids"][1:-1])
        pair = self.ok("tokenize", folder, "--pair", "--tokens", stdin="fox\tdogs\n").out
        self.assertEqual(pair, self.ok("tokenize", folder, "--json", "--tokens", stdin='["fox", "dogs"]\n').out)
        self.assertEqual(pair.count("[SEP]"), 2)
        self.assertEqual(len(self.ok("tokenize", folder, "--ids", "--max-length", 5, stdin="fox " * 50).out.split()), 5)
        self.assertEqual(self.ok("tokenize", folder, "--ids", stdin="").out, "")

    def test_decode_gives_the_text_back(self):
        for name in ("gpt2", "t5", "llama", "bert"):
            text = "the quick brown fox jumps" if name != "gpt2" else "The  quick\tbrown 😀 中文\nfox"
            ids = self.tokenize(self.folders[name], [text], "--ids", "--no-special")[0]
            back = self.ok("tokenize", self.folders[name], "--decode", "--json", "--no-special", stdin=ids).out
            self.assertEqual(json.loads(back), text, name)
        self.assertEqual(self.ok("tokenize", self.folders["bert"], "--decode", stdin="2 3\n\n2\n").out.split("\n")[1:], ["", "[CLS]", ""])

    def test_errors_of_tokenize_name_the_line(self):
        folder = self.folders["bert"]
        self.assert_fails(support.run("tokenize", folder, "--decode", stdin="1\n2 600\n"), support.EXIT_DATA, "standard input:2", "600", "599")
        self.assert_fails(support.run("tokenize", folder, "--decode", stdin="one\n"), support.EXIT_DATA, "standard input:1", "'one'")
        self.assert_fails(support.run("tokenize", folder, "--pair", stdin="a\tb\nc\n"), support.EXIT_DATA, "standard input:2", "tab")
        self.assert_fails(support.run("tokenize", folder, "--json", stdin='"a"\nb\n'), support.EXIT_DATA, "standard input:2")
        self.assert_fails(support.run("tokenize", folder, "--json", stdin='{"a": 1}\n'), support.EXIT_DATA, "standard input:1", "string")
        self.assert_fails(support.run("tokenize", self.folder, stdin="a"), support.EXIT_MODEL, str(self.folder))

    def test_order_is_kept_over_threads_and_lines_are_answered_at_once(self):
        folder = self.folders["gpt2"]
        lines = "".join(f"line {i} of {'many ' * (i % 7)}\n" for i in range(20000))
        one = self.ok("tokenize", folder, "--ids", "--threads", 1, stdin=lines).out
        self.assertEqual(self.ok("tokenize", folder, "--ids", "--threads", 4, stdin=lines).out, one)
        process = support.start("tokenize", folder, "--ids", stdin=subprocess.PIPE, stderr=subprocess.DEVNULL)
        process.stdin.write(b"first\n")
        process.stdin.flush()
        ready, _, _ = select.select([process.stdout], [], [], 20)
        self.assertTrue(ready, "no answer while the input is open")
        process.communicate(timeout=20)

    def test_a_long_stream_takes_constant_memory(self):
        def peak_mib(megabytes):
            line = b"The quick brown fox jumps over the lazy dog. " * 20 + b"\n"
            process = subprocess.Popen([support.program(), "tokenize", str(self.folders["gpt2"]), "--ids", "--threads", "2"], stdin=subprocess.PIPE,
                                       stdout=subprocess.DEVNULL, env=support.environment())
            for _ in range(megabytes * 1000000 // len(line)):
                process.stdin.write(line)
            process.stdin.flush()
            status = pathlib.Path(f"/proc/{process.pid}/status").read_text()
            process.stdin.close()
            process.wait(60)
            return int(re.search(r"VmHWM:\s+(\d+)", status).group(1)) / 1024

        if os.path.exists("/proc/self/status"):
            self.assertLess(peak_mib(60), peak_mib(2) + 24)

    def test_inspect_shows_the_parts(self):
        described = self.ok("inspect", self.folders["roberta"], "--json").json()["tokenizer"]
        self.assertEqual(described["vocab_size"], 600)
        self.assertEqual(described["parts"]["model"], "BPE")
        self.assertEqual(described["parts"]["pre_tokenizer"], "ByteLevel")
        self.assertEqual(described["parts"]["decoder"], "ByteLevel")
        self.assertEqual(described["parts"]["post_processor"], "RobertaProcessing")
        specials = {special["token"]: special["id"] for special in described["special_tokens"]}
        self.assertLessEqual({"<s>": 0, "<pad>": 1, "</s>": 2, "<unk>": 3, "<mask>": 4}.items(), specials.items())
        self.assertIn("<new>", specials)
        self.assertTrue(described["examples"])
        for example in described["examples"]:
            self.assertEqual(len(example["ids"]), len(example["tokens"]))
        text = self.ok("inspect", self.folders["t5"]).out
        for words in ("Precompiled", "Metaspace", "Unigram", "<pad>", "600"):
            self.assertIn(words, text)
        self.assertIn("BertNormalizer", self.ok("inspect", self.folders["bert"] / "tokenizer.json").out)


if __name__ == "__main__":
    support.main()
