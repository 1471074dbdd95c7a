"""Apps of the city: by slug, in pages, with what is connected to them and how that does."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from connectors.ports.apps import (
    FACETS,
    AppAudience,
    AppCriteria,
    AppOrderField,
    AppSource,
    CityApp,
)
from connectors.ports.common import Bucket, Order, Page, ScopedId, Text, must_text
from connectors.ports.connectors import ConnectorState
from connectors.switchboard import Source
from resolvers import asked, ids
from resolvers.context import Context
from resolvers.facets import department_names
from resolvers.listings import Listing, PageArgs, listing, page_of
from resolvers.lookups import Lookup

app_by_id: Lookup[AppSource, CityApp] = Lookup(
    AppSource, lambda source, slugs: source.apps_by_id(slugs)
)

LABELS: Mapping[tuple[str, str], Text] = {
    ("audience", AppAudience.PUBLIC_SERVICE.value): must_text("Layanan publik", "Public service"),
    ("audience", AppAudience.GOVERNMENT_MANAGEMENT.value): must_text(
        "Pengelolaan pemerintahan", "Government management"
    ),
    ("inPortal", "true"): must_text("Dalam portal", "In the portal"),
    ("inPortal", "false"): must_text("Di luar portal", "Not in the portal"),
    ("inPortal", "unknown"): must_text("Tidak diketahui", "Not known"),
    ("claimed", "true"): must_text("Sudah diklaim", "Claimed"),
    ("claimed", "false"): must_text("Belum diklaim", "Unclaimed"),
    ("department", "unknown"): must_text("Tidak diketahui", "Not known"),
}
"""What people call the values of a facet; departments have their own names."""

STATES_SECONDS = 10.0
"""How old what is told of the state of sources may grow."""

WORST_FIRST = (
    ConnectorState.DOWN,
    ConnectorState.QUARANTINED,
    ConnectorState.EXPIRED,
    ConnectorState.DISABLED,
    ConnectorState.DEGRADED,
    ConnectorState.PENDING,
    ConnectorState.ENABLED,
)


async def by_id(context: Context, id: ScopedId) -> CityApp | None:  # noqa: A002 - the field's own word
    """The app with an id."""
    return await app_by_id(context, id)


NODES: Mapping[str, Callable[[Context, ScopedId], Awaitable[Any]]] = {"CityApp": by_id}
"""How a node of each type of this domain is fetched."""


async def by_slug(context: Context, slug: str) -> CityApp | None:
    """The app with a slug, from the first source that knows it.

    None when nobody does, or no source is configured. Raises the failure when a source that
    might know it did not answer.
    """
    known = asked.text(slug, "slug")
    return None if known is None else await app_by_id.anywhere(context, known)


async def find(
    context: Context, criteria: AppCriteria, order: Order[AppOrderField] | None, args: PageArgs
) -> Listing[CityApp] | None:
    """A page of the apps that fit, by slot unless another order is asked for."""
    criteria = replace(
        criteria,
        text=asked.text(criteria.text, "where.text"),
        categories=asked.texts(criteria.categories, "where.categories"),
        department=asked.text(criteria.department, "where.department"),
    )
    mark = ids.fingerprint("apps", order)
    page = page_of(args, mark, descending=bool(order and order.descending), default=30)

    def found(source: AppSource, page: Page) -> Awaitable[Any]:
        return source.find_apps(criteria, order, page)

    return await listing(
        context,
        AppSource,
        found,
        page,
        mark,
        count=lambda source: source.count_apps(criteria),
        facets=partial(_buckets, context, criteria),
        facet_fields=FACETS,
    )


def department_code(id: str) -> str:  # noqa: A002 - as above
    """The code of the department with a global id. BAD_INPUT for ids of other types."""
    return ids.scoped_id(id, "Department").local


async def _buckets(
    context: Context, criteria: AppCriteria, source: AppSource, field: str
) -> Sequence[Bucket]:
    buckets = await source.app_buckets(criteria, field)
    named = [replace(bucket, label=LABELS.get((field, bucket.key))) for bucket in buckets]
    if field != "department":
        return named
    names = await department_names(context, [one.key for one in named if not one.label])
    return [replace(one, label=one.label or names.get(one.key)) for one in named]


# ------------------------------------------------------------------------------- connected


def connectors_of(context: Context, app: CityApp) -> list[Source[Any]]:
    """The sources that belong to an app, in catalogue order."""
    context.rests.for_seconds(STATES_SECONDS)
    return [source for source in context.switchboard if source.binding.app == app.slug]


def health_of(context: Context, app: CityApp) -> ConnectorState | None:
    """The worst state of an app's sources, None when it has none."""
    states = {source.state for source in connectors_of(context, app)}
    return next((state for state in WORST_FIRST if state in states), None)
