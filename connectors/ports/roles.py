"""Who a caller may be, and which role contains which: one table for reading and for acting."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum


class Role(Enum):
    """Who a caller may be; a partial order, see `INCLUDES`."""

    PUBLIC = "PUBLIC"
    CITIZEN = "CITIZEN"
    OFFICER = "OFFICER"
    OPD_STAFF = "OPD_STAFF"
    OPD_HEAD = "OPD_HEAD"
    MAYOR = "MAYOR"
    APP_TEAM = "APP_TEAM"
    ADMIN = "ADMIN"


INCLUDES: dict[Role, frozenset[Role]] = {
    Role.PUBLIC: frozenset({Role.PUBLIC}),
    Role.CITIZEN: frozenset({Role.CITIZEN, Role.PUBLIC}),
    Role.OFFICER: frozenset({Role.OFFICER, Role.CITIZEN, Role.PUBLIC}),
    Role.OPD_STAFF: frozenset({Role.OPD_STAFF, Role.CITIZEN, Role.PUBLIC}),
    Role.OPD_HEAD: frozenset({Role.OPD_HEAD, Role.OPD_STAFF, Role.CITIZEN, Role.PUBLIC}),
    Role.MAYOR: frozenset({Role.MAYOR, Role.PUBLIC}),
    Role.APP_TEAM: frozenset({Role.APP_TEAM, Role.PUBLIC}),
    Role.ADMIN: frozenset({Role.ADMIN, Role.PUBLIC}),
}
"""Each role with the roles it contains: PUBLIC < CITIZEN < OFFICER, CITIZEN < OPD_STAFF < OPD_HEAD."""


def has(roles: Iterable[Role], role: Role) -> bool:
    """Whether one of the roles is that role, or contains it."""
    return any(role in INCLUDES[own] for own in roles)
