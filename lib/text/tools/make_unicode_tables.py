#!/usr/bin/env python3
"""Writes ../unicode_tables.inc: the Unicode properties that `tokenizers` 0.22.2 works with.

Its Rust crates carry tables of different Unicode versions (categories are older than lower-casing), so no
published Unicode data file gives the same answers. The source of this table is therefore the library itself:
every code point is put through its normalizers, pre-tokenizer and added-token matcher, and the answers are
stored. Run with the Python of the set-up's virtual environment.
"""
import os
import sys
import unicodedata

import tokenizers
from tokenizers import AddedToken, Tokenizer, models, normalizers, pre_tokenizers

CONTROL, SPACE, PUNCTUATION, NONSPACING, NONSTARTER, DECOMPOSES, LOWERS, WORD = (1 << i for i in range(8))
PAGE = 128
LAST = 0x110000
HANGUL = range(0xAC00, 0xAC00 + 11172)


def bert(**on):
    flags = dict(clean_text=False, handle_chinese_chars=False, strip_accents=False, lowercase=False)
    flags.update(on)
    return normalizers.BertNormalizer(**flags).normalize_str


def is_starter(char, nfd):
    return nfd("\u0345" + char) == "\u0345" + char and nfd(char + "\u0334") == char + "\u0334"


def class_representatives(nfd):
    """A combining mark that the library knows, for every canonical combining class."""
    marks = {}
    for cp in range(0x0300, LAST):
        value = unicodedata.combining(chr(cp))
        if value and value not in marks and not is_starter(chr(cp), nfd):
            marks[value] = chr(cp)
    return sorted(marks.items())


def combining_class(char, nfd, representatives):
    """The class from how the library orders `char` and marks of known class."""
    if is_starter(char, nfd):
        return 0
    for value, mark in representatives:
        if mark == char:
            return value
        after = nfd(mark + char) != mark + char  # class < value
        before = nfd(char + mark) != char + mark  # class > value
        if not after and not before:
            return value
    sys.exit(f"no class found for U+{ord(char):04X}")


def word_tester():
    tokenizer = Tokenizer(models.WordLevel({"x": 0}, unk_token="x"))
    tokenizer.add_tokens([AddedToken("<m>", single_word=True, normalized=False)])
    mask = tokenizer.token_to_id("<m>")
    return lambda char: mask not in tokenizer.encode(char + "<m>").ids


def probe():
    clean, strip = bert(clean_text=True), bert(strip_accents=True)
    nfd, lower = normalizers.NFD().normalize_str, normalizers.Lowercase().normalize_str
    split, is_word = pre_tokenizers.BertPreTokenizer().pre_tokenize_str, word_tester()
    representatives = class_representatives(nfd)
    flags, decompositions, lowers, classes = bytearray(LAST), {}, {}, {}
    for cp in range(LAST):
        if 0xD800 <= cp < 0xE000:
            continue
        char, value = chr(cp), 0
        if clean(char) == "":
            value |= CONTROL
        pieces = [piece for piece, _ in split("a" + char + "a")]
        if pieces == ["a", "a"]:
            value |= SPACE
        elif pieces == ["a", char, "a"]:
            value |= PUNCTUATION
        decomposed = nfd(char)
        if decomposed != char:
            value |= DECOMPOSES
            if cp not in HANGUL:
                decompositions[cp] = decomposed
        else:
            if strip(char) == "":
                value |= NONSPACING
            order = combining_class(char, nfd, representatives)
            if order:
                value |= NONSTARTER
                classes[cp] = order
        if lower(char) != char:
            value |= LOWERS
            lowers[cp] = lower(char)
        if is_word(char):
            value |= WORD
        flags[cp] = value
    return flags, decompositions, lowers, classes


def array(out, declaration, values):
    out.append(f"constexpr {declaration} = {{")
    line = ""
    for value in values:
        text = f"{value},"
        if len(line) + len(text) > 98:
            out.append(line)
            line = ""
        line += text
    out.append(line + "};")


def paged(out, index_name, values_name, values):
    """A byte for every code point: equal pages are stored once. Returns how many there are."""
    pages, index = [], []
    for start in range(0, LAST, PAGE):
        page = bytes(values[start:start + PAGE])
        if page not in pages:
            pages.append(page)
        index.append(pages.index(page))
    array(out, f"{'uint8_t' if len(pages) < 256 else 'uint16_t'} {index_name}[{len(index)}]", index)
    array(out, f"uint8_t {values_name}[{len(pages) * PAGE}]", b"".join(pages))
    return len(pages)


def expansions(out, name, table):
    """Sorted code points, start of each expansion in the pool, and the pool."""
    pool, starts = [], []
    for cp in sorted(table):
        starts.append(len(pool))
        pool.extend(ord(c) for c in table[cp])
    starts.append(len(pool))
    array(out, f"uint32_t k{name}From[{len(table)}]", sorted(table))
    array(out, f"uint16_t k{name}Start[{len(starts)}]", starts)
    array(out, f"uint32_t k{name}To[{len(pool)}]", pool)


def write(name, script, out):
    """Writes a file beside the sources of the room."""
    out = [f"// Generated by lib/text/tools/{os.path.basename(script)} from tokenizers 0.22.2. Do not edit.", "// clang-format off", *out,
           "// clang-format on"]
    target = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", name)
    with open(target, "w", encoding="ascii") as file:
        file.write("\n".join(out) + "\n")


def main():
    if tokenizers.__version__ != "0.22.2":
        sys.exit(f"this table must come from tokenizers 0.22.2, not {tokenizers.__version__}")
    flags, decompositions, lowers, classes = probe()
    out = []
    num_pages = paged(out, "kPageOf", "kFlags", flags)
    expansions(out, "Decomposition", decompositions)
    expansions(out, "Lower", lowers)
    array(out, f"uint32_t kNonstarter[{len(classes)}]", sorted(classes))
    array(out, f"uint8_t kCombiningClass[{len(classes)}]", (classes[cp] for cp in sorted(classes)))
    write("unicode_tables.inc", __file__, out)
    print(f"{num_pages} pages, {len(decompositions)} decompositions, {len(lowers)} lower-case forms, "
          f"{len(classes)} non-starters")


if __name__ == "__main__":
    main()
