"""What the benchmarks of translation share: a joint vocabulary of Multi30k, and Marian models with random weights as transformers
saves them. Ids are as Marian checkpoints have them: </s> 0, <unk> 1, the pieces, and <pad> last, which also begins every target."""
import json
import pathlib
import shutil

PIECES = 8000
END, UNKNOWN, PAD = 0, 1, PIECES
SIZES = {"tiny": dict(width=128, inner=256, heads=4, layers=4), "small": dict(width=512, inner=2048, heads=8, layers=6)}


def read_lines(file):
    return pathlib.Path(file).read_text(encoding="utf-8").splitlines()


def train_vocabulary(data, folder):
    """Trains a SentencePiece BPE on both sides of the training text; the processor, whose file is folder/joint.model."""
    import sentencepiece
    sentencepiece.SentencePieceTrainer.train(
        input=[str(data / "train.en"), str(data / "train.de")], model_prefix=str(folder / "joint"), model_type="bpe",
        vocab_size=PIECES, character_coverage=1.0, eos_id=END, unk_id=UNKNOWN, bos_id=-1, pad_id=-1, minloglevel=2)
    return sentencepiece.SentencePieceProcessor(model_file=str(folder / "joint.model"))


def random_model(size, dropout, seed=42):
    import torch
    from transformers import MarianConfig, MarianMTModel
    torch.manual_seed(seed)
    sizes = SIZES[size]
    return MarianMTModel(MarianConfig(
        vocab_size=PIECES + 1, d_model=sizes["width"], encoder_layers=sizes["layers"], decoder_layers=sizes["layers"],
        encoder_attention_heads=sizes["heads"], decoder_attention_heads=sizes["heads"], encoder_ffn_dim=sizes["inner"],
        decoder_ffn_dim=sizes["inner"], dropout=dropout, activation_function="swish", scale_embedding=True,
        max_position_embeddings=512, init_std=sizes["width"] ** -0.5, pad_token_id=PAD, eos_token_id=END,
        decoder_start_token_id=PAD, forced_eos_token_id=None))


def save_model(model, folder):
    """Weights and settings; <pad> is never written."""
    model.save_pretrained(folder)
    for name in ("config.json", "generation_config.json"):
        settings = json.loads((folder / name).read_text())
        settings["bad_words_ids"] = [[PAD]]
        (folder / name).write_text(json.dumps(settings))


def save_marian_tokenizer(folder, vocabulary, model_file):
    """The files that MarianTokenizer reads; both sides are the joint model."""
    for side in ("source", "target"):
        shutil.copy(model_file, folder / f"{side}.spm")
    pieces = {vocabulary.id_to_piece(i): i for i in range(PIECES)}
    (folder / "vocab.json").write_text(json.dumps({**pieces, "<pad>": PAD}, ensure_ascii=False), encoding="utf-8")
    settings = {"tokenizer_class": "MarianTokenizer", "source_lang": "en", "target_lang": "de", "model_max_length": 512}
    (folder / "tokenizer_config.json").write_text(json.dumps(settings))


def save_tokenizer_of_ids(folder):
    """A tokenizer whose words are ids, "t17 t4", so that a text says exactly which tokens it is made of."""
    special = {END: "</s>", PAD: "<pad>"}
    tokens = {special.get(i, f"t{i}"): i for i in range(PIECES + 1)}
    added = [{"id": i, "content": token, "single_word": False, "lstrip": False, "rstrip": False, "normalized": False,
              "special": True} for i, token in special.items()]
    document = {
        "version": "1.0", "truncation": None, "padding": None, "added_tokens": added, "normalizer": None,
        "pre_tokenizer": {"type": "WhitespaceSplit"}, "decoder": None,
        "post_processor": {"type": "TemplateProcessing",
                           "single": [{"Sequence": {"id": "A", "type_id": 0}}, {"SpecialToken": {"id": "</s>", "type_id": 0}}],
                           "pair": [{"Sequence": {"id": "A", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 0}}],
                           "special_tokens": {"</s>": {"id": "</s>", "ids": [END], "tokens": ["</s>"]}}},
        "model": {"type": "WordLevel", "vocab": tokens, "unk_token": f"t{UNKNOWN}"}}
    (folder / "tokenizer.json").write_text(json.dumps(document))
    (folder / "tokenizer_config.json").write_text(json.dumps(
        {"tokenizer_class": "PreTrainedTokenizerFast", "eos_token": "</s>", "pad_token": "<pad>",
         "clean_up_tokenization_spaces": False, "model_max_length": 512}))


def words_of(ids):
    return " ".join(f"t{i}" for i in ids)


def ids_of(words):
    return [int(word[1:]) for word in words.split()]
