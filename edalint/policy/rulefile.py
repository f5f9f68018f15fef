"""Reading a rule file: what may stand in it, what each expression must be, and where a mistake stands.

`read` gives a plain row (what `marshal` can write), so that a compiled table of rules is a list of rows. Every
expression in a row is `(text, line, column)`. `why`, `fix`, `references`, `examples` are kept apart: they are read when
they are printed.
"""

from __future__ import annotations

import marshal
import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from edalint.hints import Any
from edalint.model.findings import CONFIDENCES, SEVERITIES
from edalint.model.graph import EDGE_KINDS, NODE_KINDS, PART_KINDS
from edalint.model.lazy import pattern
from edalint.model.nearest import hint
from edalint.model.records import NamedTuple
from edalint.policy.language import ExpressionError, types
from edalint.policy.language import compile as compile_expression
from edalint.policy.language.syntax import parse, plain
from edalint.policy.template import pieces
from edalint.policy.yaml_marks import Item, MarkedError
from edalint.policy.yaml_marks import read as read_yaml

Expr = tuple[str, int, int]
"""An expression's text, and the line and column of its first character."""
Row = dict[str, Any]

KEYS = (
    "id", "name", "severity", "confidence", "opt_in", "supersedes", "summary", "match", "let", "when", "subject", "element", "at", "message",
    "annotation", "related", "path", "group", "why", "fix", "references", "parameters", "examples", "since", "aliases", "preview", "tags",
    "edit",
)  # fmt: skip
REQUIRED = ("id", "name", "severity", "confidence", "summary", "match", "message")
TEXTS = ("why", "fix", "references", "examples")
LANGUAGES = ("cloudformation", "terraform", "files")
KINDS = {"node": NODE_KINDS, "edge": EDGE_KINDS, "part": PART_KINDS}
_ID = pattern(r"[A-Z][A-Z0-9]*[0-9]")
_NAME = pattern(r"[a-z0-9]+(-[a-z0-9]+)*")


class Problem(NamedTuple):
    """One mistake in a rule file."""

    path: str
    line: int
    column: int
    message: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}:{self.column}: {self.message}"


class PolicyError(ValueError):
    """What is wrong with rule files."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = list(problems)
        super().__init__("\n".join(map(str, self.problems)))


def read(path: Path | str, text: str | None = None, display: str = "") -> Row:
    """The row of one rule file, checked. Raises `PolicyError` with every mistake in it."""
    path = Path(path)
    source = text if text is not None else path.read_text("utf-8")
    reader = _Reader(display or path.as_posix())
    try:
        root = read_yaml(source)
    except MarkedError as error:
        raise PolicyError([Problem(reader.path, error.line, error.column, error.message)]) from None
    row = reader.rule(root)
    if reader.problems:
        raise PolicyError(sorted(reader.problems))
    row["trees"] = marshal.dumps(reader.trees, 2)
    return row


def texts(path: Path | str, text: str | None = None) -> dict[str, Any]:
    """`why`, `fix`, `references` and `examples` of a rule file, without checks."""
    source = text if text is not None else Path(path).read_text("utf-8")
    root = read_yaml(source).plain()
    found = {key: root.get(key) for key in TEXTS}
    references = found["references"]
    return {
        "why": str(found["why"] or "").strip(),
        "fix": str(found["fix"] or "").strip(),
        "references": [str(r).strip() for r in (references if isinstance(references, list) else [references]) if r is not None],
        "examples": found["examples"] or {},
    }


class _Reader:
    def __init__(self, path: str) -> None:
        self.path = path
        self.problems: list[Problem] = []
        self.scope: dict[str, str] = {}
        self.definitions: frozenset[str] = frozenset()
        self.matched = True
        """Whether it is known what the rule's expressions are about."""
        self.trees: dict[str, Any] = {}
        """Text of an expression -> its syntax, plain."""

    def problem(self, item: Item | tuple[int, int], message: str) -> None:
        line, column = item if isinstance(item, tuple) else (item.line, item.column)
        self.problems.append(Problem(self.path, line, column, message))

    def rule(self, root: Item) -> Row:
        if not isinstance(root.value, dict):
            self.problem(root, "a rule file is a map of keys such as id, match, when, message")
            return {}
        for key, place in root.keys.items():
            if key not in KEYS:
                self.problem(place, f"'{key}' is not a key of a rule{hint(key, KEYS)}")
        for key in REQUIRED:
            if key not in root.value:
                self.problem(root, f"the rule has no '{key}'")
        row: Row = {"file": self.path}
        self._identity(root, row)
        row["parameters"] = self._parameters(root.get("parameters"))
        self.scope["parameters"] = f"map{{{','.join(f'{n}={_type_of_value(v)}' for n, v in row['parameters'].items())}}}"
        before = len(self.problems)
        row["match"] = self._match(root.get("match"))
        self.matched = len(self.problems) == before
        self._scope(row)
        row["let"] = self._let(root.get("let"))
        self._conditions(root, row)
        self._places(root, row)
        row["edit"] = self._edits(root.get("edit"))
        self._examples(root.get("examples"))
        return row

    def _identity(self, root: Item, row: Row) -> None:
        row["id"] = self._text(root.get("id"), _ID, "letters and a number, as in EDA101")
        row["name"] = self._text(root.get("name"), _NAME, "small letters with hyphens, as in queue-without-dlq")
        for key in ("summary", "since"):
            row[key] = self._text(root.get(key))
        for key in ("opt_in", "preview"):
            item = root.get(key)
            if item is not None and not isinstance(item.value, bool):
                self.problem(item, f"'{key}' is true or false")
            row[key] = bool(item.value) if item is not None else False
        for key in ("supersedes", "aliases", "tags", "references"):
            row[key] = self._strings(root.get(key))
        for key in ("why", "fix"):
            self._text(root.get(key))
        del row["references"]

    def _text(self, item: Item | None, pattern: re.Pattern[str] | None = None, shape: str = "") -> str:
        if item is None:
            return ""
        if not isinstance(item.value, (str, int, float)) or isinstance(item.value, bool):
            self.problem(item, "expected a text")
            return ""
        text = str(item.value).strip()
        if pattern is not None and not pattern.fullmatch(text):
            self.problem(item, f"expected {shape}, found '{text}'")
        return text

    def _strings(self, item: Item | None) -> list[str]:
        if item is None:
            return []
        values = item.value if isinstance(item.value, list) else [item]
        return [self._text(value) for value in values]

    def _parameters(self, item: Item | None) -> dict[str, Any]:
        """Name -> default; written as `name: 3` or `name: {default: 3, description: ...}`."""
        if item is None:
            return {}
        if not isinstance(item.value, dict):
            self.problem(item, "expected a map of parameters and their defaults")
            return {}
        found: dict[str, Any] = {}
        for name, value in item.value.items():
            plain = value.plain()
            if isinstance(plain, dict):
                if "default" not in plain or set(plain) - {"default", "description"}:
                    self.problem(value, "a parameter is a default, or a map of default and description")
                    continue
                plain = plain["default"]
            if plain is None or isinstance(plain, dict):
                self.problem(value, "the default of a parameter is a number, text, truth value or list")
                continue
            found[name] = plain
        return found

    # match

    def _match(self, item: Item | None) -> dict[str, Any]:
        if item is None:
            return {"form": "graph"}
        if item.value == "graph":
            return {"form": "graph"}
        if not isinstance(item.value, dict) or len(item.value) != 1:
            self.problem(item, "expected one of node, edge, part, group, path, cycle, graph, as in {node: queue}")
            return {"form": "graph"}
        [(form, value)] = item.value.items()
        if form in KINDS:
            return {"form": form, "kinds": self._kinds(form, value)}
        makers: dict[str, Callable[[Item], dict[str, Any]]] = {
            "group": self._match_group,
            "path": self._match_path,
            "cycle": self._match_cycle,
            "graph": lambda _: {"form": "graph"},
        }
        maker = makers.get(form)
        if maker is None:
            self.problem(item.keys[form], f"'{form}' is not a match{hint(form, [*KINDS, *makers])}")
            return {"form": "graph"}
        return maker(value)

    def _kinds(self, of: str, item: Item) -> list[str]:
        """Kinds by name; the empty list is every kind (`any`)."""
        if item.value == "any":
            return []
        found = []
        for value in item.value if isinstance(item.value, list) else [item]:
            kind = self._text(value)
            if kind not in KINDS[of]:
                self.problem(value, f"there is no {of} of kind '{kind}'{hint(kind, KINDS[of])}")
            found.append(kind)
        return found

    def _entries(self, item: Item, form: str, allowed: tuple[str, ...], required: tuple[str, ...]) -> dict[str, Item]:
        if not isinstance(item.value, dict):
            self.problem(item, f"a {form} has {', '.join(allowed)}")
            return {}
        for key in item.value:
            if key not in allowed:
                self.problem(item.keys[key], f"'{key}' is not a key of a {form}{hint(key, allowed)}")
        for key in required:
            if key not in item.value:
                self.problem(item, f"the {form} has no '{key}'")
        return dict(item.value)

    def _match_group(self, item: Item) -> dict[str, Any]:
        entries = self._entries(item, "group", ("of", "by"), ("of", "by"))
        of, kinds = "node", []
        written = entries.get("of")
        if written is not None and isinstance(written.value, dict) and len(written.value) == 1:
            [(of, value)] = written.value.items()
            if of in KINDS:
                kinds = self._kinds(of, value)
            else:
                self.problem(written, "a group is of node, edge or part")
                of = "node"
        elif written is not None:
            kinds = self._kinds("node", written)
        by = self._expression(entries.get("by"), {of: _typed(of, kinds), "parameters": self._parameter_type, "graph": "graph"})
        return {"form": "group", "of": of, "kinds": kinds, "by": by}

    def _match_path(self, item: Item) -> dict[str, Any]:
        if isinstance(item.value, str):
            short = re.fullmatch(r"\s*([\w-]+)\s*->(\+?)\s*([\w-]+)\s*", item.value)
            if short is None:
                self.problem(item, "expected 'A -> B' or 'A ->+ B', or a map with from and to")
                return {"form": "graph"}
            for kind in (short[1], short[3]):
                if kind not in NODE_KINDS:
                    self.problem(item, f"there is no node of kind '{kind}'{hint(kind, NODE_KINDS)}")
            ends = {"from": {"kind": short[1]}, "to": {"kind": short[3]}}
            return {"form": "path", **ends, "without": [], "many": bool(short[2]), "over": []}
        entries = self._entries(item, "path", ("from", "to", "without", "hops", "over"), ("from", "to"))
        hops = entries.get("hops")
        if hops is not None and hops.value not in ("one", "many"):
            self.problem(hops, "'hops' is one or many")
        without = entries.get("without")
        blocked = without.value if without is not None and isinstance(without.value, list) else [without] if without is not None else []
        over = entries.get("over")
        return {
            "form": "path",
            "from": self._selector(entries.get("from")),
            "to": self._selector(entries.get("to")),
            "without": [self._selector(b) for b in blocked],
            "many": hops is None or hops.value == "many",
            "over": self._kinds("edge", over) if over is not None else [],
        }

    def _selector(self, item: Item | None) -> dict[str, Any]:
        """A node kind, or a condition over `node`."""
        if item is None:
            return {"kind": ""}
        if isinstance(item.value, str) and re.fullmatch(r"[a-z-]+", item.value):
            if item.value not in NODE_KINDS:
                self.problem(item, f"there is no node of kind '{item.value}'{hint(item.value, NODE_KINDS)}")
            return {"kind": item.value}
        scope = {"node": "node", "parameters": self._parameter_type, "graph": "graph"}
        return {"where": self._expression(item, scope, condition=True)}

    def _match_cycle(self, item: Item) -> dict[str, Any]:
        entries = self._entries(item, "cycle", ("over", "ends_loop"), ())
        over = entries.get("over")
        scope = {"edge": "edge", "parameters": self._parameter_type, "graph": "graph"}
        ends = entries.get("ends_loop")
        return {
            "form": "cycle",
            "over": self._kinds("edge", over) if over is not None else [],
            "ends_loop": self._expression(ends, scope, condition=True) if ends is not None else None,
        }

    @property
    def _parameter_type(self) -> str:
        return self.scope.get("parameters", "map{}")

    def _scope(self, row: Row) -> None:
        self.scope.update(scope_of(row["match"]))

    # expressions

    def _expression(self, item: Item | None, scope: Mapping[str, str] | None = None, *, condition: bool = False) -> Expr | None:
        if item is None:
            return None
        if isinstance(item.value, bool):
            return ("true" if item.value else "false", item.line, item.column)
        if not isinstance(item.value, str):
            self.problem(item, "expected an expression")
            return None
        self._check(item, item.value, 0, scope, condition=condition)
        return (item.value, *item.place(0))

    def _check(self, item: Item, text: str, shift: int, scope: Mapping[str, str] | None = None, *, condition: bool = False) -> str:
        scope = self.scope if scope is None else scope
        try:
            tree = parse(text)
            self.trees[text] = plain(tree)
            if not self.matched:
                return "any"
            if condition:
                types.check_condition(tree, scope)
                found = "bool"
            else:
                found = types.check(tree, scope)
            compile_expression(tree, set(scope))
            return found
        except ExpressionError as error:
            self.problem(item.place(shift + error.offset), error.message)
            return "any"

    def _template(self, item: Item | None) -> str:
        """A text with expressions in braces."""
        text = self._text(item)
        if item is None or not text:
            return text
        raw = str(item.value)
        try:
            for piece in pieces(raw):
                if piece.expression:
                    self._check(item, piece.text, piece.at)
        except ExpressionError as error:
            self.problem(item.place(error.offset), error.message)
        return text

    def _let(self, item: Item | None) -> list[tuple[str, Expr]]:
        """Names for expressions that several keys of the rule use."""
        if item is None:
            return []
        if not isinstance(item.value, dict):
            self.problem(item, "expected a map of names and expressions")
            return []
        found: list[tuple[str, Expr]] = []
        for name, value in item.value.items():
            if name in self.scope or not re.fullmatch(r"[a-z_][a-z0-9_]*", name):
                self.problem(item.keys[name], f"'{name}' is no free name")
                continue
            expression = self._expression(value)
            if expression is not None:
                self.scope[name] = self._type_of(expression[0])
                found.append((name, expression))
        return found

    def _type_of(self, text: str) -> str:
        try:
            return types.check(parse(text), self.scope)
        except ExpressionError:
            return "any"

    def _conditions(self, root: Item, row: Row) -> None:
        row["when"] = self._expression(root.get("when"), condition=True)
        row["severity"] = self._cases(root.get("severity"), SEVERITIES)
        row["confidence"] = self._cases(root.get("confidence"), CONFIDENCES)

    def _cases(self, item: Item | None, words: tuple[str, ...]) -> list[tuple[Expr | None, str]]:
        if item is None:
            return [(None, words[0])]
        cases = item.get("cases") if isinstance(item.value, dict) else item if isinstance(item.value, list) else None
        if cases is None or not isinstance(cases.value, list):
            return [(None, self._word(item, words))]
        found: list[tuple[Expr | None, str]] = []
        for case in cases.value:
            word = case.get("is")
            if word is None or set(case.value) - {"when", "is"}:
                self.problem(case, "a case is {when: EXPRESSION, is: WORD}, the last one {is: WORD}")
                continue
            found.append((self._expression(case.get("when"), condition=True), self._word(word, words)))
        if not found or found[-1][0] is not None:
            self.problem(item, "the last case has no 'when': it is for all others")
            found.append((None, words[0]))
        return found

    def _word(self, item: Item, words: tuple[str, ...]) -> str:
        if item.value not in words:
            self.problem(item, f"expected {', '.join(words)}, found '{item.value}'{hint(str(item.value), words)}")
            return words[0]
        return str(item.value)

    def _places(self, root: Item, row: Row) -> None:
        for key in ("subject", "element", "at", "group"):
            row[key] = self._expression(root.get(key))
        row["message"] = self._template(root.get("message"))
        row["annotation"] = self._template(root.get("annotation"))
        row["related"] = self._related(root.get("related"))
        path = root.get("path")
        row["path"] = row["failed"] = None
        if path is not None and isinstance(path.value, dict):
            entries = self._entries(path, "path", ("over", "failed"), ("over",))
            row["path"] = self._expression(entries.get("over"))
            row["failed"] = self._expression(entries.get("failed"))
        elif path is not None:
            row["path"] = self._expression(path)

    def _related(self, item: Item | None) -> list[tuple[Expr, str]]:
        if item is None:
            return []
        found: list[tuple[Expr, str]] = []
        for entry in item.value if isinstance(item.value, list) else [item]:
            if not isinstance(entry.value, dict) or set(entry.value) != {"at", "says"}:
                self.problem(entry, "expected {at: EXPRESSION, says: TEXT}")
                continue
            at = self._expression(entry.get("at"))
            if at is not None:
                found.append((at, self._template(entry.get("says"))))
        return found

    def _edits(self, item: Item | None) -> list[dict[str, Any]]:
        """What `--fix` writes: a list of edits, each for one or both languages."""
        if item is None:
            return []
        return [self._edit(entry) for entry in (item.value if isinstance(item.value, list) else [item])]

    def _edit(self, item: Item) -> dict[str, Any]:
        entries = self._entries(item, "fix", ("when", "of", "safe", "cloudformation", "terraform"), ("of",))
        safe = entries.get("safe")
        if safe is not None and not isinstance(safe.value, bool):
            self.problem(safe, "'safe' is true or false")
        row: dict[str, Any] = {
            "when": self._expression(entries.get("when"), condition=True),
            "of": self._expression(entries.get("of")) or ("graph", item.line, item.column),
            "safe": safe is None or bool(safe.value),
        }
        for language in ("cloudformation", "terraform"):
            if language in entries:
                row[language] = self._written(entries[language])
        return row

    def _written(self, item: Item) -> dict[str, Any]:
        entries = self._entries(item, "change", ("set", "add"), ())
        change: dict[str, Any] = {"set": self._named_values(entries.get("set")), "add": []}
        added = entries.get("add")
        for one in (added.value if isinstance(added.value, list) else [added]) if added is not None else ():
            new = self._entries(one, "new resource", ("name", "type", "values"), ("name", "type", "values"))
            change["add"].append(
                {
                    "name": self._template(new.get("name")),
                    "type": self._text(new.get("type")),
                    "values": self._named_values(new.get("values")),
                }
            )
        return change

    def _named_values(self, item: Item | None) -> dict[str, Any]:
        if item is None or item.value is None:
            return {}
        if not isinstance(item.value, dict):
            self.problem(item, "expected a map of names to values")
            return {}
        return {key: self._values(value) for key, value in item.value.items()}

    def _values(self, item: Item | None) -> Any:
        """Values with templates in them."""
        if item is None:
            return None
        if isinstance(item.value, dict):
            return {key: self._values(value) for key, value in item.value.items()}
        if isinstance(item.value, list):
            return [self._values(value) for value in item.value]
        return self._template(item) if isinstance(item.value, str) else item.value

    def _examples(self, item: Item | None) -> None:
        if item is None:
            return
        groups = self._entries(item, "set of examples", ("bad", "good", "missed"), ())
        for name, group in groups.items():
            if not isinstance(group.value, list):
                self.problem(group, "expected a list of examples")
                continue
            for example in group.value:
                self._example(name, example)

    def _example(self, group: str, item: Item) -> None:
        if not isinstance(item.value, dict):
            self.problem(item, "an example is {name: ..., cloudformation: ...} or {terraform: ...} or {files: {name: text}}")
            return
        if group == "missed":
            return
        for key in item.value:
            if key not in (*LANGUAGES, "name"):
                self.problem(item.keys[key], f"'{key}' is not a key of an example{hint(key, (*LANGUAGES, 'name'))}")
        if sum(1 for key in LANGUAGES if key in item.value) != 1:
            self.problem(item, f"an example has one of {', '.join(LANGUAGES)}")


def _type_of_value(value: Any) -> str:
    names = {bool: "bool", int: "int", float: "double", str: "string"}
    return names.get(type(value), "any")


def _typed(of: str, kinds: list[str]) -> str:
    return f"{of}:{'|'.join(kinds)}" if kinds else of


def scope_of(match: Mapping[str, Any]) -> dict[str, str]:
    """The names that expressions of a rule may use, and their types."""
    form = match["form"]
    scope = {"graph": "graph"}
    if form in KINDS:
        scope[form] = _typed(form, match["kinds"])
    elif form == "group":
        scope["group"] = f"group:{_typed(match['of'], match['kinds'])}"
    elif form in ("path", "cycle"):
        scope[form] = form
    return scope
