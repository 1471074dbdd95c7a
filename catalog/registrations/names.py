"""Names of the graph and to whom they belong: no two connectors can have the same."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from catalog.registrations.declined import Declined, declined
from catalog.registrations.facts import Facts
from catalog.registrations.tables import name_claims as table
from catalog.registrations.tables import registrations
from connectors.ports.common import ErrorCode

TYPE, FIELD, PREFIX = "TYPE", "FIELD", "PREFIX"

Name = tuple[str, str]
"""Kind and name."""


def names_of(facts: Facts) -> frozenset[Name]:
    """All that a version claims: its prefix, its types, its root fields."""
    return frozenset(
        (
            (PREFIX, facts.prefix.casefold()),
            *((TYPE, name) for name in facts.types),
            *((FIELD, name) for name in facts.fields),
        )
    )


async def check(connection: AsyncConnection, key: str, team: str, facts: Facts) -> None:
    """Raises DUPLICATE for a name that belongs to another connector, saying which and to whom.

    A name belongs to the connector that has it, and else to the longest prefix it begins with; so
    nobody can put a name into the field of another team, nor take a prefix that would swallow
    another team's names. Connectors of one team may share a prefix.
    """
    rows = await connection.execute(
        select(table.c.kind, table.c.name, table.c.key, registrations.c.team).join(
            registrations, registrations.c.key == table.c.key
        )
    )
    others = [row for row in rows if row.key != key]
    taken = {(row.kind, row.name): row.key for row in others if row.kind != PREFIX}
    for kind, name in sorted(names_of(facts)):
        if (kind, name) in taken:
            raise _taken(name, taken[kind, name])
    foreign = [row for row in others if row.team != team]
    own = facts.prefix.casefold()
    prefixes = {row.name: row.key for row in foreign if row.kind == PREFIX}
    if own in prefixes:
        raise _taken(facts.prefix, prefixes[own])
    for name, folded in _folded((*facts.types, *facts.fields)):
        owner = _longest(folded, (*prefixes, own))
        if owner in prefixes:
            raise _taken(name, prefixes[owner])
    theirs = {row.name: row.key for row in foreign if row.kind != PREFIX}
    for name, folded in _folded(theirs):
        if own and _longest(folded, (*prefixes, own)) == own:
            raise _taken(facts.prefix, theirs[name])


def _folded(names: Iterable[str]) -> Iterator[tuple[str, str]]:
    for name in names:
        yield name, name.rpartition(".")[2].casefold()


def _longest(folded: str, prefixes: Iterable[str]) -> str | None:
    fitting = [prefix for prefix in prefixes if prefix and folded.startswith(prefix)]
    return max(fitting, key=len, default=None)


def _taken(name: str, key: str) -> Declined:
    return declined(
        ErrorCode.DUPLICATE,
        f"Nama {name!r} sudah dipakai konektor {key!r}. Pakai awalan tim Anda sendiri.",
        f"The name {name!r} belongs to the connector {key!r}. Use your own team's prefix.",
        field="names",
    )


async def hold(connection: AsyncConnection, key: str, versions: Iterable[Facts]) -> None:
    """From now on a connector has exactly the names of these versions."""
    held = {name for facts in versions for name in names_of(facts)}
    await connection.execute(delete(table).where(table.c.key == key))
    free = held - await _held_prefixes(connection)
    if free:
        await connection.execute(
            insert(table), [{"kind": kind, "name": name, "key": key} for kind, name in sorted(free)]
        )


async def _held_prefixes(connection: AsyncConnection) -> set[Name]:
    """Prefixes that another connector of the same team holds already."""
    return {
        (PREFIX, name)
        for name in await connection.scalars(select(table.c.name).where(table.c.kind == PREFIX))
    }
