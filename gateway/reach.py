"""Which private hosts a trial may reach: what an operator allowed for one is not allowed for all."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy.ext.asyncio import AsyncConnection

from catalog import bindings
from catalog.registrations.lines import ActiveApp
from connectors.declarative.app import DeclaredApp, read_app
from connectors.upkeep.http import named_hosts


async def hosts_of_others(
    connection: AsyncConnection, app: DeclaredApp, team: str | None, active: Iterable[ActiveApp]
) -> frozenset[str]:
    """The hosts of the city's own sources and of other teams' connectors that serve.

    Those that an operator approved for this connector already, of this team, are not among them.
    """
    own: frozenset[str] = frozenset()
    others: set[str] = set()
    for one in active:
        hosts = read_app(one.submission).hosts
        if one.team != team:
            others |= hosts
        elif one.key == app.key:
            own = hosts
    for line, _ in await bindings.stored(connection):
        others.update(named_hosts(line.options))
        others.update(line.upkeep.get("hosts", ()))
    return frozenset(others) - own


def reachable(app: DeclaredApp, allowed: frozenset[str], others: frozenset[str]) -> frozenset[str]:
    """The private hosts of a connector that nobody approved yet may be asked in a trial.

    `allowed` are those of the operator's settings, `name` or `name:port`; a bare name that
    belongs to others is theirs with all its ports.
    """
    taken = {_name(host) for host in others}
    return frozenset(
        host
        for host in app.hosts
        if host not in others
        and (host in allowed or (_name(host) in allowed and _name(host) not in taken))
    )


def _name(host: str) -> str:
    name, _, port = host.rpartition(":")
    return name if port.isdigit() else host
