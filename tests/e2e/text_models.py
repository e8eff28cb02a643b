"""Tiny models that write texts, as transformers itself saves them: random weights, a tokenizer of whole words."""

import json

WORDS = ["<pad>", "<s>", "</s>", "<unk>"] + [f"w{number}" for number in range(60)]


def save_tokenizer(folder, ends_texts):
    import tokenizers
    import transformers

    tokenizer = tokenizers.Tokenizer(tokenizers.models.WordLevel({word: i for i, word in enumerate(WORDS)}, unk_token="<unk>"))
    tokenizer.pre_tokenizer = tokenizers.pre_tokenizers.Whitespace()
    if ends_texts:
        tokenizer.post_processor = tokenizers.processors.TemplateProcessing(
            single="$A </s>", pair="$A </s> $B </s>", special_tokens=[("</s>", 2)])
    transformers.PreTrainedTokenizerFast(tokenizer_object=tokenizer, pad_token="<pad>", bos_token="<s>", eos_token="</s>",
                                         unk_token="<unk>", model_input_names=["input_ids", "attention_mask"]).save_pretrained(folder)


def make_bart(folder, **changes):
    import torch
    import transformers

    torch.manual_seed(1)
    settings = dict(vocab_size=len(WORDS), d_model=32, encoder_layers=2, decoder_layers=2, encoder_attention_heads=4,
                    decoder_attention_heads=4, encoder_ffn_dim=64, decoder_ffn_dim=64, max_position_embeddings=64, pad_token_id=0,
                    bos_token_id=1, eos_token_id=2, decoder_start_token_id=2, forced_eos_token_id=2, init_std=0.5)
    transformers.BartForConditionalGeneration(transformers.BartConfig(**{**settings, **changes})).save_pretrained(folder)
    save_tokenizer(folder, ends_texts=True)
    return folder


def make_gpt2(folder, **changes):
    import torch
    import transformers

    torch.manual_seed(1)
    settings = dict(vocab_size=len(WORDS), n_positions=64, n_embd=32, n_layer=2, n_head=4, bos_token_id=1, eos_token_id=2,
                    pad_token_id=0, initializer_range=0.5)
    transformers.GPT2LMHeadModel(transformers.GPT2Config(**{**settings, **changes})).save_pretrained(folder)
    save_tokenizer(folder, ends_texts=False)
    return folder


def edit_json(path, **changes):
    """Changes keys of a JSON file; ... takes one away."""
    settings = {**json.loads(path.read_text()), **changes}
    path.write_text(json.dumps({key: value for key, value in settings.items() if value is not ...}))


def load(folder):
    """Model and tokenizer as transformers loads them."""
    import transformers

    kind = json.loads((folder / "config.json").read_text())["model_type"]
    of_kind = transformers.AutoModelForCausalLM if kind == "gpt2" else transformers.AutoModelForSeq2SeqLM
    return of_kind.from_pretrained(folder).eval(), transformers.AutoTokenizer.from_pretrained(folder)
