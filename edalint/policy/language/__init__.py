"""The language of `when`: a subset of CEL whose values may be unknown or absent.

`parse` makes a syntax tree, `check` holds it against the typed list of facts, `compile` makes a Python closure of it.
"""

from edalint.policy.language.compiler import MAX_STEPS, Bindings, Exhausted, Expression, as_condition, compile, holds  # noqa: A004
from edalint.policy.language.syntax import ExpressionError, Syntax, parse

__all__ = ["MAX_STEPS", "Bindings", "Exhausted", "Expression", "ExpressionError", "Syntax", "as_condition", "compile", "holds", "parse"]
