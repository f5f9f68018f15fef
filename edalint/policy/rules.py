"""A rule ready to judge: its row with expressions that are compiled when the rule's kind occurs."""

from __future__ import annotations

import marshal
from collections.abc import Mapping

from edalint.hints import Any
from edalint.policy.language import Expression, Syntax, compile, parse  # noqa: A004

Row = dict[str, Any]


class Rule:
    """One policy. Closures are made on first use, so a rule whose kind does not occur costs nothing."""

    __slots__ = (
        "_compiled",
        "_definitions",
        "_trees",
        "aliases",
        "file",
        "id",
        "match",
        "name",
        "opt_in",
        "parameters",
        "preview",
        "row",
        "severity",
        "summary",
        "supersedes",
        "tags",
    )  # fmt: skip

    def __init__(self, row: Row, *, severity: str | None = None, parameters: Mapping[str, Any] | None = None) -> None:
        self.row = row
        self.id: str = row["id"]
        self.name: str = row["name"]
        self.file: str = row["file"]
        self.summary: str = row["summary"]
        self.match: dict[str, Any] = row["match"]
        self.opt_in: bool = row["opt_in"]
        self.preview: bool = row["preview"]
        self.supersedes: list[str] = row["supersedes"]
        self.aliases: list[str] = row["aliases"]
        self.tags: list[str] = row["tags"]
        self.severity = severity
        """What a configuration says over the file; None where it says nothing."""
        self.parameters: dict[str, Any] = {**row["parameters"], **(parameters or {})}
        self._compiled: dict[str, Any] = {}
        self._definitions: dict[str, Expression] | None = None
        self._trees: dict[str, Any] | None = None

    @property
    def definitions(self) -> dict[str, Expression]:
        """The expressions under `let`."""
        if self._definitions is None:
            self._definitions = {}
            for name, (text, _, _) in self.row["let"]:
                self._definitions[name] = compile(self.tree(text), None, dict(self._definitions))
        return self._definitions

    def tree(self, text: str) -> Syntax:
        """The syntax of one of the rule's expressions: what `syntax.opened` opens."""
        if self._trees is None:
            written = self.row.get("trees")  # a wheel's rows have them
            self._trees = marshal.loads(written) if written is not None else {}
        made = self._trees.get(text)
        if made is None:
            made = self._trees[text] = parse(text)
        return made

    def expression(self, text: str) -> Expression:
        """The closure of one of the rule's expressions."""
        made = self._compiled.get(text)
        if made is None:
            made = self._compiled[text] = compile(self.tree(text), None, self.definitions)
        return made

    def keep(self, key: str, value: Any) -> Any:
        """Keep something made from the row."""
        self._compiled[key] = value
        return value

    def kept(self, key: str) -> Any:
        """What was kept under a key, else None."""
        return self._compiled.get(key)

    def said(self, key: str) -> tuple[str, int, int] | None:
        """An expression of the row: text, line, column."""
        return self.row.get(key)

    @property
    def default_severity(self) -> str:
        """The severity that the rule is listed with: the gravest of its cases."""
        order = ("note", "warning", "error")
        return self.severity or str(max((word for _, word in self.row["severity"]), key=order.index))

    @property
    def default_confidence(self) -> str:
        """The confidence that the rule is listed with: the highest of its cases."""
        order = ("low", "medium", "high")
        return str(max((word for _, word in self.row["confidence"]), key=order.index))

    def called(self, word: str) -> bool:
        """Whether a user's word means this rule: `all`, its id, name, an alias, or a prefix of the id (`EDA9`)."""
        return (
            word in ("all", self.id, self.name, *self.aliases)
            or (word[-1:].isdigit() and self.id.startswith(word) and len(word) < len(self.id))
            or (word.isalpha() and word.isupper() and self.id.startswith(word))
        )

    def __repr__(self) -> str:
        return f"Rule({self.id} {self.name})"
