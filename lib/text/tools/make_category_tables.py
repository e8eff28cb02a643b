#!/usr/bin/env python3
"""Writes ../unicode_categories.inc, ../code_point_set.inc and ../unicode_forms.inc: more of what `tokenizers` 0.22.2 thinks of code points.

As make_unicode_tables.py, this asks the library itself: general categories come from its regular expressions
(Oniguruma), numbers from Digits, marks from StripAccents, scripts from UnicodeScripts, decompositions and
compositions from NFKD and NFC.
"""
import sys
import unicodedata

import tokenizers
from tokenizers import Regex, normalizers, pre_tokenizers

from make_unicode_tables import HANGUL, LAST, array, expansions, paged, write

CATEGORIES = ["Cn", "Cc", "Cf", "Co", "Cs", "Ll", "Lm", "Lo", "Lt", "Lu", "Mc", "Me", "Mn", "Nd", "Nl", "No",
              "Pc", "Pd", "Pe", "Pf", "Pi", "Po", "Ps", "Sc", "Sk", "Sm", "So", "Zl", "Zp", "Zs"]
NUMERIC, MARK, REGEX_SPACE = 32, 64, 128
PROPERTIES = ["Han", "Hiragana", "Katakana", "Hangul", "Arabic", "Armenian", "Bengali", "Bopomofo", "Cherokee", "Common", "Cyrillic",
              "Devanagari", "Ethiopic", "Georgian", "Greek", "Gujarati", "Gurmukhi", "Hebrew", "Inherited", "Kannada", "Khmer",
              "Lao", "Latin", "Malayalam", "Mongolian", "Myanmar", "Oriya", "Sinhala", "Tamil", "Telugu", "Thai", "Tibetan",
              "Alphabetic", "Emoji", "Lowercase", "Uppercase"]
EVERY = [c for c in range(LAST) if not 0xD800 <= c < 0xE000]
ALL = "".join(map(chr, EVERY))


def matched(pattern):
    """The code points that a pattern for one character matches."""
    kept = normalizers.Replace(Regex(pattern), "").normalize_str(ALL)
    return set(EVERY) - set(map(ord, kept))


def removed(normalizer):
    return set(EVERY) - set(map(ord, normalizer.normalize_str(ALL)))


def is_numeric(char, split):
    return len(split("a" + char)) == 2


def properties():
    values = bytearray(LAST)
    for cp in range(0xD800, 0xE000):
        values[cp] = CATEGORIES.index("Cs")
    seen = set()
    for index, category in enumerate(CATEGORIES):
        for cp in matched(r"\p{%s}" % category):
            assert cp not in seen, hex(cp)
            seen.add(cp)
            values[cp] = index
    assert len(seen) == len(EVERY)
    split = pre_tokenizers.Digits(individual_digits=True).pre_tokenize_str
    for cp in EVERY:
        if is_numeric(chr(cp), split):
            values[cp] |= NUMERIC
    for cp in removed(normalizers.StripAccents()):
        values[cp] |= MARK
    for cp in matched(r"\s"):
        values[cp] |= REGEX_SPACE
    return values


def script_ranges():
    """Starts of runs of one script, and the script's number: 0 where the library takes it for any."""
    split = pre_tokenizers.UnicodeScripts().pre_tokenize_str
    representatives, starts, groups = [], [], []
    previous = None
    for cp in range(LAST):
        char = chr(cp)
        if 0xD800 <= cp < 0xE000 or not split(char):
            group = 0
        elif previous and len(split(representatives[previous - 1] + char)) == 1:
            group = previous
        else:
            known = [i for i, other in enumerate(representatives) if len(split(other + char)) == 1]
            if not known:
                known = [len(representatives)]
                representatives.append(char)
            group = known[0] + 1
        if group != previous:
            starts.append(cp)
            groups.append(group)
        previous = group
    assert len(representatives) < 256
    return starts, groups


def compositions():
    """(first, second, result): candidates from Python's newer data, kept where the library agrees."""
    nfc = normalizers.NFC().normalize_str
    triples = []
    for cp in EVERY:
        parts = unicodedata.decomposition(chr(cp)).split()
        if len(parts) != 2 or parts[0].startswith("<") or cp in HANGUL:
            continue
        first, second = (int(part, 16) for part in parts)
        if nfc(chr(first) + chr(second)) == chr(cp):
            triples.append((first, second, cp))
    return sorted(triples)


def ranges(code_points):
    """Both ends of each run, one after another."""
    ends, previous = [], None
    for cp in sorted(code_points):
        if previous is None or cp != previous + 1:
            ends += [cp, cp]
        ends[-1] = previous = cp
    return ends


def main():
    if tokenizers.__version__ != "0.22.2":
        sys.exit(f"this table must come from tokenizers 0.22.2, not {tokenizers.__version__}")
    out = []
    num_pages = paged(out, "kPropertyPageOf", "kProperties", properties())
    starts, groups = script_ranges()
    array(out, f"uint32_t kScriptFrom[{len(starts)}]", starts)
    array(out, f"uint8_t kScriptGroup[{len(groups)}]", groups)
    write("unicode_categories.inc", __file__, out)

    out = []
    for name in PROPERTIES:
        ends = ranges(matched(r"\p{%s}" % name))
        array(out, f"char32_t k{name}[{len(ends)}]", ends)
    ends = ranges(matched(r"\w"))
    array(out, f"char32_t kRegexWord[{len(ends)}]", ends)
    write("code_point_set.inc", __file__, out)

    nfd, nfkd = normalizers.NFD().normalize_str, normalizers.NFKD().normalize_str
    compatible = {cp: nfkd(chr(cp)) for cp in EVERY if cp not in HANGUL and nfkd(chr(cp)) != nfd(chr(cp))}
    triples = compositions()
    out = []
    expansions(out, "Compatible", compatible)
    for part, name in enumerate(("First", "Second", "Result")):
        array(out, f"uint32_t kComposition{name}[{len(triples)}]", [triple[part] for triple in triples])
    write("unicode_forms.inc", __file__, out)
    print(f"{num_pages} pages, {len(starts)} script ranges, {len(compatible)} compatible decompositions, "
          f"{len(triples)} compositions")


if __name__ == "__main__":
    main()
