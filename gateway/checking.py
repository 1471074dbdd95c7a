"""What can be said of a connector without asking anybody: its texts, the whole graph, its clients."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from graphql import GraphQLSchema

from connectors.declarative.app import DeclaredApp, read_app
from connectors.declarative.findings import Finding, Severity, blocking
from connectors.declarative.lint import lint
from connectors.declarative.submission import SDL_FILE, Submission
from connectors.ports.common import must_text
from schema.composing import breaking_changes, compose

BREAKS_ANOTHER = "GRAPH_BREAKS_ANOTHER"


@dataclass(frozen=True, slots=True)
class Checked:
    """A connector that was read, and everything that was found."""

    app: DeclaredApp
    findings: tuple[Finding, ...]

    @property
    def ok(self) -> bool:
        """Whether nothing hinders it."""
        return not blocking(self.findings)


def checked(
    submission: Submission,
    core: GraphQLSchema,
    others: Sequence[DeclaredApp] = (),
    *,
    before: DeclaredApp | None = None,
) -> Checked:
    """What a connector would be beside `others`, in the place of what it was `before`.

    Takes as long as composing the graph twice: to be called in a thread of its own.
    """
    app = read_app(submission)
    findings = list(lint(app, core))
    if not blocking(findings):
        findings += _joined(app, core, others, before)
    return Checked(app, tuple(findings))


def _joined(
    app: DeclaredApp, core: GraphQLSchema, others: Sequence[DeclaredApp], before: DeclaredApp | None
) -> list[Finding]:
    now = compose(core, [*others, *((before,) if before is not None else ())])
    then = compose(core, [*others, app])
    findings = list(then.left_out.get(app.key, ()))
    findings += [breaks(key) for key in now.joined if key != app.key and key not in then.joined]
    if not blocking(findings):
        findings += breaking_changes(now.schema, then.schema)
    return findings


def breaks(key: str) -> Finding:
    """What is told when a version would push the connector with this key out of the graph."""
    return Finding(
        BREAKS_ANOTHER,
        Severity.ERROR,
        must_text(
            f"Konektor {key!r} memakai sesuatu yang dihapus oleh versi ini.",
            f"The connector {key!r} uses something that this version takes away.",
        ),
        must_text(
            "Biarkan yang lama tetap ada, atau bicarakan dahulu dengan tim pemiliknya.",
            "Keep what was there, or talk to its team first.",
        ),
        SDL_FILE,
    )
