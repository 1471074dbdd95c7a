"""Apps from records in memory, and the reading of an app from a row of plain values."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from connectors.memory.base import by_id, slice_of
from connectors.memory.cells import Cells
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
from connectors.ports.common import Bucket, Order, Origin, Page, Slice, SortValue

_SORTS: Mapping[AppOrderField, Callable[[CityApp], SortValue]] = {
    AppOrderField.NAME: sort_name,
    AppOrderField.RELEASED_ON: lambda app: app.released_on,
    AppOrderField.POPULARITY: lambda _: None,
}

_KEYS: Mapping[str, Callable[[CityApp], Iterable[str]]] = {
    "audience": lambda app: (app.audience.value,),
    "inPortal": lambda app: (_yes_no(value=app.in_portal),),
    "category": lambda app: dict.fromkeys(app.categories),
    "department": lambda app: (app.department or UNKNOWN,),
    "claimed": lambda app: (_yes_no(value=app.claimed),),
}


def _slot(app: CityApp) -> SortValue:
    return app.slot


class MemoryApps:
    """An AppSource over records."""

    def __init__(self, name: str, apps: Sequence[CityApp]) -> None:
        self.name = name
        self._apps = tuple(apps)

    async def apps_by_id(self, ids: Sequence[str]) -> Sequence[CityApp | None]:
        return by_id(self._apps, ids)

    async def find_apps(
        self, criteria: AppCriteria, order: Order[AppOrderField] | None, page: Page
    ) -> Slice[CityApp]:
        return slice_of(self._fitting(criteria), page, _SORTS[order.field] if order else _slot)

    async def count_apps(self, criteria: AppCriteria) -> int:
        return len(self._fitting(criteria))

    async def app_buckets(self, criteria: AppCriteria, field: str) -> Sequence[Bucket]:
        keys = _KEYS[field]
        counts = Counter(key for app in self._fitting(criteria) for key in keys(app))
        return [Bucket(key, count) for key, count in sorted(counts.items())]

    def _fitting(self, criteria: AppCriteria) -> list[CityApp]:
        return [app for app in self._apps if fits(app, criteria)]


def fits(app: CityApp, criteria: AppCriteria) -> bool:
    """Whether an app is one of those asked for."""
    return (
        (criteria.audience is None or app.audience is criteria.audience)
        and (criteria.in_portal is None or app.in_portal is criteria.in_portal)
        and (not criteria.categories or not set(criteria.categories).isdisjoint(app.categories))
        and (criteria.department is None or app.department == criteria.department)
        and (not criteria.status or app.status in criteria.status)
        and (criteria.replicable is None or app.replicable_by is criteria.replicable)
        and all(word in words_of(app) for word in (criteria.text or "").casefold().split())
    )


def _yes_no(*, value: bool | None) -> str:
    return UNKNOWN if value is None else str(value).lower()


def read_app(row: Mapping[str, Any], origin: Callable[[str], Origin]) -> CityApp:
    """The app of a row. Raises Unreadable naming the column at fault.

    Columns (all but the first four may be missing or empty): `slug`, `slot` (whole number),
    `name_id` or `name_en`, `audience`; `claimed` and `in_portal` (yes/no), `summary_id`,
    `summary_en`, `description_id`, `description_en`, `categories`, `platforms`, `used_by`,
    `languages` (lists, or text parted by `|`), `url`, `android_url`, `ios_url`, `repository`
    (http addresses), `department` (code), `version`, `released_on` (YYYY-MM-DD), `status`,
    `licence` (SPDX), `replicable_by`.
    """
    cells = Cells(row, "app")
    slug = cells.local_id("slug")
    return CityApp(
        origin=origin(slug),
        slug=slug,
        slot=cells.must_whole("slot", least=1),
        name=cells.must_text("name"),
        audience=cells.must_one_of("audience", AppAudience),
        claimed=cells.flag("claimed") is not False,
        summary=cells.text("summary"),
        description=cells.text("description"),
        in_portal=cells.flag("in_portal"),
        categories=cells.words("categories"),
        platforms=cells.words("platforms"),
        url=cells.url("url"),
        android_url=cells.url("android_url"),
        ios_url=cells.url("ios_url"),
        department=cells.plain("department"),
        version=cells.plain("version"),
        released_on=cells.day("released_on"),
        status=cells.one_of("status", AppStatus),
        repository=cells.url("repository"),
        licence=cells.plain("licence"),
        replicable_by=cells.one_of("replicable_by", Replication) or Replication.ON_REQUEST,
        used_by=cells.words("used_by"),
        languages=cells.words("languages"),
    )
