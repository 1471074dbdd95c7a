"""The caller, shown to itself: who the gateway takes it for, and what it may do."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from connectors.ports.common import ScopedId
from connectors.ports.departments import Department
from resolvers import departments
from resolvers.context import Context, Role

ORDER = tuple(Role)
"""Roles as they are listed: that of everybody first."""


@dataclass(frozen=True, slots=True)
class Viewer:
    """What a caller sees of itself."""

    id: ScopedId
    name: str | None
    """As the identity provider tells it, or the label of a key."""
    roles: tuple[Role, ...]
    codes: tuple[str, ...]
    """Departments it acts for."""
    language: str | None


def viewer(context: Context) -> Viewer | None:
    """Who asks; None for a caller without a token."""
    caller = context.caller
    who = caller.subject or (caller.key_id and f"key:{caller.key_id}")
    if not who:
        return None
    return Viewer(
        id=ScopedId("gateway", who),
        name=caller.person or caller.name or None,
        roles=tuple(role for role in ORDER if role in caller.roles),
        codes=tuple(sorted(caller.departments)),
        language=caller.language,
    )


async def departments_of(context: Context, seen: Viewer) -> list[Department]:
    """The departments a caller acts for; what the city has no department of is left out."""
    found = await asyncio.gather(*(departments.by_code(context, code) for code in seen.codes))
    return [department for department in found if department is not None]
