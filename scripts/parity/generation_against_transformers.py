#!/usr/bin/env python3
"""Output ids of decoding against generate() of transformers 4.57.6: greedy search and beams of 2, 4 and 5 with length penalties of 0.6, 1
and 2, on the first sentences of a text file.

    ninja -C build/release generate_ids
    .deps/venv/bin/python scripts/parity/generation_against_transformers.py --model FOLDER --source FILE [--sentences 500]

FOLDER is a Hugging Face folder of an encoder-decoder with its tokenizer. Where the ids differ, transformers writes the sentence again, alone
and in double precision: if one of these gives our ids, rounding decides there and the sentence counts as a tie. Fails when any other differs.
"""
import argparse
import json
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
SETTINGS = [(1, 1.0)] + [(beams, penalty) for beams in (2, 4, 5) for penalty in (0.6, 1.0, 2.0)]


class Transformers:
    def __init__(self, folder, max_new_tokens):
        import torch
        from transformers import AutoModelForSeq2SeqLM, GenerationConfig
        self.torch = torch
        self.model = AutoModelForSeq2SeqLM.from_pretrained(folder).eval()
        self.exact = AutoModelForSeq2SeqLM.from_pretrained(folder, dtype=torch.float64).eval()
        config = self.model.config
        self.pad = config.pad_token_id
        ends = self.model.generation_config.eos_token_id
        self.ends = set(ends if isinstance(ends, list) else [ends])
        self.given = {key: getattr(self.model.generation_config, key) for key in
                      ("pad_token_id", "eos_token_id", "decoder_start_token_id", "forced_bos_token_id", "forced_eos_token_id", "bad_words_ids")}
        for model in (self.model, self.exact):  # else its own values would replace those that happen to be the defaults: num_beams 1
            model.generation_config = GenerationConfig(**self.given)
        self.make_config = lambda beams, penalty: GenerationConfig(
            **self.given, num_beams=beams, length_penalty=penalty, do_sample=False, max_new_tokens=max_new_tokens)

    def write(self, model, sources, beams, penalty):
        """Ids without the start id, up to the end id."""
        torch = self.torch
        inputs = torch.nn.utils.rnn.pad_sequence([torch.tensor(ids) for ids in sources], batch_first=True, padding_value=self.pad)
        mask = torch.nn.utils.rnn.pad_sequence([torch.ones(len(ids), dtype=torch.long) for ids in sources], batch_first=True)
        with torch.no_grad():
            rows = model.generate(input_ids=inputs, attention_mask=mask, generation_config=self.make_config(beams, penalty))
        return [self.cut(row[1:]) for row in rows.tolist()]

    def cut(self, ids):
        return ids[:next((i + 1 for i, token in enumerate(ids) if token in self.ends), len(ids))]

    def write_all(self, sources, batch_size, beams, penalty):
        texts = []
        for begin in range(0, len(sources), batch_size):
            texts += self.write(self.model, sources[begin:begin + batch_size], beams, penalty)
        return texts

    def may_write(self, ids, source, beams, penalty):
        """Whether the same search gives these ids under another rounding."""
        return any(self.write(model, [source], beams, penalty)[0] == ids for model in (self.model, self.exact))


class Ours:
    def __init__(self, program, folder, max_new_tokens):
        self.process = subprocess.Popen([program, folder], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.max_new_tokens = max_new_tokens

    def write_all(self, sources, batch_size, beams, penalty):
        request = {"sources": sources, "batch_size": batch_size, "max_new_tokens": self.max_new_tokens, "num_beams": beams, "length_penalty": penalty}
        self.process.stdin.write(json.dumps(request) + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        if not answer:
            sys.exit("generate_ids ended")
        return json.loads(answer)["ids"]


def sources_of(arguments):
    from transformers import AutoTokenizer
    tokenizer = AutoTokenizer.from_pretrained(arguments.model)
    lines = pathlib.Path(arguments.source).read_text(encoding="utf-8").splitlines()[:arguments.sentences]
    return sorted((tokenizer(line)["input_ids"] for line in lines), key=len)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", required=True)
    parser.add_argument("--source", required=True)
    parser.add_argument("--sentences", type=int, default=500)
    parser.add_argument("--batch-size", type=int, default=16)
    parser.add_argument("--max-new-tokens", type=int, default=60)
    parser.add_argument("--program", default=str(ROOT / "build/release/tests/decode/generate_ids"))
    arguments = parser.parse_args()
    import transformers
    transformers.logging.set_verbosity_error()
    sources = sources_of(arguments)
    theirs = Transformers(arguments.model, arguments.max_new_tokens)
    ours = Ours(arguments.program, arguments.model, arguments.max_new_tokens)
    different = 0
    for beams, penalty in SETTINGS:
        expected = theirs.write_all(sources, arguments.batch_size, beams, penalty)
        written = ours.write_all(sources, arguments.batch_size, beams, penalty)
        unequal = [i for i in range(len(sources)) if written[i] != expected[i]]
        ties = [i for i in unequal if theirs.may_write(written[i], sources[i], beams, penalty)]
        different += len(unequal) - len(ties)
        tokens = sum(map(len, expected)) / len(expected)
        print(f"beams {beams}  length penalty {penalty}  sentences {len(sources)}  tokens each {tokens:.1f}  equal {len(sources) - len(unequal)}"
              f"  ties {len(ties)}  different {len(unequal) - len(ties)}", flush=True)
        for i in sorted(set(unequal) - set(ties)):
            print(f"  source {sources[i]}\n    ours         {written[i]}\n    transformers {expected[i]}")
    sys.exit(0 if different == 0 else 1)


if __name__ == "__main__":
    main()
