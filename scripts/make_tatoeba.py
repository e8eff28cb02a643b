#!/usr/bin/env python3
"""Makes data/tatoeba-eng-cmn/{train,validation,test}.tsv, a sample of Tatoeba's English-Mandarin sentence pairs.

    scripts/make_tatoeba.py SOURCE_FOLDER [OUTPUT_FOLDER] [--all]

SOURCE_FOLDER holds train.tsv and dev.tsv without a header: English, Chinese. Together with a test part kept elsewhere they are
data/cmn.txt of github.com/YC-Coder-Chen/English-Chinese-Translator (commit 9663dba), cut so that no sentence of either
language is in two parts.

A pair goes by the SHA-256 of its English sentence, case-folded, so it never moves: a quarter of the training pairs is taken
(--all: every one), and of the others one half is for validation, one half for test. Where such a half would share a Chinese
sentence with the other, validation gives it up. Needs nothing but Python.
"""
import argparse
import hashlib
import pathlib
import sys

SOURCE_SHA256 = {"train.tsv": "fb49d64169ac13f03379d639f4198948ad3938cddc1f048aa91f09d83eeffcbb",
                 "dev.tsv": "9f6ab20ad7468eb1278f2bb85a72c5cdad8d783e2abee21b12cafcb53f24de1b"}


def read_pairs(file: pathlib.Path) -> list[tuple[str, str]]:
    content = file.read_bytes()
    if hashlib.sha256(content).hexdigest() != SOURCE_SHA256[file.name]:
        sys.exit(f"{file}: not the expected file (SHA-256 {SOURCE_SHA256[file.name]})")
    return [tuple(line.split("\t")) for line in content.decode().splitlines()]


def share_of(pair: tuple[str, str], shares: int) -> int:
    return int.from_bytes(hashlib.sha256(pair[0].casefold().encode()).digest()[:8], "big") % shares


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("source", type=pathlib.Path)
    root = pathlib.Path(__file__).resolve().parent.parent
    parser.add_argument("output", type=pathlib.Path, nargs="?", default=root / "data" / "tatoeba-eng-cmn")
    parser.add_argument("--all", action="store_true", help="take every training pair")
    arguments = parser.parse_args()
    train = [pair for pair in read_pairs(arguments.source / "train.tsv") if arguments.all or share_of(pair, 4) == 0]
    dev = read_pairs(arguments.source / "dev.tsv")
    test = [pair for pair in dev if share_of(pair, 2) == 1]
    chinese_of_test = {chinese for _, chinese in test}
    validation = [pair for pair in dev if share_of(pair, 2) == 0 and pair[1] not in chinese_of_test]
    arguments.output.mkdir(parents=True, exist_ok=True)
    for name, pairs in (("train", train), ("validation", validation), ("test", test)):
        text = "".join(f"{english}\t{chinese}\n" for english, chinese in pairs)
        (arguments.output / f"{name}.tsv").write_text(text, encoding="utf-8", newline="\n")
        print(f"{name}: {len(pairs)} pairs")


if __name__ == "__main__":
    main()
