#!/usr/bin/env python3
"""Writes ../grapheme_table.inc: how `tokenizers` 0.22.2 divides text into graphemes.

The library shows graphemes in one place only, the Precompiled normalizer: it replaces a grapheme of fewer than six
bytes as a whole when a rewrite rule matches its beginning, and character by character otherwise. With one rule for a
character M, the text M + U+0301 shrinks to one character exactly if M starts a grapheme of its own. So every question
"does a grapheme go on from c to M" has a visible answer, and this table is made of such answers. Run with the Python
of the set-up's virtual environment.
"""
import struct
import sys

import tokenizers
from tokenizers import normalizers

from make_unicode_tables import write

ACUTE, ZWJ, VIRAMA, KA = "\u0301", "\u200d", "\u094d", "\u0915"
SYLLABLES = range(0xAC00, 0xD7A4)  # those without a trailing consonant are told by arithmetic


def one_rule(char):
    """A Precompiled normalizer that turns `char` into X: a double array with one path."""
    units, place = {0: 0}, 0
    base = 1 << 8
    for byte in char.encode():
        units[place] |= (place ^ base) << 10
        place = base ^ byte
        units[place] = byte
        base += 1 << 8
    units[place] |= (place ^ base) << 10 | 1 << 8
    units[base] = 1 << 31
    size = base + 256
    array = struct.pack(f"<{size}I", *(units.get(i, 1 << 31 | 255) for i in range(size)))
    return normalizers.Precompiled(struct.pack("<I", len(array)) + array + b"X\0").normalize_str


def asker(mark):
    """Does the grapheme that `before` ends in go on with `mark`?"""
    rule = one_rule(mark)
    return lambda before: rule(before + mark + ACUTE).endswith(ACUTE)


def joins_before():
    rule = one_rule("a")
    return lambda char: rule("a" + char) == "X"


def is_control():
    rule = one_rule(ACUTE)
    return lambda char: rule(char + ACUTE + ACUTE).endswith("XX") is False


def classify():
    after_letter, control = joins_before(), is_control()
    letter, leading, vowel, trailing = asker("a"), asker("\u1100"), asker("\u1161"), asker("\u11a8")
    pictograph, consonant = asker("\u203c"), asker("\u0958")
    for cp in range(0x110000):
        char = chr(cp) if not 0xD800 <= cp < 0xE000 else "x"
        if char in "\r\n":
            yield "CarriageReturn" if char == "\r" else "LineFeed"
        elif control(char):
            yield "Control"
        elif after_letter(char):
            if char == ZWJ:
                yield "Joiner"
            elif consonant(KA + char):
                yield "Linker"
            else:
                yield "Extend" if pictograph("\u203c" + char + ZWJ) else "SpacingMark"
        elif letter(char):
            yield "Prepend"
        elif leading(char):
            yield "Leading"
        elif vowel(char):
            yield "Syllable" if cp in SYLLABLES else "Vowel"
        elif trailing(char):
            yield "Syllable" if cp in SYLLABLES else "Trailing"
        elif pictograph(char + ZWJ):
            yield "Pictograph"
        elif consonant(char + VIRAMA):
            yield "Consonant"
        else:
            yield "RegionalIndicator" if 0x1F1E6 <= cp <= 0x1F1FF else "Other"


def check_conjunct_extenders(classes):
    """Between the consonants of a conjunct may stand exactly the joiner and the extenders except U+200C: else this table
    would have to say more."""
    consonant = asker("\u0958")
    for cp, name in enumerate(classes):
        may_stand = name in ("Extend", "Joiner", "Linker") and cp != 0x200C
        if (may_stand or name == "SpacingMark") and consonant(KA + VIRAMA + chr(cp)) != may_stand:
            sys.exit(f"U+{cp:04X} ({name}) breaks the rule of conjuncts")


def main():
    if tokenizers.__version__ != "0.22.2":
        sys.exit(f"this table must come from tokenizers 0.22.2, not {tokenizers.__version__}")
    classes = list(classify())
    check_conjunct_extenders(classes)
    ranges = []
    for cp, name in enumerate(classes):
        if not ranges or ranges[-1][1] != name:
            ranges.append((cp, name))
    out = ["constexpr struct { uint32_t first; GraphemeClass value; } kRanges[] = {"]
    line = ""
    for first, name in ranges:
        text = f"{{{first},k{name}}},"
        if len(line) + len(text) > 120:
            out.append(line)
            line = ""
        line += text
    write("grapheme_table.inc", __file__, [*out, line + "};"])


if __name__ == "__main__":
    main()
