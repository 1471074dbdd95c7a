"""Who may read what: the partial order of roles, in one place."""

from __future__ import annotations

from connectors.ports.common import ErrorCode
from resolvers.context import Context, Role
from resolvers.problems import Refusal

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


def may(context: Context, role: Role) -> bool:
    """Whether the caller has a role, or one that contains it."""
    return any(role in INCLUDES[own] for own in context.caller.roles)


def need(context: Context, role: Role, what: str) -> None:
    """Raises FORBIDDEN, naming `what`, unless the caller has the role."""
    if not may(context, role):
        message = f"`{what}` needs the role {role.value}: send a token of someone who has it."
        raise Refusal(ErrorCode.FORBIDDEN, message)


def may_manage(context: Context, app: str | None) -> bool:
    """Whether the caller may change what belongs to an app, and see its configuration.

    An app team only for its own apps; ADMIN operates all of them. None is an app of nobody.
    """
    if may(context, Role.ADMIN):
        return True
    return may(context, Role.APP_TEAM) and app is not None and app in context.caller.apps


def need_team(context: Context, what: str) -> None:
    """Raises FORBIDDEN, naming `what`, unless the caller is an app team or an operator."""
    if not may(context, Role.ADMIN):
        need(context, Role.APP_TEAM, what)


def need_app(context: Context, app: str | None, what: str) -> None:
    """Raises FORBIDDEN unless the caller may manage the app `what` is about.

    The sentence is the same whether the app exists or not: it tells nothing about other teams.
    """
    need_team(context, what)
    if not may_manage(context, app):
        message = f"`{what}` is about an app that is not among those of your key."
        raise Refusal(ErrorCode.FORBIDDEN, message)
