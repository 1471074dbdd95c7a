"""What every rule looks at: the folder, the types, the directives, and where to tell."""

from __future__ import annotations

from dataclasses import dataclass

from graphql import DocumentNode

from connectors.declarative.lint.notes import Notes
from connectors.declarative.lint.world import World
from connectors.declarative.lint.written import Directives
from connectors.declarative.sdl import Description
from connectors.declarative.settings import AppSettings
from connectors.declarative.submission import Submission


@dataclass(frozen=True, slots=True)
class Case:
    """One description that could be parsed."""

    submission: Submission
    description: Description
    document: DocumentNode
    settings: AppSettings | None
    world: World
    directives: Directives
    notes: Notes
