#!/usr/bin/env python3
"""Writes what fuzzing starts from beside this script: tokenizers/*, small tokenizers of every kind, and seeds in corpus/*.

    .deps/venv/bin/python tests/fuzz/make_corpus.py

(tokenizers 0.22.2, sentencepiece 0.2.1.) scripts/fuzz.sh adds what it finds to the corpus.
"""
import io
import json
import os
import sys
import tempfile

import sentencepiece
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers as n, pre_tokenizers as p, processors as post, trainers

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "text"))
from pipeline_reference import ADDED, CL100K, GPT2, OVERLAPPING, normalizer_cases, pre_tokenizer_cases, processor_cases  # noqa: E402

TEXT = ["the cat sat on the mat", "a cat and a dog and 12 mats", "dogs do not sit on mats, do they?", "it's what they're for, isn't it", "caf\u00e9 na\u00efve \u4e2d\u6587 1234"] * 3
LLAMA3 = CL100K % "1,3"
QWEN2 = CL100K.replace("{%s}", "")

OVERLAPPING_SEEDS = ["a<end>\n\nab low", "lowab <m> <m>b", "\u00e9<m>  \u201c ab<end> \n\u4e2d", "<end>\n"]


def write(folder, name, data):
    folder = os.path.join(HERE, folder)
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, name), "wb") as out:
        out.write(data if isinstance(data, bytes) else data.encode())


def compact(tokenizer):
    return json.dumps(json.loads(tokenizer.to_str()), ensure_ascii=False, separators=(",", ":"))


def trained(trainer, model, **parts):
    tokenizer = Tokenizer(model)
    for name, part in parts.items():
        setattr(tokenizer, name, part)
    tokenizer.train_from_iterator(TEXT, trainer)
    return tokenizer


def byte_bpe(pre_tokenizer, **options):
    trainer = trainers.BpeTrainer(vocab_size=340, special_tokens=["<|endoftext|>"], initial_alphabet=p.ByteLevel.alphabet(), show_progress=False)
    return trained(trainer, models.BPE(**options), pre_tokenizer=pre_tokenizer, decoder=decoders.ByteLevel(), post_processor=post.ByteLevel(trim_offsets=True))


def llama(**parts):
    """Byte pieces, characters and merges as a SentencePiece model has them."""
    tokens = ["<unk>", "<s>", "</s>"] + [f"<0x{byte:02X}>" for byte in range(256)] + list("\u2581abcdehinost,.") + ["\u2581a", "at", "\u2581at", "\u2581\u2581", "th", "the"]
    merges = [("\u2581", "a"), ("a", "t"), ("\u2581a", "t"), ("\u2581", "at"), ("\u2581", "\u2581"), ("t", "h"), ("th", "e")]
    tokenizer = Tokenizer(models.BPE({token: i for i, token in enumerate(tokens)}, merges, unk_token="<unk>", fuse_unk=True, byte_fallback=True))
    for name, part in parts.items():
        setattr(tokenizer, name, part)
    tokenizer.decoder = decoders.Sequence([decoders.Replace("\u2581", " "), decoders.ByteFallback(), decoders.Fuse(), decoders.Strip(" ", 1, 0)])
    tokenizer.post_processor = post.TemplateProcessing(single="<s> $A", pair="<s> $A <s>:1 $B:1", special_tokens=[("<s>", 1)])
    tokenizer.add_special_tokens(["<unk>", "<s>", "</s>"])
    return tokenizer


def unigram(**parts):
    trainer = trainers.UnigramTrainer(vocab_size=120, special_tokens=["<unk>", "</s>"], unk_token="<unk>", show_progress=False)
    return trained(trainer, models.Unigram(), decoder=decoders.Metaspace(), **parts)


def bert(lowercase):
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    tokenizer = trained(trainers.WordPieceTrainer(vocab_size=150, special_tokens=special, show_progress=False), models.WordPiece(unk_token="[UNK]"),
                        normalizer=n.BertNormalizer(lowercase=lowercase), pre_tokenizer=p.BertPreTokenizer(), decoder=decoders.WordPiece())
    tokenizer.post_processor = post.TemplateProcessing(single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1", special_tokens=[("[CLS]", 2), ("[SEP]", 3)])
    tokenizer.add_special_tokens([AddedToken("[MASK]", lstrip=True), "<word>"])
    return tokenizer


def charsmap(model_bytes):
    """Of a model's normalizer: fields 3 and 2 of the protobuf."""
    from sentencepiece import sentencepiece_model_pb2 as pb
    proto = pb.ModelProto()
    proto.ParseFromString(model_bytes)
    return proto.normalizer_spec.precompiled_charsmap


def model(**options):
    out = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(sentence_iterator=iter(TEXT), model_writer=out, minloglevel=2, hard_vocab_limit=False,
                                             **{**dict(vocab_size=60, normalization_rule_name="identity"), **options})
    return out.getvalue()


def models_by_name():
    with tempfile.NamedTemporaryFile("w", suffix=".tsv") as rules:
        rules.write("41\t61\n42 301\t62\n20AC\t45 55 52\nC5\t61\nAD\t\n")
        rules.flush()
        ruled = model(model_type="unigram", normalization_rule_tsv=rules.name, normalization_rule_name="user_defined")
    named = dict(unk_id=0, pad_id=3, user_defined_symbols=["<u>", "[CLS]", "[SEP]"], control_symbols=["<c>", "[MASK]"])
    return dict(rules=ruled, unigram=model(model_type="unigram", **named), bpe=model(model_type="bpe", byte_fallback=True, vocab_size=330, split_digits=True, **named),
                chars=model(model_type="char"), words=model(model_type="word"), suffix=model(model_type="bpe", treat_whitespace_as_suffix=True))


def tokenizers(models_made):
    meta, first = p.Metaspace(), p.Metaspace(prepend_scheme="first", split=False)
    yield "bert-uncased", bert(True)
    yield "bert-cased", bert(False)
    yield "gpt2", byte_bpe(p.ByteLevel(False))
    yield "roberta", byte_bpe(p.ByteLevel(True))
    for name, regex in (("llama3", LLAMA3), ("qwen2", QWEN2)):
        yield name, byte_bpe(p.Sequence([p.Split(Regex(regex), "isolated"), p.ByteLevel(False, use_regex=False)]), ignore_merges=name == "llama3")
    yield "llama", llama(normalizer=n.Sequence([n.Prepend("\u2581"), n.Replace(" ", "\u2581")]))
    yield "llama-first", llama(pre_tokenizer=first)
    yield "t5", unigram(normalizer=n.Sequence([n.Precompiled(charsmap(models_made["rules"])), n.Strip(False, True), n.Replace(Regex(" {2,}"), "\u2581")]), pre_tokenizer=meta)
    yield "albert", unigram(normalizer=n.Sequence([n.Replace("``", '"'), n.NFKD(), n.StripAccents(), n.Lowercase(), n.Replace(Regex(" {2,}"), " ")]), pre_tokenizer=meta)
    white_space = unigram(pre_tokenizer=meta)
    white_space.add_tokens(OVERLAPPING)
    yield "white-space", white_space  # the last of the folder: OVERLAPPING_SEEDS are for it
    yield "spaces", unigram(normalizer=n.Sequence([n.NFC(), n.Nmt(), n.Strip()]), pre_tokenizer=p.Sequence([p.WhitespaceSplit(), p.Metaspace()]))


def small():
    return Tokenizer(models.BPE({"a": 0, "b": 1, "ab": 2, "\u0120": 3, "\u2581": 4, "<0x00>": 5, "<0x01>": 6, "<0x02>": 7, "e": 8, "1": 9}, [("a", "b")], unk_token="a"))


def pipeline_seeds():
    for name, part in normalizer_cases():
        tokenizer = small()
        if part:
            tokenizer.normalizer = part
        tokenizer.add_tokens(ADDED[:4])
        yield "normalizer-" + name, tokenizer
    for name, part in pre_tokenizer_cases():
        tokenizer = small()
        tokenizer.pre_tokenizer = part
        yield "pre-" + name, tokenizer
    for name, part in processor_cases():
        tokenizer = small()
        tokenizer.post_processor = part
        tokenizer.add_tokens(ADDED[4:])
        yield "post-" + name, tokenizer
    parts = [decoders.ByteLevel(), decoders.WordPiece(), decoders.Metaspace(), decoders.BPEDecoder(), decoders.ByteFallback(), decoders.Fuse(),
             decoders.Strip(" ", 1, 1), decoders.Replace("a", "b"), decoders.Replace(Regex("a+"), "b"), decoders.CTC()]
    for i, part in enumerate(parts + [decoders.Sequence(parts)]):
        tokenizer = small()
        tokenizer.decoder = part
        yield f"decoder-{i}", tokenizer
    options = (dict(byte_fallback=True), dict(fuse_unk=True, ignore_merges=True), dict(dropout=0.5), dict(continuing_subword_prefix="#", end_of_word_suffix="w"))
    for i, some in enumerate(options):
        yield f"bpe-{i}", Tokenizer(models.BPE({"a": 0, "#a": 1, "aw": 2, "#aw": 3, "aa": 4, "a#a": 5}, [("a", "#a")], unk_token="a", **some))
    yield "unigram", Tokenizer(models.Unigram([("<unk>", 0.0), ("\u2581", -1.0), ("a", -2.0), ("\u2581a", -1.5)], 0, True))
    yield "wordpiece", Tokenizer(models.WordPiece({"[UNK]": 0, "a": 1, "##b": 2}, unk_token="[UNK]", max_input_chars_per_word=5))
    words = Tokenizer(models.WordLevel({"a": 0, "b": 1}, unk_token="b"))
    words.enable_truncation(4, stride=1, strategy="only_first", direction="left")
    words.enable_padding(pad_token="a", length=3)
    yield "words", words


def folder_seeds():
    vocabulary = json.dumps({"<|endoftext|>": 0, "a": 1, "b": 2, "ab": 3, "\u0120": 4, "<s>": 5, "</s>": 6, "<unk>": 7, "<pad>": 8, "<mask>": 9})
    merges = dict(plain="#version: 0.2\na b\n", crlf="#v\r\na b\r\n", absent="#v\na c\n", twice="#v\na b\na b\n", three="#v\na b a\n", bare="a b")
    for name, text in merges.items():
        for cls in ("GPT2Tokenizer", "RobertaTokenizer"):
            yield f"{cls[:4]}-{name}", [json.dumps({"tokenizer_class": cls}), vocabulary, text]
    config = {"tokenizer_class": "GPT2TokenizerFast", "add_bos_token": True, "add_prefix_space": True, "bos_token": {"content": "<x>", "lstrip": True}, "pad_token": None}
    yield "bos", [json.dumps(config), vocabulary, merges["plain"], "", json.dumps({"new": 10, "<x>": 11}), "", json.dumps({"additional_special_tokens": ["<y>"]})]
    yield "bart", ["", vocabulary, merges["plain"], "", "", json.dumps({"model_type": "bart"})]
    yield "holes", [json.dumps({"tokenizer_class": "GPT2Tokenizer"}), '{"a": 5, "<|endoftext|>": 5}', "#v\n"]
    lines = "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\na\n##b\n"
    yield "bert", ["", "", "", lines]
    yield "bert-crlf", [json.dumps({"tokenizer_class": "BertTokenizer", "do_lower_case": False, "added_tokens_decoder": {"7": {"content": "<n>"}}}), "", "", lines.replace("\n", "\r\n")]
    yield "bert-doubled", [json.dumps({"tokenizer_class": "BertTokenizer", "strip_accents": True, "unk_token": "a"}), "", "", lines + "a\n\n"]


def encode_seeds(num_tokenizers):
    texts = ["Hello, world! it's 12,500 <s> [MASK] the cats", "caf\u00e9 \u0301\u0327x \u00c5\u00ad", "\u4e2d\u6587 \uff21\ufb01", "  a \t\n b  \r\n\u2581\u2581\u0120", b"\xff\xc3\xe4\xb8 a\xed\xa0\x80".decode("latin1")]
    for i in range(num_tokenizers):
        for j, text in enumerate(texts):
            yield f"{i:02}-{j}", bytes([i, (i * 37 + j * 16) % 256]) + (text.encode() if j < 4 else text.encode("latin1"))
    for j, text in enumerate(OVERLAPPING_SEEDS):
        yield f"overlapping-{j}", bytes([num_tokenizers - 1, j * 16]) + text.encode()


def weight_seeds():
    fixtures = os.path.join(HERE, "..", "tensors", "fixtures")
    for name in sorted(os.listdir(fixtures)):
        if name.endswith((".safetensors", ".bin")):
            with open(os.path.join(fixtures, name), "rb") as file:
                yield name, bytes([name.endswith(".bin")]) + file.read()
    shards = {"a": "a.safetensors", "b": "b.safetensors"}
    for name, index in (("sound", {"metadata": {"total_size": 32}, "weight_map": shards}), ("absent", {"weight_map": {**shards, "c": "b.safetensors"}}),
                        ("outside", {"weight_map": {"a": "../a.safetensors"}}), ("short", {"weight_map": {"a": "a.safetensors"}})):
        yield "index-" + name, b"\2" + json.dumps(index).encode()


def row_seeds():
    files = ("text\tlabel\tpair\na cat\t1\tb\n\nno\ttwo\n\u4e2d\t0.5\tc\n", 'text,label,pair\n"a ""cat""\n",1,b\nx,"y,z",\n"open,1,2\n',
             '{"text": "a", "label": 1, "pair": "b"}\n{"text": "\\ud83d\\ude00", "label": ["x", "y"]}\n{"label": "a;b"\n', "a line\r\n\nanother\n\n\nlast")
    for i, text in enumerate(files):
        for how in (0, 1, 2, 3, 4, 8 + 2, 16 + 2, 32 + 3, 64):
            yield f"{i}-{how}", bytes([i, how]) + text.encode()
        yield f"{i}-broken", bytes([i, 2]) + text.encode().replace(b"a", b"\xc3\0\xff")


def config_seeds():
    good = '{"output_dir": "o", "model": {"path": "m"}, "training": {"batch_size": 8, "learning_rate": 1e-3, "every": "2 epochs", "mode": "exact"}, "names": ["x", "\\u00e9"]}'
    yield "good", [good]
    yield "overrides", [good, "training.batch_tokens=100", "--stopping.patience=3", "model.path=null", "model.type=7", 'model.config={"a": [1, {"b": null}]}']
    yield "wrong", ['{"output_dir": 3, // no\n"training": {"learning_rat": 1e400, "every": "1 hour",}, "is_loud": "true"', "trainin.mode=fast", "a..b=", "=1"]


def manifest_seeds():
    """Of the files that manifest_fuzz.cpp makes; xxh3 is what XXH3_64bits of xxhash.h 0.8.1 gives."""
    state = {"bytes": 12, "xxh3": "f91ae3a7de7aa812"}
    words = {"bytes": 8, "xxh3": "6e628429ca24c01d"}
    files = {"state.json": state, "target_tokenizer/vocab.txt": words}
    good = {"format_version": 1, "step": 3, "files": files}
    yield "good", good
    yield "empty", {**good, "files": {}}
    yield "damaged", {**good, "files": {**files, "state.json": {**state, "xxh3": "0" * 16}}}
    for name, file in (("outside", "../state.json"), ("absolute", "/etc/passwd"), ("around", "target_tokenizer/../state.json"),
                       ("folder", "target_tokenizer"), ("missing", "absent"), ("itself", "manifest.json")):
        yield name, {**good, "files": {file: state}}
    for key, values in (("bytes", (-1, 12.0, 2**64, "12", 13)), ("xxh3", ("", "0x", "g" * 16, "1" * 17, 7))):
        for i, value in enumerate(values):
            yield f"{key}-{i}", {**good, "files": {"state.json": {**state, key: value}}}
    for i, change in enumerate(({"step": "3"}, {"step": -(2**63)}, {"step": 2**63}, {"format_version": 2}, {"files": []}, {"files": {"a": 1}})):
        yield f"key-{i}", {**good, **change}


def main():
    models_made = models_by_name()
    made = dict(tokenizers(models_made))
    for name, tokenizer in made.items():
        write("tokenizers", name + ".json", compact(tokenizer))
    for name in ("unigram", "bpe", "suffix"):
        write("tokenizers", name + ".model", models_made[name])
    for name, tokenizer in [*pipeline_seeds(), ("llama", llama(normalizer=n.Prepend("\u2581")))]:
        write("corpus/tokenizer_json", name, compact(tokenizer))
    for name, files in folder_seeds():
        write("corpus/slow_folder", name, "\0".join(files))
    for i, (name, data) in enumerate(models_made.items()):
        for choice in range(7):
            if choice == 6 or (i + choice) % 3 == 0:
                write("corpus/sentencepiece", f"{name}-{choice}", bytes([choice]) + data)
    for name, data in encode_seeds(len(made) + 3):
        write("corpus/encode", name, data)
    for name, data in weight_seeds():
        write("corpus/weights", name, data)
    for name, data in row_seeds():
        write("corpus/rows", name, data)
    for name, texts in config_seeds():
        write("corpus/config", name, "\0".join(texts))
    for name, manifest in manifest_seeds():
        write("corpus/manifest", name, json.dumps(manifest))


if __name__ == "__main__":
    main()
