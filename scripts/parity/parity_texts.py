"""Texts to compare tokenizers on: lines of files, code points, and seeded random ones. A text is a str, bytes that are not UTF-8,
or a pair of str."""
import random

TEXT_ENDINGS = {".txt", ".tsv", ".csv", ".json", ".jsonl", ".md", ".html", ".en", ".de", ".fr", ".mt", ".vocab", ".codes", ".ref", ".conll", "._en"}
TEXT_NAMES = {"utf8tests.bin"}
POINTS_IN_A_TEXT = 8
RANGES = [(0x20, 0x7F), (0x00, 0xFF), (0x100, 0x24F), (0x250, 0x36F), (0x370, 0x52F), (0x590, 0x8FF), (0x900, 0xDFF), (0xE00, 0xFFF),
          (0x1100, 0x11FF), (0x1E00, 0x1FFF), (0x2000, 0x206F), (0x2070, 0x2BFF), (0x3000, 0x30FF), (0x3400, 0x9FFF), (0xAC00, 0xD7A3),
          (0xE000, 0xFAFF), (0xFB00, 0xFFFF), (0x10000, 0x1FFFF), (0x1F300, 0x1FAFF), (0x20000, 0x3FFFF), (0xE0000, 0x10FFFF), (0x00, 0x10FFFF)]
SPACES = [" ", "  ", "\t", "\n", "\r\n", "\r", "\u00a0", "\u2003", "\u3000", "\u200b", "\u2028", "\x0b", "\x1c", "\x85", "\u180e", "\ufeff", "\u2581"]


def text_of(line):
    try:
        return line.decode()
    except UnicodeDecodeError:
        return line.rstrip(b"\r")


def file_texts(data):
    """Every line of every text file, each line once, without the empty ones."""
    lines = {}
    for file in sorted(data.rglob("*")):
        if file.is_file() and (file.suffix in TEXT_ENDINGS or file.name in TEXT_NAMES):
            lines.update(dict.fromkeys(line for line in file.read_bytes().split(b"\n") if line))
    return [text_of(line) for line in lines]


def point_texts(every):
    """Each code point alone, then among others."""
    points = [chr(point) for point in range(0, 0x110000, every) if not 0xD800 <= point < 0xE000]
    yield from points
    for begin in range(0, len(points), POINTS_IN_A_TEXT):
        yield " ".join(f"a{c}b {c} .{c}{c}" for c in points[begin:begin + POINTS_IN_A_TEXT])


class RandomTexts:
    def __init__(self, seed, lines, specials, has_pairs):
        self.draw, self.specials, self.has_pairs = random.Random(seed), specials or ["<s>"], has_pairs
        self.lines = [line for line in lines if isinstance(line, str)]

    def points(self, most):
        low, high = self.draw.choice(RANGES)
        points = (self.draw.randint(low, high) for _ in range(self.draw.randint(0, most)))
        return "".join(chr(p) for p in points if not 0xD800 <= p < 0xE000)

    def line(self):
        line = self.draw.choice(self.lines)
        begin = self.draw.randrange(max(1, len(line) - 160))
        return line[begin:begin + self.draw.randint(1, 160)]

    def mutation(self):
        text = self.line()
        for _ in range(self.draw.randint(1, 4)):
            at, to = sorted(self.draw.randint(0, len(text)) for _ in range(2))
            to = min(to, at + self.draw.randint(0, 4))
            text = text[:at] + self.draw.choice([self.points(3), "", text[at:to] * 2, text[at:to].swapcase(), self.draw.choice(SPACES)]) + text[to:]
        return text

    def with_specials(self):
        parts = []
        for _ in range(self.draw.randint(1, 6)):
            special = self.draw.choice(self.specials)
            parts.append(self.draw.choice([special, special, special.upper(), special[:-1], special[1:], self.line()[:20], self.points(4), self.draw.choice(SPACES)]))
        return "".join(parts)

    def long_word(self):
        unit = self.draw.choice([self.points(3), self.draw.choice("aé中ก😀_="), self.line().replace(" ", "")]) or "x"
        return (unit * 3000)[:self.draw.choice([99, 100, 101, 257, 1000, 3000])]

    def spaced(self):
        return "".join(self.draw.choice([self.draw.choice(SPACES), self.draw.choice(["a", "The", "1", "'s", "n't", ".", "don", "é", "中"])]) for _ in range(self.draw.randint(1, 14)))

    def broken_bytes(self):
        data = bytearray(self.mutation().encode())
        for _ in range(self.draw.randint(1, 4)):
            at = self.draw.randint(0, len(data))
            data[at:at + self.draw.randint(0, 2)] = bytes(self.draw.randrange(256) for _ in range(self.draw.randint(0, 3)))
        return bytes(data).replace(b"\n", b"").rstrip(b"\r")

    def mixture(self):
        return "".join(self.draw.choice([self.points, lambda most: self.line()[:most * 3]])(8) for _ in range(self.draw.randint(1, 6)))

    def one(self):
        kind = self.draw.random()
        for limit, make in ((0.22, lambda: self.points(40)), (0.5, self.mutation), (0.65, self.with_specials), (0.67, self.long_word), (0.8, self.spaced), (0.92, self.mixture)):
            if kind < limit:
                return make()
        if kind < 0.97 or not self.has_pairs:
            return self.broken_bytes()
        return (self.mutation(), self.mixture())
