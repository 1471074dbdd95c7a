"""Apps in the embedded store."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    ColumnElement,
    Date,
    Index,
    Integer,
    Row,
    String,
    Table,
    case,
    func,
    select,
)

from connectors.base import Tools
from connectors.kinds.sql import Database
from connectors.ports.apps import (
    UNKNOWN,
    AppAudience,
    AppCriteria,
    AppOrderField,
    AppStatus,
    CityApp,
    Replication,
    sort_name,
    words_of,
)
from connectors.ports.common import Bucket, Order, Page, Slice
from connectors.ports.connectors import Binding
from connectors.store.base import (
    SORTED,
    Words,
    in_order,
    metadata,
    origin_columns,
    origin_of,
    origin_values,
    owned,
    paged,
    rows_of,
    slice_of,
)
from connectors.store.children import belongs, has, key_columns, key_values

apps = Table(
    "apps",
    metadata,
    *origin_columns(),
    Column("slot", Integer, nullable=False),
    Column("name", Words, nullable=False),
    Column("sort_name", SORTED, nullable=False),
    Column("words", String, nullable=False),
    Column("audience", String(32), nullable=False),
    Column("claimed", Boolean, nullable=False),
    Column("summary", Words),
    Column("description", Words),
    Column("in_portal", Boolean),
    Column("categories", JSON, nullable=False),
    Column("platforms", JSON, nullable=False),
    Column("homepage", String),
    Column("android_url", String),
    Column("ios_url", String),
    Column("department", String(64)),
    Column("version", String(64)),
    Column("released_on", Date),
    Column("status", String(16)),
    Column("repository", String),
    Column("licence", String(64)),
    Column("replicable_by", String(16), nullable=False),
    Column("used_by", JSON, nullable=False),
    Column("languages", JSON, nullable=False),
    Index("ix_apps_slot", "source", "slot", "local_id"),
    Index("ix_apps_name", "source", "sort_name", "local_id"),
    Index("ix_apps_released", "source", "released_on", "local_id"),
)

app_categories = Table(
    "app_categories",
    metadata,
    *key_columns(),
    Column("category", String(64), primary_key=True),
)
"""Each category of each app once more, to search and to count by."""

_SORTS: Mapping[AppOrderField, ColumnElement[Any] | None] = {
    AppOrderField.NAME: apps.c.sort_name,
    AppOrderField.RELEASED_ON: apps.c.released_on,
    AppOrderField.POPULARITY: None,
}


def _yes_no(column: Column[Any]) -> ColumnElement[str]:
    return case((column.is_(None), UNKNOWN), (column, "true"), else_="false")


_KEYS: Mapping[str, Callable[[], ColumnElement[Any]]] = {
    "audience": lambda: apps.c.audience,
    "inPortal": lambda: _yes_no(apps.c.in_portal),
    "department": lambda: func.coalesce(apps.c.department, UNKNOWN),
    "claimed": lambda: _yes_no(apps.c.claimed),
}


async def open_apps(binding: Binding, tools: Tools) -> StoreApps:
    """The store's apps as a system, see `connectors.registry`."""
    return StoreApps(binding.key, tools.database, samples=tools.samples_shown)


class StoreApps:
    """An AppSource over the tables `apps` and `app_categories`."""

    def __init__(self, name: str, database: Database, *, samples: bool = True) -> None:
        self.name = name
        self._database = database
        self._mine = owned(apps, name, samples=samples)

    async def apps_by_id(self, ids: Sequence[str]) -> Sequence[CityApp | None]:
        statement = select(apps).where(self._mine, apps.c.local_id.in_(ids))
        return in_order(
            map(app_of, await self._database.rows(statement)), ids, lambda app: app.slug
        )

    async def find_apps(
        self, criteria: AppCriteria, order: Order[AppOrderField] | None, page: Page
    ) -> Slice[CityApp]:
        statement = select(apps).where(self._mine, *_wanted(criteria))
        sort = _SORTS[order.field] if order else apps.c.slot
        ranges = paged(statement, apps, page, sort, source=self.name)
        return await slice_of(await rows_of(self._database, ranges, page), page, app_of)

    async def count_apps(self, criteria: AppCriteria) -> int:
        statement = select(func.count()).select_from(apps).where(self._mine, *_wanted(criteria))
        return int(await self._database.value(statement))

    async def app_buckets(self, criteria: AppCriteria, field: str) -> Sequence[Bucket]:
        if field == "category":
            key: ColumnElement[Any] = app_categories.c.category
            same = belongs(app_categories, apps)
            rows = select(key, func.count()).join_from(apps, app_categories, same)
        else:
            key = _KEYS[field]()
            rows = select(key, func.count()).select_from(apps)
        found = await self._database.rows(rows.where(self._mine, *_wanted(criteria)).group_by(key))
        return [Bucket(name, count) for name, count in sorted(map(tuple, found))]


def _wanted(criteria: AppCriteria) -> list[ColumnElement[bool]]:
    c = apps.c
    wanted = [
        c.words.contains(word, autoescape=True)
        for word in dict.fromkeys((criteria.text or "").casefold().split())
    ]
    if criteria.audience is not None:
        wanted.append(c.audience == criteria.audience.value)
    if criteria.in_portal is not None:
        wanted.append(c.in_portal.is_(criteria.in_portal))
    if criteria.categories:
        named = app_categories.c.category.in_(criteria.categories)
        wanted.append(has(apps, app_categories, named))
    if criteria.department is not None:
        wanted.append(c.department == criteria.department)
    if criteria.status:
        wanted.append(c.status.in_([status.value for status in criteria.status]))
    if criteria.replicable is not None:
        wanted.append(c.replicable_by == criteria.replicable.value)
    return wanted


def app_values(app: CityApp) -> dict[str, Any]:
    """The row of an app in `apps`; `icon` is not kept, for the register has none."""
    return {
        **origin_values(app.origin),
        "slot": app.slot,
        "name": app.name,
        "sort_name": sort_name(app),
        "words": words_of(app),
        "audience": app.audience.value,
        "claimed": app.claimed,
        "summary": app.summary,
        "description": app.description,
        "in_portal": app.in_portal,
        "categories": list(app.categories),
        "platforms": list(app.platforms),
        "homepage": app.url,
        "android_url": app.android_url,
        "ios_url": app.ios_url,
        "department": app.department,
        "version": app.version,
        "released_on": app.released_on,
        "status": app.status.value if app.status else None,
        "repository": app.repository,
        "licence": app.licence,
        "replicable_by": app.replicable_by.value,
        "used_by": list(app.used_by),
        "languages": list(app.languages),
    }


def category_values(app: CityApp) -> list[dict[str, Any]]:
    """The rows of an app in `app_categories`."""
    key = key_values(app.origin)
    return [{**key, "category": category} for category in dict.fromkeys(app.categories)]


def app_of(row: Row[Any]) -> CityApp:
    """The app of a row of `apps`."""
    return CityApp(
        origin=origin_of(row),
        slug=row.local_id,
        slot=row.slot,
        name=row.name,
        audience=AppAudience(row.audience),
        claimed=row.claimed,
        summary=row.summary,
        description=row.description,
        in_portal=row.in_portal,
        categories=tuple(row.categories),
        platforms=tuple(row.platforms),
        url=row.homepage,
        android_url=row.android_url,
        ios_url=row.ios_url,
        department=row.department,
        version=row.version,
        released_on=row.released_on,
        status=AppStatus(row.status) if row.status else None,
        repository=row.repository,
        licence=row.licence,
        replicable_by=Replication(row.replicable_by),
        used_by=tuple(row.used_by),
        languages=tuple(row.languages),
    )
