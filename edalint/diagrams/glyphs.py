"""Our own signs for the kinds of nodes: strokes in a square of 16 by 16."""

from __future__ import annotations

GLYPHS = {
    "bus": "M4.5 2.5h7L15 8l-3.5 5.5h-7L1 8zM1.5 8h13",
    "rule": "M2 3h12l-4.5 5.5V13l-3 1V8.5z",
    "schedule": "M8 2a6 6 0 1 1 0 12a6 6 0 1 1 0-12zM8 4.5V8l2.5 2",
    "pipe": "M1 5.5h9.5M1 10.5h9.5M10.5 3.5h3v9h-3zM3.5 5.5v5",
    "api-destination": "M2 8h9M8 4.5L11.5 8L8 11.5M12 2.5h2v11h-2",
    "topic": "M3 8h4M7 8L12.5 3.5M7 8h6M7 8l5.5 4.5M1.5 8a1.2 1.2 0 1 0 2.4 0a1.2 1.2 0 1 0-2.4 0",
    "queue": "M1.5 4h13v8h-13zM5 4v8M8 4v8M11 4v8",
    "stream": "M1 5c2.3-2.5 4.7 2.5 7 0s4.7 2.5 7 0M1 11c2.3-2.5 4.7 2.5 7 0s4.7 2.5 7 0M1 8c2.3-2.5 4.7 2.5 7 0s4.7 2.5 7 0",
    "broker": "M2 3h12v4H2zM2 9h12v4H2zM4.5 5h0.1M4.5 11h0.1",
    "function": "M4 2.5h2L12 13.5M7.2 6.6L3.5 13.5",
    "task": "M2 5l6-3l6 3v6l-6 3l-6-3zM2 5l6 3l6-3M8 8v6",
    "service": "M2 3h5v4H2zM9 3h5v4H9zM2 9h5v4H2zM9 9h5v4H9z",
    "state-machine": "M6 1.5h4v3H6zM1.5 11h4v3h-4zM10.5 11h4v3h-4zM8 4.5V8M3.5 11V8h9v3",
    "activity": "M8 2a2.2 2.2 0 1 1 0 4.4A2.2 2.2 0 1 1 8 2zM3 14c0-3.5 2-5.5 5-5.5s5 2 5 5.5",
    "job": "M8 5.5a2.5 2.5 0 1 1 0 5a2.5 2.5 0 1 1 0-5zM8 1.5v2M8 12.5v2M1.5 8h2M12.5 8h2M3.4 3.4l1.4 1.4M11.2 11.2l1.4 1.4M3.4 12.6l1.4-1.4M11.2 4.8l1.4-1.4",
    "bucket": "M2 3.5c0-1 12-1 12 0l-1.5 9.5c0 1-9 1-9 0zM2 3.5c0 1 12 1 12 0",
    "table": "M2 3c0-1.4 12-1.4 12 0v10c0 1.4-12 1.4-12 0zM2 3c0 1.4 12 1.4 12 0M2 8c0 1.4 12 1.4 12 0",
    "api": "M5 2.5C3 2.5 4.5 7 2 8c2.5 1 1 5.5 3 5.5M11 2.5c2 0 .5 4.5 3 5.5c-2.5 1-1 5.5-3 5.5M6.5 8h3",
    "alarm": "M3 11.5h10c-1.5-1.5-1.5-3-1.5-5a3.5 3.5 0 0 0-7 0c0 2 0 3.5-1.5 5zM6.5 13.5h3",
    "group": "M2 3h12v10H2zM2 6h12M4 9h3v2H4zM9 9h3v2H9z",
    "external": "M4.5 12.5a3 3 0 0 1-.3-6a4 4 0 0 1 7.7-.5a3.3 3.3 0 0 1-.4 6.5z",
}
FAMILY = {
    "bus": "route", "rule": "route", "pipe": "route", "schedule": "route", "topic": "hold", "queue": "hold", "stream": "hold", "broker": "hold",
    "function": "work", "task": "work", "service": "work", "job": "work", "state-machine": "flow", "activity": "flow",
    "bucket": "store", "table": "store", "api": "edge", "api-destination": "edge", "alarm": "watch", "external": "outside", "group": "edge",
}  # fmt: skip
"""Kind of node -> family: what a colour stands for (who routes, holds, works, steers, stores, faces the outside)."""
