"""CTranslate2 converts a Marian export of ours and writes the same translations by greedy search.

It starts every translation from a zero embedding, as Marian does; in a Hugging Face folder that is the row of <pad>, zero in every Marian
checkpoint until it is trained as one more output (here as in transformers). So the trained model's row is set back to zero first.
"""

import importlib.util
import json
import random
import shutil
import sys

import support

WORDS = {"one": "eins", "two": "zwei", "three": "drei", "four": "vier", "five": "fünf", "red": "rot", "blue": "blau", "green": "grün",
         "house": "haus", "tree": "baum", "dog": "hund", "cat": "katze", "is": "ist", "and": "und"}


def sentence_pairs(count, seed):
    """Word by word, the other way round: what a decoder learns only by looking at the source."""
    draw = random.Random(seed)
    sources = [draw.choices(list(WORDS), k=draw.randint(2, 7)) for _ in range(count)]
    return [(" ".join(source), " ".join(WORDS[word] for word in reversed(source))) for source in sources]


def make_marian(folder, lines):
    """A Hugging Face folder of a small Marian model with random weights, as OPUS-MT models are laid out."""
    import sentencepiece
    import torch
    import transformers

    folder.mkdir()
    sentencepiece.SentencePieceTrainer.train(sentence_iterator=iter(lines), model_prefix=str(folder / "source"), model_type="bpe",
                                             vocab_size=80, eos_id=0, unk_id=1, bos_id=-1, pad_id=-1, minloglevel=2)
    (folder / "source.vocab").unlink()
    (folder / "source.model").rename(folder / "source.spm")
    shutil.copy(folder / "source.spm", folder / "target.spm")
    pieces = sentencepiece.SentencePieceProcessor(model_file=str(folder / "source.spm"))
    pad = pieces.get_piece_size()
    vocabulary = {pieces.id_to_piece(number): number for number in range(pad)} | {"<pad>": pad}
    (folder / "vocab.json").write_text(json.dumps(vocabulary))
    (folder / "tokenizer_config.json").write_text(json.dumps({"tokenizer_class": "MarianTokenizer", "source_lang": "en", "target_lang": "de"}))
    torch.manual_seed(5)
    config = transformers.MarianConfig(
        vocab_size=pad + 1, d_model=64, encoder_layers=2, decoder_layers=2, encoder_attention_heads=4, decoder_attention_heads=4,
        encoder_ffn_dim=128, decoder_ffn_dim=128, dropout=0.0, activation_function="swish", scale_embedding=True,
        share_encoder_decoder_embeddings=True, max_position_embeddings=64, init_std=0.1, pad_token_id=pad, decoder_start_token_id=pad,
        eos_token_id=0, forced_eos_token_id=0, bad_words_ids=[[pad]])
    transformers.MarianMTModel(config).save_pretrained(folder)


class CTranslate2(support.Case):
    def train_and_export(self):
        import safetensors.torch

        pairs = sentence_pairs(600, seed=1)
        make_marian(self.folder / "model", [line for pair in pairs for line in pair])
        (self.folder / "train.en").write_text("".join(source + "\n" for source, _ in pairs))
        (self.folder / "train.de").write_text("".join(target + "\n" for _, target in pairs))
        config = self.write_config({
            "output_dir": "run", "seed": 3, "model": {"path": "model"}, "task": {"type": "translation"},
            "data": {"train": {"source": "train.en", "target": "train.de"}, "validation": "5 percent", "cache": False},
            "training": {"num_train_epochs": 8, "batch_size": 16}, "optimizer": {"learning_rate": 3e-3},
            "logging": {"tensorboard": False}}, self.folder / "run.json")
        self.train(config, timeout=200)
        trained = self.export(self.folder / "run", self.folder / "trained")
        weights = safetensors.torch.load_file(trained / "model.safetensors")
        weights["model.shared.weight"][-1] = 0.0
        safetensors.torch.save_file(weights, trained / "model.safetensors", metadata={"format": "pt"})
        return self.export(trained, self.folder / "out")

    def export(self, source, target):
        result = support.run("export", source, target)
        self.assertEqual(result.code, 0, result)
        return target

    def test_it_converts_our_export_and_translates_alike(self):
        import ctranslate2
        import transformers

        export = self.train_and_export()
        lines = [source for source, _ in sentence_pairs(100, seed=2)]
        result = support.run("predict", export, "--format", "text", stdin="\n".join(lines) + "\n")
        self.assertEqual(result.code, 0, result)
        ours = result.out.splitlines()

        converted = self.folder / "converted"
        ctranslate2.converters.TransformersConverter(str(export)).convert(str(converted))
        tokenizer = transformers.AutoTokenizer.from_pretrained(export)
        translator = ctranslate2.Translator(str(converted), device="cpu", compute_type="float32", intra_threads=1)
        sources = [tokenizer.convert_ids_to_tokens(tokenizer(line)["input_ids"]) for line in lines]
        answers = translator.translate_batch(sources, beam_size=1, max_decoding_length=60)
        theirs = [tokenizer.decode(tokenizer.convert_tokens_to_ids(answer.hypotheses[0]), skip_special_tokens=True) for answer in answers]
        self.assertEqual(ours, theirs)
        self.assertGreater(len(set(ours)), 60, "the model writes the same for many sources: nothing was compared")


if __name__ == "__main__":
    if importlib.util.find_spec("ctranslate2") is None:
        print("skipped: needs the Python package ctranslate2 (installed by scripts/setup.sh --tests)")
        sys.exit(support.SKIPPED)
    support.main()
