"""The rules as rules of cfn-lint: `cfn-lint --append-rules edalint.cfnlint_rules template.yaml`.

cfn-lint makes an instance of every rule class that this module has. Each is one rule that is on in the template's configuration; the
analysis is made once for all of them. Opt-in and preview rules are on where an `edalint.yaml` selects them.
"""

from __future__ import annotations

from edalint.cfnlint_rules import linting

globals().update(linting.classes())
