"""What AWS SAM makes of a template: `expand` turns `AWS::Serverless::*` resources into those that CloudFormation deploys.

Source level in, source level out: intrinsic functions stay as written (long form). Logical ids, permissions, queue
policies and roles are those that the SAM transform generates
(https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-specification-generated-resources.html).
"""

from __future__ import annotations

from collections.abc import Callable

from edalint.frontends.cloudformation.sam.expansion import MARK, Expansion
from edalint.model.values import Map

__all__ = ["MARK", "expand"]


def expand(template: Map, diagnose: Callable[..., None]) -> Map:
    """The template with everything that SAM generates, as CloudFormation would get it.

    Resources that SAM made or changed carry `MARK`: `{"source_type", "generated", "place"}`. The map of `Resources` knows
    where each generated id comes from (the key of its `Events` entry, or the property that asked for it).
    `diagnose(message, place)` is told what SAM would refuse; nothing is raised.
    """
    return Expansion(template, diagnose).expand()
