"""Lint: what is wrong with a team's description, before anything is asked or joined.

Errors cannot work; warnings will hurt. Everything has a stable code, a place, and texts in
Indonesian and English (`texts.RULES`, docs/connector-findings.md).
"""

from __future__ import annotations

from graphql import GraphQLSchema

from connectors.declarative.app import DeclaredApp
from connectors.declarative.findings import Finding
from connectors.declarative.lint.care import note_care
from connectors.declarative.lint.case import Case
from connectors.declarative.lint.cover import note_cover
from connectors.declarative.lint.hosts import note_hosts
from connectors.declarative.lint.keys import Keys
from connectors.declarative.lint.load import note_load
from connectors.declarative.lint.marks import note_marks
from connectors.declarative.lint.names import note_names
from connectors.declarative.lint.notes import Notes
from connectors.declarative.lint.reading import note_faults
from connectors.declarative.lint.results import note_results
from connectors.declarative.lint.shapes import Shapes
from connectors.declarative.lint.texts import RULES
from connectors.declarative.lint.types import note_types
from connectors.declarative.lint.variables import note_variables
from connectors.declarative.lint.versions import note_versions
from connectors.declarative.lint.whole import note_whole
from connectors.declarative.lint.world import World
from connectors.declarative.lint.written import Directives
from connectors.declarative.strings import place_of

__all__ = ["RULES", "lint"]


def lint(app: DeclaredApp, city: GraphQLSchema) -> list[Finding]:
    """What is wrong with the texts of an app, beside the city it is to join.

    What was found about its settings when it was read (`app.findings`) is among them. In the order
    of the files, each once, at most `notes.MOST_FINDINGS` about the description. Never raises.
    """
    notes, description = Notes(), app.description
    note_faults(description.faults, notes)
    document = description.document
    if document is not None:
        world = World(document, city)
        directives = Directives(description)
        case = Case(app.submission, description, document, app.settings, world, directives, notes)
        _note_all(case)
    return notes.listed(app.findings)


def _note_all(case: Case) -> None:
    note_names(case)
    note_types(case)
    note_marks(case)
    shapes = Shapes(case.world, case.notes)
    for asking in case.directives.askings:
        shapes.read(asking)
    for owner, field in case.directives.unread:
        # What a connector with faults would give is not known: take it that it is all.
        kind = case.world.find(owner)
        known = kind.fields.get(field.name.value) if kind and field else None
        shapes.unknown(known.base if known else owner if field is None else "")
    keys = Keys(case, shapes)
    note_variables(case, shapes)
    note_cover(case, shapes, keys)
    note_load(case, shapes, keys)
    note_hosts(case)
    note_versions(case)
    note_results(case)
    _unused_sources(case)
    note_care(case)
    if not case.notes.blocking:
        note_whole(case)


def _unused_sources(case: Case) -> None:
    used = {asking.connect.source for asking in case.directives.askings}
    for origin in case.directives.origins:
        name = origin.source.name
        if name not in used and not case.directives.unread:
            case.notes.add("SOURCE_UNUSED", place_of(origin.node), what=name)
