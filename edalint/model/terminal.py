"""Text for terminals: colours, and template strings made harmless."""

from __future__ import annotations

CODES = {
    "error": "1;31", "warning": "1;33", "note": "1;36", "bold": "1", "dim": "2", "frame": "34", "path": "36", "good": "32",
}  # fmt: skip
SHOWN = {"\t": "    "}


def paint(text: str, style: str, color: bool) -> str:
    """The text in a style of `CODES` where colours are on."""
    return f"\x1b[{CODES[style]}m{text}\x1b[0m" if color and text else text


def harmless(text: str) -> str:
    """The text without control characters, escapes and characters that change the direction of writing.

    Templates come from anybody: a name must not move the cursor, clear the screen or hide what follows.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(SHOWN.get(c) or (c if c.isprintable() else f"\\u{ord(c):04x}" if ord(c) < 0x10000 else f"\\U{ord(c):08x}") for c in text)


def harmless_json(text: str) -> str:
    """JSON's text with those characters as escapes of its strings: what is read from it is the same, and it can be shown."""
    if text.isprintable() or text.replace("\n", "").isprintable():
        return text
    return "".join(c if c == "\n" or c.isprintable() else _escape(c) for c in text)


def _escape(character: str) -> str:
    code = ord(character)
    if code < 0x10000:
        return f"\\u{code:04x}"
    return f"\\u{0xD800 + (code - 0x10000 >> 10):04x}\\u{0xDC00 + (code - 0x10000 & 0x3FF):04x}"


def printable(text: str, *, lines: bool = False) -> str:
    """The text with a space for every character that is not printable (XML has no control characters); `lines` keeps line ends."""
    return "".join(c if c.isprintable() or (lines and c == "\n") else " " for c in text)
