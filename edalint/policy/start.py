"""The file that `edalint policy new` writes: a policy that works, with its examples, and says what to change."""

from __future__ import annotations

import re

_TEMPLATE = """\
# Run its examples: edalint policy test {name}.yaml    What expressions may use: edalint facts
id: ORG1                       # letters and a number; no other policy's
name: {name}
severity: warning              # error | warning | note
confidence: high               # high | medium | low
summary: A queue keeps its messages for less than four days.
match: {{node: queue}}           # node | edge | part KIND; group, path, cycle, graph
when: node.retention < parameters.seconds
at: node.properties.MessageRetentionPeriod
message: "'{{node}}' keeps a message for {{node.retention}} s"
parameters:
  seconds: {{default: 345600, description: The shortest retention that is enough.}}
why: |
  A consumer that is broken on a Friday evening is mended on Monday. What expires before that is gone.
fix: |
  Raise MessageRetentionPeriod (message_retention_seconds in Terraform) to 345600, four days, or more.
examples:
  bad:
    - cloudformation: |
        Orders:
          Type: AWS::SQS::Queue
          Properties:
            MessageRetentionPeriod: 3600   # <- ORG1
  good:
    - name: the default is four days
      cloudformation: |
        Orders:
          Type: AWS::SQS::Queue
    - name: unknown, it is a parameter's to say
      cloudformation: |
        Parameters:
          Seconds: {{Type: Number}}
        Resources:
          Orders:
            Type: AWS::SQS::Queue
            Properties:
              MessageRetentionPeriod: !Ref Seconds
"""


def template(name: str) -> str:
    """The text of a new policy's file; `name` is the file's stem."""
    words = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
    return _TEMPLATE.format(name=words or "my-policy")
