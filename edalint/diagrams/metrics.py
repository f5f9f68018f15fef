"""How wide text is, without a browser: advance widths of a common sans serif face, in thousandths of its size.

SVG text also carries `textLength`, so a viewer with another font squeezes it into the width computed here.
"""

from __future__ import annotations

_WIDTHS = (
    "278 278 355 556 556 889 667 191 333 333 389 584 278 333 278 278 556 556 556 556 556 556 556 556 556 556 278 278 584 584 584 556 "
    "1015 667 667 722 722 667 611 778 722 278 500 667 556 833 722 778 667 778 722 667 611 722 667 944 667 667 611 278 278 278 469 556 "
    "333 556 556 500 556 556 278 556 556 222 222 500 222 833 556 556 556 556 333 500 278 556 500 722 500 500 500 334 260 334 584"
)
ADVANCE = {chr(32 + i): int(width) for i, width in enumerate(_WIDTHS.split())}
OTHER = 600
WIDE = 1000
"""East Asian and other full-width characters."""


def width(text: str, size: float, *, bold: bool = False) -> float:
    """The width of a line of text in pixels."""
    total = sum(ADVANCE.get(c) or (WIDE if ord(c) > 0x2E7F else OTHER) for c in text)
    return total * size / 1000 * (1.07 if bold else 1.02)


def shorten(text: str, size: float, most: float, *, bold: bool = False) -> str:
    """The text, or its beginning and end with an ellipsis between, so that it is at most so wide."""
    if width(text, size, bold=bold) <= most:
        return text
    keep = len(text)
    while keep > 2:
        keep -= 1
        head = (keep * 3 + 4) // 5
        short = f"{text[:head]}…{text[len(text) - (keep - head) :]}"
        if width(short, size, bold=bold) <= most:
            return short
    return "…"


def wrap(text: str, size: float, most: float, lines: int, *, bold: bool = False) -> list[str]:
    """The text in at most so many lines, broken after `/`, `-`, `_`, `.` or where a word begins in CamelCase."""
    if width(text, size, bold=bold) <= most or lines == 1:
        return [shorten(text, size, most, bold=bold)]
    pieces: list[str] = []
    for char in text:
        starts = char == " " or (char.isupper() and pieces and pieces[-1] and not pieces[-1][-1].isupper())
        if not pieces or starts or pieces[-1][-1] in "/-_.: ":
            pieces.append(char)
        else:
            pieces[-1] += char
    first = ""
    rest = list(pieces)
    while rest and width(first + rest[0], size, bold=bold) <= most:
        first += rest.pop(0)
    if not first:
        return [shorten(text, size, most, bold=bold)]
    return [first.strip(), *wrap("".join(rest).strip(), size, most, lines - 1, bold=bold)]
