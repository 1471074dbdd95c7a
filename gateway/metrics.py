"""Figures of this process for whoever watches it, as text that Prometheus and its like read.

Nothing in it comes from a question, an answer or a caller. The format is the exposition format
0.0.4 (https://prometheus.io/docs/instrumenting/exposition_formats/).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, NamedTuple

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from gateway.execution import fallbacks

if TYPE_CHECKING:
    from gateway.execution.answers import AnswerCache
    from gateway.graphs import Graphs

TEXT = "text/plain; version=0.0.4; charset=utf-8"


class Figure(NamedTuple):
    """One family: a counter only grows, a gauge goes up and down."""

    name: str
    kind: str
    help: str
    values: Mapping[str, float]
    """By the value of its label; the key is empty where there is one figure only."""
    label: str = ""


def metrics_routes(graphs: Graphs, answers: AnswerCache) -> list[Route]:
    """`/metrics`. Each process tells of itself alone."""

    async def metrics(_request: Request) -> Response:
        text = "".join(map(_written, _figures(graphs, answers)))
        return Response(text, media_type=TEXT, headers={"Cache-Control": "no-store"})

    return [Route("/metrics", metrics)]


def _figures(graphs: Graphs, answers: AnswerCache) -> Iterator[Figure]:
    yield Figure(
        "live_execution_fallbacks_total",
        "counter",
        "Operations that graphql-core interpreted instead of compiled code, by reason.",
        dict(sorted(fallbacks.items())),
        "reason",
    )
    counts = answers.counts
    outcomes = {
        "hit": counts.hits,
        "miss": counts.misses,
        "hit_of_another_worker": counts.from_others,
        "joined": answers.joined,
    }
    yield Figure(
        "live_answers_total",
        "counter",
        "Questions whose whole answer may be shared, by what became of them.",
        outcomes,
        "outcome",
    )
    yield Figure(
        "live_answers_purged_total", "counter", "Kept answers given up early.", {"": counts.purged}
    )
    yield Figure("live_answers_bytes", "gauge", "Bytes of kept answers.", {"": answers.bytes})
    yield Figure(
        "live_graph_swaps_total",
        "counter",
        "Graphs that took the place of another since the start.",
        {"": graphs.swaps},
    )
    yield Figure(
        "live_graph_connectors",
        "gauge",
        "Connectors of app teams, by whether the graph has them.",
        {
            "joined": len(graphs.composition.joined),
            "left_out": len(graphs.composition.left_out),
        },
        "state",
    )


def _written(figure: Figure) -> str:
    lines = [f"# HELP {figure.name} {figure.help}", f"# TYPE {figure.name} {figure.kind}"]
    for value, number in figure.values.items():
        label = f'{{{figure.label}="{_escaped(value)}"}}' if figure.label else ""
        lines.append(f"{figure.name}{label} {number}")
    return "\n".join(lines) + "\n"


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
