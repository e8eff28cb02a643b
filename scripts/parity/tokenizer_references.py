"""Every tokenizer of the test data: the folder or file for our program, and what tokenizers, transformers or sentencepiece make of it."""
import json
import pathlib
import shutil


class Reference:
    def __init__(self, path, encode, decode, specials, has_offsets=True, has_pairs=True):
        self.path, self.encode, self.decode, self.specials = path, encode, decode, specials
        self.has_offsets, self.has_pairs = has_offsets, has_pairs


def line_of(ids, offsets):
    text = " ".join(map(str, ids))
    return text if offsets is None else text + "\t" + " ".join(f"{begin}-{end}" for begin, end in offsets)


def of_backend(path, backend, decode):
    """The reference of a fast tokenizer."""
    backend.no_padding()
    backend.no_truncation()

    def encode(texts):
        return [line_of(e.ids, e.offsets) for e in backend.encode_batch(texts)]

    specials = [token.content for token in backend.get_added_tokens_decoder().values()]
    return Reference(path, encode, decode, specials)


def from_json(file, work):
    """A tokenizer.json by itself. Without its padding, which would fill every line up to the same length."""
    from tokenizers import Tokenizer
    path = work / f"{file.parent.name}-{file.stem}.json"
    path.write_text(json.dumps({**json.loads(file.read_text()), "truncation": None, "padding": None}))
    backend = Tokenizer.from_file(str(path))
    return of_backend(path, backend, lambda ids, skip: backend.decode(ids, skip_special_tokens=skip))


def from_folder(path):
    from transformers import AutoTokenizer
    tokenizer = AutoTokenizer.from_pretrained(path)

    # A Marian tokenizer decodes with the target's model unless told that the ids are of the source.
    source = {"use_source_tokenizer": True} if "Marian" in type(tokenizer).__name__ else {}

    def decode(ids, skip):
        return tokenizer.decode(ids, skip_special_tokens=skip, **source)

    if tokenizer.is_fast:
        return of_backend(path, tokenizer.backend_tokenizer, decode)

    def encode(texts):
        return [line_of(tokenizer(*([text] if isinstance(text, str) else text))["input_ids"], None) for text in texts]

    return Reference(path, encode, decode, tokenizer.all_special_tokens, has_offsets=False)


def from_model(path):
    """A .model file by itself: what the sentencepiece library gives, without special tokens."""
    import sentencepiece
    model = sentencepiece.SentencePieceProcessor(model_file=str(path))

    def encode(texts):
        return [line_of(ids, None) for ids in model.encode(texts)]

    specials = [model.id_to_piece(i) for i in range(min(8, model.vocab_size()))]
    return Reference(path, encode, lambda ids, skip: model.decode(ids), specials, has_offsets=False, has_pairs=False)


def all_tokenizers(data, work):
    """(name -> function that makes the reference, names whose files another tokenizer of the list has too). Folders are composed of
    the files of `data` in `work`."""
    def compose(name, settings, files):
        folder = work / name
        folder.mkdir(exist_ok=True)
        (folder / "tokenizer_config.json").write_text(json.dumps(settings))
        for target, source in files.items():
            shutil.copyfile(data / source, folder / target)
        return lambda: from_folder(folder)

    bert, gpt2, pieces = "tokenizer-bert/", "tokenizer-gpt2/", "tokenizer-sentencepiece/"
    roberta = {"vocab.json": gpt2 + "roberta.vocab.json", "merges.txt": gpt2 + "roberta.merges.txt"}
    made, alike = {}, {"distilbert", "electra", "gpt2", "bart", "mt5"}
    for case, lower in (("uncased", True), ("cased", False)):
        file = data / bert / f"bert-base-{case}.tokenizer.json"
        made[f"bert-{case}-json"] = lambda file=file: from_json(file, work)
        made[f"bert-{case}"] = compose(f"bert-{case}", {"tokenizer_class": "BertTokenizer", "do_lower_case": lower}, {"vocab.txt": bert + f"bert-base-{case}.vocab.txt"})
        alike.add(f"bert-{case}")
    made["bert-chinese"] = compose("bert-chinese", {"tokenizer_class": "BertTokenizer", "do_lower_case": False}, {"vocab.txt": bert + "bert-base-chinese.vocab.txt"})
    for name in ("DistilBert", "Electra"):
        made[name.lower()] = compose(name.lower(), {"tokenizer_class": f"{name}Tokenizer", "do_lower_case": True}, {"vocab.txt": bert + "bert-base-uncased.vocab.txt"})
    made["gpt2-json"] = lambda: from_folder(data / gpt2 / "hf-export")
    made["gpt2"] = compose("gpt2", {"tokenizer_class": "GPT2Tokenizer"}, {"vocab.json": gpt2 + "gpt2.vocab.json", "merges.txt": gpt2 + "gpt2.merges.txt"})
    made["roberta"] = compose("roberta", {"tokenizer_class": "RobertaTokenizer"}, roberta)
    made["bart"] = compose("bart", {"tokenizer_class": "BartTokenizer"}, roberta)
    made["t5"] = compose("t5", {"tokenizer_class": "T5Tokenizer"}, {"spiece.model": pieces + "t5_base.model"})
    made["mt5"] = compose("mt5", {"tokenizer_class": "MT5Tokenizer", "extra_ids": 0}, {"spiece.model": pieces + "t5_base.model"})
    made["llama"] = compose("llama", {"tokenizer_class": "LlamaTokenizer"}, {"tokenizer.model": pieces + "llama.model"})
    made["xlm-roberta"] = compose("xlm-roberta", {"tokenizer_class": "XLMRobertaTokenizer"}, {"sentencepiece.bpe.model": pieces + "opennmt/wmtende.model"})
    made["albert"] = compose("albert", {"tokenizer_class": "AlbertTokenizer"}, {"spiece.model": pieces + "google_test_model.model"})
    marian = {path.name: pieces + "marian-en-pt/" + path.name for path in (data / pieces / "marian-en-pt").iterdir() if path.suffix != ".md"}
    made["marian"] = compose("marian", json.loads((data / marian["tokenizer_config.json"]).read_text()), {k: v for k, v in marian.items() if k != "tokenizer_config.json"})
    for file in sorted(path for path in (data / pieces).rglob("*") if path.suffix in {".model", ".spm"}):
        made["model:" + file.stem] = lambda file=file: from_model(file)
    return made, alike
