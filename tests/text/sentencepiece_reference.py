#!/usr/bin/env python3
"""Writes what transformers and sentencepiece make of texts with Marian folders and bare .model files.

    sentencepiece_reference.py OUT_FOLDER SHARED_DATA_OR_-

OUT_FOLDER/marian-* are folders with `expected.json`: {"source": cases, "target": cases}; OUT_FOLDER/*.model have a
NAME.expected.json beside them: {"cases": cases}. A case is {"text", "ids", "offsets" (models only), "decoded": [...]}.
"""
import json
import os
import shutil
import sys
import warnings

os.environ["TRANSFORMERS_VERBOSITY"] = "error"
warnings.filterwarnings("ignore")

import sentencepiece  # noqa: E402
from slow_reference import LINES, TEXTS, train_sentencepiece  # noqa: E402
from transformers import MarianTokenizer  # noqa: E402


def marian_cases(tokenizer, texts, is_target):
    cases = []
    for text in texts:
        ids = (tokenizer(text_target=text) if is_target else tokenizer(text))["input_ids"]
        decoded = [tokenizer.decode(ids, skip_special_tokens=skip, use_source_tokenizer=not is_target) for skip in (False, True)]
        cases.append(dict(text=text, ids=ids, decoded=decoded))
    return cases


def write_json(file, value):
    with open(file, "w", encoding="utf-8") as out:
        json.dump(value, out)


def expect_marian(folder, texts):
    tokenizer = MarianTokenizer.from_pretrained(folder)
    write_json(os.path.join(folder, "expected.json"),
               dict(source=marian_cases(tokenizer, texts, False), target=marian_cases(tokenizer, texts, True)))


def made_marian(folder, source, target):
    os.makedirs(folder)
    pieces = {}
    for name, model in (("source.spm", source), ("target.spm", target)):
        with open(os.path.join(folder, name), "wb") as out:
            out.write(model)
        processor = sentencepiece.SentencePieceProcessor(model_proto=model)
        for i in range(3, processor.get_piece_size(), 2):  # every second piece is unknown to the vocabulary
            pieces[processor.id_to_piece(i)] = 0
    tokens = ["</s>", "<unk>", ">>fr<<", ">>de<<"] + [piece for piece in pieces if piece not in (">>fr<<", ">>de<<")] + ["<pad>"]
    write_json(os.path.join(folder, "vocab.json"), {token: i for i, token in enumerate(tokens)})
    write_json(os.path.join(folder, "config.json"), dict(model_type="marian"))
    write_json(os.path.join(folder, "tokenizer_config.json"), dict(source_lang="en", target_lang="fr"))


def expect_model(file, texts):
    processor = sentencepiece.SentencePieceProcessor(model_file=file)
    cases = []
    for text in texts:
        pieces = processor.encode(text, out_type="immutable_proto").pieces
        ids = [piece.id for piece in pieces]
        cases.append(dict(text=text, ids=ids, offsets=[(piece.begin, piece.end) for piece in pieces], decoded=[processor.decode(ids)]))
    write_json(file + ".expected.json", dict(cases=cases))


def main():
    out, shared = sys.argv[1:]
    texts = TEXTS + [">>fr<< Hello world", ">>xx<< unknown code", ">>fr<<", "a >>fr<< b", "x </s> y <unk> z", "<pad>a"]
    unigram = train_sentencepiece(model_type="unigram", user_defined_symbols=["<user>"])
    bpe = train_sentencepiece(model_type="bpe", byte_fallback=True, vocab_size=800)
    made_marian(os.path.join(out, "marian-made"), unigram, bpe)
    expect_marian(os.path.join(out, "marian-made"), texts)
    models = dict(unigram=unigram, bpe=bpe, chars=train_sentencepiece(model_type="char"),
                  words=train_sentencepiece(model_type="word", vocab_size=300),
                  suffix=train_sentencepiece(model_type="unigram", treat_whitespace_as_suffix=True, add_dummy_prefix=False))
    for name, model in models.items():
        with open(os.path.join(out, name + ".model"), "wb") as file:
            file.write(model)
    if shared != "-":
        base = os.path.join(shared, "tokenizer-sentencepiece")
        texts += [line.rstrip("\n") for line in open(os.path.join(shared, "tokenizer-expected/texts.txt"), encoding="utf-8", newline="\n")][::10]
        shutil.copytree(os.path.join(base, "marian-en-pt"), os.path.join(out, "marian-real"), copy_function=shutil.copyfile)
        os.chmod(os.path.join(out, "marian-real"), 0o755)
        expect_marian(os.path.join(out, "marian-real"), texts)
        for name in ("t5_base", "llama", "google_test_ja_model", "en.wiki.bpe.vs10000"):
            shutil.copyfile(os.path.join(base, name + ".model"), os.path.join(out, name + ".model"))
    for name in sorted(os.listdir(out)):
        if name.endswith(".model"):
            expect_model(os.path.join(out, name), texts + LINES[40:60])


if __name__ == "__main__":
    main()
