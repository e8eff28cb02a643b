#!/usr/bin/env python3
"""Makes data/shakespeare/{train,validation}.txt from the usual file of Shakespeare's plays ("tiny Shakespeare").

    scripts/make_shakespeare.py input.txt [OUTPUT_FOLDER]

input.txt is data/tinyshakespeare/input.txt of github.com/karpathy/char-rnn (commit 6f9487a). The first 90 % of its
characters are for training and the last 10 % for validation, as they are usually taken. Needs nothing but Python.
"""
import hashlib
import pathlib
import sys

SOURCE_SHA256 = "86c4e6aa9db7c042ec79f339dcb96d42b0075e16b8fc2e86bf0ca57e2dc565ed"


def main() -> None:
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    text = pathlib.Path(sys.argv[1]).read_bytes()
    if hashlib.sha256(text).hexdigest() != SOURCE_SHA256:
        sys.exit(f"{sys.argv[1]}: not the expected file (SHA-256 {SOURCE_SHA256})")
    root = pathlib.Path(__file__).resolve().parent.parent
    folder = pathlib.Path(sys.argv[2]) if len(sys.argv) == 3 else root / "data" / "shakespeare"
    cut = int(0.9 * len(text))  # the file is ASCII: a byte is a character
    for name, part in (("train", text[:cut]), ("validation", text[cut:])):
        (folder / f"{name}.txt").write_bytes(part)
        print(f"{name}: {len(part)} characters")


if __name__ == "__main__":
    main()
