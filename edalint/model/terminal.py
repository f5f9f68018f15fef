"""Text for terminals and logs: colours, and template strings made harmless.

A terminal obeys control characters. A CI service obeys what it finds in a log: GitHub a line that begins with `::` or holds
`##[`, Azure Pipelines `##[` and `##vso[` wherever they stand.
https://docs.github.com/actions/reference/workflow-commands-for-github-actions
https://learn.microsoft.com/azure/devops/pipelines/scripts/logging-commands
"""

from __future__ import annotations

CODES = {
    "error": "1;31", "warning": "1;33", "note": "1;36", "bold": "1", "dim": "2", "frame": "34", "path": "36", "good": "32",
}  # fmt: skip
SHOWN = {"\t": "    "}


def paint(text: str, style: str, color: bool) -> str:
    """The text in a style of `CODES` where colours are on."""
    return f"\x1b[{CODES[style]}m{text}\x1b[0m" if color and text else text


def harmless(text: str) -> str:
    """The text of one line without control characters, escapes, characters that change the direction of writing, and commands.

    Templates come from anybody: a name must not move the cursor, clear the screen or hide what follows.
    """
    if "##" in text or text.lstrip().startswith("::"):
        text = _no_commands(text, "#\\u0023", "\\u003a:")
    if text.isascii() and text.isprintable():
        return text
    return "".join(SHOWN.get(c) or (c if c.isprintable() else f"\\u{ord(c):04x}" if ord(c) < 0x10000 else f"\\U{ord(c):08x}") for c in text)


def harmless_lines(text: str) -> str:
    """A text of several lines, each made harmless."""
    return "\n".join(map(harmless, text.split("\n")))


def harmless_json(text: str) -> str:
    """JSON's text with those characters as escapes of its strings: what is read from it is the same, and it can be shown."""
    if "##" in text:
        text = _no_commands(text, "#\\u0023", "")
    if text.isprintable() or text.replace("\n", "").isprintable():
        return text
    return "".join(c if c == "\n" or c.isprintable() else _escape(c) for c in text)


def _no_commands(text: str, hashes: str, colons: str) -> str:
    """The text with other words for `##` before a bracket, and for `::` where a line begins."""
    import re

    text = re.sub(r"##(?=(?:vso)?\[)", lambda found: hashes, text, flags=re.IGNORECASE)
    return re.sub(r"(?m)^(\s*)::", lambda found: found[1] + colons, text) if colons else text


def _escape(character: str) -> str:
    code = ord(character)
    if code < 0x10000:
        return f"\\u{code:04x}"
    return f"\\u{0xD800 + (code - 0x10000 >> 10):04x}\\u{0xDC00 + (code - 0x10000 & 0x3FF):04x}"


def printable(text: str, *, lines: bool = False) -> str:
    """The text with a space for every character that is not printable (XML has no control characters); `lines` keeps line ends.

    What a CI service would obey has a space in it.
    """
    if "##" in text:
        text = _no_commands(text, "# #", "")
    if "::" in text and (text.lstrip().startswith("::") or "\n" in text):
        text = _no_commands(text, "# #", ": :")
    return "".join(c if c.isprintable() or (lines and c == "\n") else " " for c in text)
