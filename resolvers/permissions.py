"""Who may read what, in one place: what fields declare, and the order of roles behind it.

A field declares the role it needs (`@auth` of `schema/auth.py`), and `need_declared` is asked before it
is answered, wherever it stands. What depends on whose record it is (an app's own team, a department's
own complaint) is asked by the resolver beside it.
"""

from __future__ import annotations

from connectors.ports.common import ErrorCode
from connectors.ports.roles import INCLUDES, has
from resolvers.context import Context, Role
from resolvers.problems import Refusal

__all__ = [
    "INCLUDES", "READS_FOR", "may", "may_manage", "may_read", "need", "need_app", "need_declared",
    "need_team",
]  # fmt: skip

READS_FOR: dict[Role, frozenset[Role]] = {
    Role.MAYOR: frozenset({Role.OPD_STAFF}),
    Role.ADMIN: frozenset({Role.APP_TEAM}),
}
"""Whose fields a role may also read: the mayor the figures of every department, an operator what
belongs to app teams. It contains none of these roles: the mayor writes nothing."""


def may(context: Context, role: Role) -> bool:
    """Whether the caller has a role, or one that contains it."""
    return has(context.caller.roles, role)


def may_read(context: Context, role: Role) -> bool:
    """Whether the caller may read what is declared for a role."""
    return may(context, role) or any(role in READS_FOR.get(own, ()) for own in context.caller.roles)


def need_declared(context: Context, role: Role, what: str, *, writes: bool = False) -> None:
    """Raises FORBIDDEN, naming `what`, unless the caller may read a field that declares a role.

    With `writes` it is an act, where the mayor has no more than the public. An operator acts
    for app teams, too.
    """
    if writes:
        if role is Role.APP_TEAM:
            need_team(context, what)
        else:
            need(context, role, what)
    elif not may_read(context, role):
        need(context, role, what)


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
