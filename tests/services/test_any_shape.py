"""Whatever shape a property has, every service survives it: random properties of every type that a service knows."""

from __future__ import annotations

import random
import re
from pathlib import Path
from typing import Any

import pytest

from edalint import services
from edalint.facts.contracts import describe
from edalint.inference import infer
from edalint.linking import link
from edalint.model.values import Unknown
from edalint.services import registry
from tests.building import arn, ref, text, unit

TYPES = sorted(t for t in registry.index() if "::" in t)
LEAVES: list[Any] = [
    None, 1, 1.5, "x", True, [], {}, [1], ["x"], [[1]], [{}], {"a": [{}]}, "arn:aws:sqs:::x", "https://x/y", Unknown("", "u"),
    Unknown("t.yaml#Parameters.P", outside=True), [Unknown("", "v")], ref("Q"), arn("Q"), text("a", ref("Q")),
]  # fmt: skip


def keys_of(type: str) -> list[str]:
    """The names that the service's own file looks for."""
    source = "".join((registry.HERE / f"{module}.py").read_text() for module in registry.index()[type])
    return sorted(set(re.findall(r'"([A-Z][A-Za-z]+)"', source))) or ["Name"]


def shape(rng: random.Random, keys: list[str], depth: int = 0) -> Any:
    """A random value whose keys are names that somebody looks for."""
    dice = rng.random() if depth < 5 else 1.0
    if dice < 0.5:
        return {rng.choice(keys): shape(rng, keys, depth + 1) for _ in range(rng.randint(0, 4))}
    if dice < 0.65:
        return [shape(rng, keys, depth + 1) for _ in range(rng.randint(0, 3))]
    return rng.choice(LEAVES)


@pytest.mark.parametrize("type", TYPES)
def test_any_shape_is_survived(type: str) -> None:
    """There is always a graph, with contracts; nothing is raised."""
    rng = random.Random(type)
    keys = keys_of(type)
    for _ in range(12):
        properties = {key: shape(rng, keys, 1) for key in rng.sample(keys, min(len(keys), rng.randint(1, 8)))}
        made = unit("t.yaml", X=(type, properties), Q=("AWS::SQS::Queue", {}))
        graph = link([made], services.declare([made]))
        infer(graph)
        describe(graph)

        assert "t.yaml#Q" in graph.nodes, properties


def test_every_service_file_is_in_the_index() -> None:
    """A service file that registers nothing would never be imported."""
    known = {module for modules in registry.index().values() for module in modules}

    assert {Path(p).stem for p in registry.modules()} - known <= {"identity"}
