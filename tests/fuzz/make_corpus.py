#!/usr/bin/env python3
"""Writes the seeds of the fuzzing corpus beside this script: small, well-formed and nearly well-formed inputs.

Run with the Python of the set-up's virtual environment (tokenizers 0.22.2, sentencepiece 0.2.1).
"""
import io
import json
import os

import sentencepiece
from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors

HERE = os.path.dirname(os.path.abspath(__file__))


def write(target, name, data):
    folder = os.path.join(HERE, "corpus", target)
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, name), "wb") as out:
        out.write(data if isinstance(data, bytes) else data.encode())


def documents():
    wordpiece = Tokenizer(models.WordPiece({"[UNK]": 0, "[CLS]": 1, "[SEP]": 2, "a": 3, "##b": 4}, unk_token="[UNK]"))
    wordpiece.normalizer = normalizers.BertNormalizer()
    wordpiece.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    wordpiece.decoder = decoders.WordPiece()
    wordpiece.post_processor = processors.TemplateProcessing("[CLS] $A [SEP]", "[CLS] $A [SEP] $B:1 [SEP]:1", [("[CLS]", 1), ("[SEP]", 2)])
    wordpiece.add_special_tokens(["[CLS]", "[SEP]", "<x>"])
    yield "wordpiece", wordpiece
    bpe = Tokenizer(models.BPE({"a": 0, "b": 1, "ab": 2, "\u0120": 3}, [("a", "b")], unk_token="a", byte_fallback=True, fuse_unk=True))
    bpe.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.Split(Regex(r"\p{N}{1,3}| ?\p{L}+|\s+(?!\S)"), "isolated"), pre_tokenizers.ByteLevel()])
    bpe.post_processor = processors.ByteLevel(trim_offsets=True)
    bpe.decoder = decoders.ByteLevel()
    yield "bpe", bpe
    unigram = Tokenizer(models.Unigram([("<unk>", 0.0), ("\u2581", -1.0), ("a", -2.0), ("\u2581a", -1.5)], 0, False))
    unigram.normalizer = normalizers.Sequence([normalizers.NFKC(), normalizers.Replace(Regex(" {2,}"), "\u2581"), normalizers.Strip()])
    unigram.pre_tokenizer = pre_tokenizers.Metaspace()
    unigram.decoder = decoders.Metaspace()
    yield "unigram", unigram
    words = Tokenizer(models.WordLevel({"a": 0, "b": 1}, unk_token="b"))
    words.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.Whitespace(), pre_tokenizers.Digits(True), pre_tokenizers.Punctuation("contiguous"),
                                                   pre_tokenizers.UnicodeScripts()])
    words.decoder = decoders.Sequence([decoders.Replace("a", "b"), decoders.CTC(), decoders.Strip(" ", 1, 1), decoders.Fuse()])
    yield "words", words


def model(**options):
    out = io.BytesIO()
    text = ["the cat sat on the mat", "a cat and a dog and 12 mats", "dogs do not sit on mats, do they?"] * 3
    sentencepiece.SentencePieceTrainer.train(sentence_iterator=iter(text), model_writer=out, minloglevel=2, hard_vocab_limit=False,
                                             **{**dict(vocab_size=40, normalization_rule_name="identity"), **options})
    return out.getvalue()


def main():
    for name, tokenizer in documents():
        write("tokenizer_json", name, tokenizer.to_str())
    vocabulary = json.dumps({"<|endoftext|>": 0, "a": 1, "b": 2, "ab": 3, "\u0120": 4})
    for name, merges in dict(plain="#version: 0.2\na b\n", crlf="#v\r\na b\r\n", absent="#v\na c\n", twice="#v\na b\na b\n", three="#v\na b a\n").items():
        write("vocab_merges", name, vocabulary + "\0" + merges)
    write("vocab_merges", "holes", '{"a": 5, "<|endoftext|>": 5}\0#v\n')
    write("model", "unigram", model(model_type="unigram", user_defined_symbols=["<u>"], control_symbols=["<c>"]))
    write("model", "bpe", model(model_type="bpe", byte_fallback=True, vocab_size=300))
    write("model", "chars", model(model_type="char"))
    rules = os.path.join(HERE, "rules.tsv")
    with open(rules, "w") as out:
        out.write("41\t61\n42 301\t62\n20AC\t45 55 52\n")
    write("model", "rules", model(model_type="unigram", normalization_rule_tsv=rules, normalization_rule_name="user_defined"))
    os.remove(rules)
    for name, text in dict(words="Hello, world! it's 12,500", accents="caf\u00e9 \u0301\u0327x", chinese="\u4e2d\u6587 \uff21", spaces="  a \t\n b  "
                           ).items():
        for choice in range(3):
            write("encode", f"{name}-{choice}", bytes([choice]) + text.encode())
    write("encode", "broken", b"\x00\xff\xc3\xe4\xb8 a\xed\xa0\x80")
    write("encode", "short", b"\x49a b [SEP] ab ab")


if __name__ == "__main__":
    main()
