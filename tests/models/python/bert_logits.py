#!/usr/bin/env python3
"""transformers as the other side of the tests in bert/transformers_test.cpp.

    bert_logits.py make SOURCE TARGET   saves SOURCE with a fixed three-label head as a classifier in TARGET
    bert_logits.py logits FOLDER        prints the logits of FOLDER for the sequences on stdin

Sequences on stdin: a JSON list of {"ids": [...], "segments": [...]}.
"""

import json
import sys

import torch
from transformers import AutoModelForSequenceClassification


def main():
    command, folder = sys.argv[1:3]
    torch.set_num_threads(1)
    if command == "make":
        torch.manual_seed(1)
        model = AutoModelForSequenceClassification.from_pretrained(folder, num_labels=3)
        model.save_pretrained(sys.argv[3])
        return
    # Eager fp32 with a missing or surplus tensor counted as a failure.
    model, report = AutoModelForSequenceClassification.from_pretrained(
        folder, attn_implementation="eager", output_loading_info=True)
    assert not any(report.values()), report
    model.eval()
    sequences = json.load(sys.stdin)
    longest = max(len(s["ids"]) for s in sequences)
    pad = lambda values: values + [0] * (longest - len(values))
    with torch.no_grad():
        logits = model(input_ids=torch.tensor([pad(s["ids"]) for s in sequences]),
                       token_type_ids=torch.tensor([pad(s["segments"]) for s in sequences]),
                       attention_mask=torch.tensor([pad([1] * len(s["ids"])) for s in sequences])).logits
    print(json.dumps({"logits": logits.tolist(), "id2label": model.config.id2label,
                      "class": type(model).__name__}))


if __name__ == "__main__":
    main()
