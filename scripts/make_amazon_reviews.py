#!/usr/bin/env python3
"""Makes data/amazon-reviews/{train,validation,test}.tsv from the VADER ground truth.

    scripts/make_amazon_reviews.py amazon.tsv [OUTPUT_FOLDER]

amazon.tsv is `amazonReviewSnippets_GroundTruth.txt` of hutto_ICWSM_2014.tar.gz (folder
additional_resources of github.com/cjhutto/vaderSentiment, commit 44fc044), as UTF-8: id, mean
rating by 20 people (-4 to +4), sentence, separated by tabs, no header.

A sentence rated above 0 is `positive`, below 0 `negative`; exactly 0 is left out. The split is a
function of the sentence alone (its SHA-256, in tenths: 8 train, 1 validation, 1 test), so it never
changes and equal sentences never stand on two sides. Needs nothing but Python.
"""
import hashlib
import pathlib
import sys

SOURCE_SHA256 = "11a9807a0974a2506a2d3b4851eaf69b3d6d20688ce4923adda2312a4f6dd6c2"
HEADER = "id\trating\tlabel\tsentence\n"


def split_of(sentence: str) -> str:
    tenth = int.from_bytes(hashlib.sha256(sentence.encode()).digest()[:8], "big") % 10
    return {8: "validation", 9: "test"}.get(tenth, "train")


def main() -> None:
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    source = pathlib.Path(sys.argv[1]).read_bytes()
    if hashlib.sha256(source).hexdigest() != SOURCE_SHA256:
        sys.exit(f"{sys.argv[1]}: not the expected file (SHA-256 {SOURCE_SHA256})")
    root = pathlib.Path(__file__).resolve().parent.parent
    folder = pathlib.Path(sys.argv[2]) if len(sys.argv) == 3 else root / "data" / "amazon-reviews"
    splits = {"train": [], "validation": [], "test": []}
    for line in source.decode().splitlines():
        identity, rating, sentence = (field.strip() for field in line.split("\t"))
        if float(rating) != 0:
            label = "positive" if float(rating) > 0 else "negative"
            splits[split_of(sentence)].append(f"{identity}\t{rating}\t{label}\t{sentence}\n")
    for name, rows in splits.items():
        (folder / f"{name}.tsv").write_text(HEADER + "".join(rows), encoding="utf-8", newline="\n")
        positive = sum("\tpositive\t" in row for row in rows)
        print(f"{name}: {len(rows)} sentences, {positive} positive")


if __name__ == "__main__":
    main()
