"""The catalogue of the city's applications: who each is for, where it runs, whether it is claimed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import Protocol

from connectors.ports.common import Bucket, Media, Order, Origin, Page, Slice, Source, Text


class AppAudience(Enum):
    PUBLIC_SERVICE = "PUBLIC_SERVICE"
    GOVERNMENT_MANAGEMENT = "GOVERNMENT_MANAGEMENT"


class AppStatus(Enum):
    """Stage of development, as publiccode.yml has it."""

    CONCEPT = "CONCEPT"
    DEVELOPMENT = "DEVELOPMENT"
    BETA = "BETA"
    STABLE = "STABLE"
    OBSOLETE = "OBSOLETE"


class Replication(Enum):
    """Whether another government may take the application over."""

    FREE = "FREE"
    ON_REQUEST = "ON_REQUEST"
    NO = "NO"


class AppOrderField(Enum):
    """What a list of apps is sorted by."""

    NAME = "NAME"
    RELEASED_ON = "RELEASED_ON"
    POPULARITY = "POPULARITY"
    """No source says how popular an app is: all values are None, so the order is by slug."""


FACETS = ("audience", "inPortal", "category", "department", "claimed")
"""The fields `app_buckets` counts by."""

UNKNOWN = "unknown"
"""Key of the bucket of apps for which nobody said."""


@dataclass(frozen=True, slots=True)
class CityApp:
    """One entry of the catalogue. `slug` is its local id.

    Lists are empty where the register says nothing; everything else is None then.
    """

    origin: Origin
    slug: str
    slot: int
    """Its number in the register, from 1; the order of the catalogue."""
    name: Text
    audience: AppAudience
    claimed: bool = True
    """False while nobody named the entry: its name is then a neutral numbered label."""
    summary: Text | None = None
    description: Text | None = None
    in_portal: bool | None = None
    categories: tuple[str, ...] = ()
    platforms: tuple[str, ...] = ()
    url: str | None = None
    android_url: str | None = None
    ios_url: str | None = None
    icon: Media | None = None
    department: str | None = None
    """Code of the department that owns it."""
    version: str | None = None
    released_on: date | None = None
    status: AppStatus | None = None
    repository: str | None = None
    licence: str | None = None
    replicable_by: Replication = Replication.ON_REQUEST
    used_by: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AppCriteria:
    """Which apps are wanted; None or empty asks for all."""

    audience: AppAudience | None = None
    in_portal: bool | None = None
    """True: in the portal. False: stated not to be; apps nobody spoke of are neither."""
    categories: tuple[str, ...] = ()
    """In any of these."""
    department: str | None = None
    status: tuple[AppStatus, ...] = ()
    replicable: Replication | None = None
    text: str | None = None
    """Every word of it stands in slug, name, summary or description, letter case aside."""


class AppSource(Source, Protocol):
    """A system that knows the apps of the city. Raises ConnectorError when it cannot answer."""

    async def apps_by_id(self, ids: Sequence[str]) -> Sequence[CityApp | None]:
        """Apps in the order of their slugs, None where unknown."""
        ...

    async def find_apps(
        self, criteria: AppCriteria, order: Order[AppOrderField] | None, page: Page
    ) -> Slice[CityApp]:
        """A page of the apps that fit, in the order asked for, else by slot; maybe empty."""
        ...

    async def count_apps(self, criteria: AppCriteria) -> int:
        """How many apps `find_apps` would give in all."""
        ...

    async def app_buckets(self, criteria: AppCriteria, field: str) -> Sequence[Bucket]:
        """How many of them by one of `FACETS`, by key.

        An app counts once in each of its categories. Where nobody said, the key is `unknown`;
        apps without a category are not counted by category.
        """
        ...


def words_of(app: CityApp) -> str:
    """What `AppCriteria.text` is looked for in."""
    texts = (app.name, app.summary, app.description)
    return " ".join([app.slug, *(words for text in texts if text for _, words in text)]).casefold()


def sort_name(app: CityApp) -> str:
    """What names are sorted by: Indonesian first, letter case and outer space aside."""
    return app.name.pick("id").strip().casefold()
