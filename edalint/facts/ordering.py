"""Order and duplicates: FIFO queues and topics, message groups, deduplication."""

from __future__ import annotations

import re

from edalint.facts.registry import fact
from edalint.facts.view import View
from edalint.hints import Any
from edalint.model.graph import Node, Part
from edalint.model.lazy import pattern
from edalint.model.values import Unknown

NAME_OF = {"queue": "QueueName", "topic": "TopicName"}
FIFO_OF = {"queue": "FifoQueue", "topic": "FifoTopic"}


@fact("queue", "topic", gives="bool")
def fifo(node: Node, view: View) -> Any:
    """Whether it keeps the order of its message groups (`FifoQueue`, `FifoTopic`)."""
    return view.boolean(node.properties, FIFO_OF[node.kind], default=False)


_QUEUE_OR_TOPIC = pattern(r"arn:[\w-]+:(?:sqs|sns):[^:]*:[^:]*:|https?://sqs\.")


@fact("external", gives="bool", name="fifo", plain=True)
def fifo_outside(node: Node, view: View) -> Any:
    """Whether a queue or topic outside the run keeps order: its name says so, where it is written; absent for other things."""
    if not _QUEUE_OR_TOPIC.match(node.name):
        return None if re.match("arn:|https?:", node.name) else Unknown("", f"what '{node.name}' is, is not in this run")
    return Unknown("", f"'{node.name}' is not in this run") if "${" in node.name.rsplit(":", 1)[-1] else node.name.endswith(".fifo")


@fact("queue", "topic", gives="string")
def physical_name(node: Node, view: View) -> Any:
    """The name that the template gives; absent where AWS makes one."""
    return view.string(node.properties, NAME_OF[node.kind])


@fact("queue", "topic", gives="bool")
def content_based_deduplication(node: Node, view: View) -> Any:
    """Whether two messages with equal bodies within five minutes are one (false unless set)."""
    return view.boolean(node.properties, "ContentBasedDeduplication", default=False)


@fact("queue", gives="string")
def deduplication_scope(node: Node, view: View) -> Any:
    """`queue` (unless set) or `messageGroup`."""
    return view.string(node.properties, "DeduplicationScope", default="queue")


@fact("queue", gives="string")
def fifo_throughput_limit(node: Node, view: View) -> Any:
    """`perQueue` (unless set) or `perMessageGroupId`."""
    return view.string(node.properties, "FifoThroughputLimit", default="perQueue")


GROUPS = (("SqsParameters", "MessageGroupId"), ("SqsQueueParameters", "MessageGroupId"))
DEDUPLICATIONS = (("SqsParameters", "MessageDeduplicationId"), ("SqsQueueParameters", "MessageDeduplicationId"))


@fact("part:target", gives="string")
def message_group(part: Part, view: View) -> Any:
    """The message group that events get in a FIFO queue; absent where none is given."""
    return _parameter(part, view, GROUPS)


@fact("part:target", gives="string")
def deduplication_id(part: Part, view: View) -> Any:
    """The deduplication id that events get in a FIFO queue; absent where none is given."""
    return _parameter(part, view, DEDUPLICATIONS)


def _parameter(part: Part, view: View, paths: tuple[tuple[str, str], ...]) -> Any:
    if "arguments" in part.data:  # a universal target of Scheduler: what it says stands in its input
        return view.string(part.data["arguments"], paths[0][1])
    for path in paths:
        found = view.string(part.data.get("parameters", part.properties), *path)
        if found is not None:
            return found
    return None


@fact("part:subscription", gives="string")
def protocol(part: Part, view: View) -> Any:
    """`sqs`, `lambda`, `https`, `email` ..."""
    found = view.string(part.data.get("protocol"))
    return found.lower() if isinstance(found, str) else found


@fact("part:subscription", gives="node:topic", plain=True)
def topic(part: Part, view: View) -> Any:
    """The topic; unknown where it is outside the run."""
    return part.owner if isinstance(part.owner, Node) else Unknown("", f"the topic of '{part.resource.name}' is not in this run")


@fact("part:subscription", gives="node")
def endpoint(part: Part, view: View) -> Any:
    """The queue, function or stream that is subscribed; unknown where it is outside the run."""
    target = view.target(part, "endpoint")
    if target is None:
        return None
    return target.node if target.node is not None else Unknown("", f"the endpoint of '{part.resource.name}' is not in this run")
