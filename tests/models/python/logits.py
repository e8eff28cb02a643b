#!/usr/bin/env python3
"""transformers as the other side of the tests in parity/transformers_test.cpp.

    logits.py make SOURCE TARGET   saves SOURCE with a fixed three-label head as a classifier in TARGET
    logits.py logits               prints logits for the models on stdin: a JSON list of {"folder", "kind", "batch"},
                                   kinds and sequences of a batch as ../fixtures/make_fixtures.py describes them
"""

import json
import pathlib
import sys

import torch
import transformers

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "fixtures"))
import make_fixtures

CLASSES = {"classifier": transformers.AutoModelForSequenceClassification,
           "language_model": transformers.AutoModelForCausalLM,
           "seq2seq": transformers.AutoModelForSeq2SeqLM}


def logits(folder, kind, batch):
    # Eager fp32 with a missing or surplus tensor counted as a failure.
    model, report = CLASSES[kind].from_pretrained(folder, attn_implementation="eager", output_loading_info=True)
    assert not any(report.values()), (folder, report)
    model.eval()
    with torch.no_grad():
        _, values = make_fixtures.KINDS[kind](model).forward(model, batch)
    return {"logits": values.tolist(), "class": type(model).__name__, "id2label": model.config.id2label}


def main():
    torch.set_num_threads(1)
    if sys.argv[1] == "make":
        torch.manual_seed(1)
        model = transformers.AutoModelForSequenceClassification.from_pretrained(sys.argv[2], num_labels=3)
        model.save_pretrained(sys.argv[3])
        return
    print(json.dumps([logits(**one) for one in json.load(sys.stdin)]))


if __name__ == "__main__":
    main()
