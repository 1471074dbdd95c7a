"""Whether an entry of the catalogue of apps stands in another source of the city than our own."""

from __future__ import annotations

from catalog.registrations.entries import CATALOGUE
from connectors.errors import ConnectorError
from connectors.ports.apps import AppSource
from connectors.switchboard import Switchboard


async def elsewhere(switchboard: Switchboard, slug: str) -> bool:
    """Whether a source of apps, beside the catalogue kept here, has an entry with this slug.

    Raises ConnectorError when none has and one of them cannot say: it may be the one.
    """
    trouble: ConnectorError | None = None
    for source in switchboard.serving(AppSource):
        if source.key == CATALOGUE or not source.configured:
            continue
        try:
            (found,) = await source.ask(lambda apps: apps.apps_by_id([slug]))
        except ConnectorError as error:
            trouble = error
        else:
            if found is not None:
                return True
    if trouble is not None:
        raise trouble
    return False
