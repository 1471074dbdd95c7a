"""Loads the catalogue of apps: the named rows, and an unclaimed entry for each slot left over."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from catalog.loaders.citations import Citations
from catalog.loaders.departments import code_of
from catalog.pack import CsvRow
from catalog.registrations.entries import ASSUMED, CATALOGUE, claims, document, settled
from catalog.registrations.publishing import later_entries
from connectors.errors import Unreadable
from connectors.memory.apps import read_app
from connectors.ports.apps import AppAudience, CityApp, Replication
from connectors.ports.common import Origin, SourceQuality, Text, must_text
from connectors.store.apps import app_categories, app_values, apps, category_values

if TYPE_CHECKING:
    from catalog.loading import Load

SOURCE = CATALOGUE
PLAY_STORE = "https://play.google.com/store/apps/details?id="
PLATFORMS: Mapping[str, str] = {
    "mobile app": "android",
    "app": "app",
    "web": "web",
    "menu": "tangerang-live-menu",
    "sms": "sms",
    "chat": "chat",
    "call centre": "telephone",
}
"""Kind of a row, in parts, to platform; a part that is not here says nothing about one."""

NO_SOFTWARE = frozenset({"room", "call centre"})
"""Kinds that are no software, so that nothing can be replicated without talking to the city."""


@dataclass(frozen=True, slots=True)
class Register:
    """`apps_register.toml`: how many entries the catalogue has, and since when."""

    slots: Mapping[AppAudience, int]
    in_portal: int
    as_of: date
    replication: Replication

    @property
    def total(self) -> int:
        return sum(self.slots.values())

    def first_slot(self, audience: AppAudience) -> int:
        """Number before the first of an audience: public service comes first."""
        if audience is AppAudience.PUBLIC_SERVICE:
            return 0
        return self.slots[AppAudience.PUBLIC_SERVICE]


async def load(load: Load) -> None:
    """Put the whole catalogue into the store; claimed entries can be searched for.

    What teams claimed and published since stays theirs.
    """
    if SOURCE not in load.bindings or not load.pack.has("apps_register.toml"):
        return
    register = _register(load)
    named = list(_named(load, register))
    every = await _as_claimed(load, [*named, *_unclaimed(load, register, named)])
    await load.replace(apps, SOURCE, map(app_values, every))
    await load.replace(
        app_categories, SOURCE, (row for app in every for row in category_values(app))
    )
    for app in every:
        if app.claimed:
            load.index(document(app))


async def _as_claimed(load: Load, register: list[CityApp]) -> list[CityApp]:
    """The entries with what teams claimed of them, and behind them what teams published."""
    claimed = await claims(load.connection)
    entries = [settled(app, claimed[app.slug]) if app.slug in claimed else app for app in register]
    known = {app.slug for app in entries}
    later = [app for app in await later_entries(load.connection) if app.slug not in known]
    # A register that grew took the numbers of what was published before.
    return [
        *entries,
        *(replace(app, slot=len(entries) + number) for number, app in enumerate(later, start=1)),
    ]


def _register(load: Load) -> Register:
    file = load.pack.folder / "apps_register.toml"
    found = tomllib.loads(file.read_text(encoding="utf-8"))
    return Register(
        slots={audience: found[audience.value.lower()] for audience in AppAudience},
        in_portal=found["in_portal"],
        as_of=found["as_of"],
        replication=Replication(found.get("replication", "ON_REQUEST")),
    )


# ------------------------------------------------------------------------------- named


def _named(load: Load, register: Register) -> Iterator[CityApp]:
    departments = {code_of(row.need("abbreviation")) for row in load.pack.rows("agencies.csv")}
    citations = Citations(load.pack)
    used = dict.fromkeys(AppAudience, 0)
    for row in load.pack.rows("apps.csv"):
        try:
            app = _app(load, row, register, departments=departments, citations=citations, used=used)
        except (Unreadable, ValueError, KeyError) as error:
            load.reject(SOURCE, row, str(error))
            continue
        used[app.audience] += 1
        yield app


def _app(
    load: Load,
    row: CsvRow,
    register: Register,
    *,
    departments: set[str],
    citations: Citations,
    used: Mapping[AppAudience, int],
) -> CityApp:
    audience = AppAudience(row.need("category").upper())
    owner = row.get("owner")
    department = code_of(owner) if owner else None
    if department is not None and department not in departments:
        load.reject(SOURCE, row, f"no department {owner!r}", field="owner", kept=True)
        department = None
    kinds = [part.strip() for part in (row.get("kind") or "").split("/")]
    assumed = _seen_after(row, register)
    package = row.get("android_package")
    host = row.get("host")
    canonical = {
        "slug": row.need("id"),
        "slot": register.first_slot(audience) + used[audience] + 1,
        # A proper name: the same in every language.
        "name": {"id": row.need("name"), "en": row.need("name")},
        "audience": audience.value,
        "claimed": True,
        "in_portal": row.get("in_live_portal"),
        "summary_id": row.get("description_id"),
        "summary_en": row.get("description_en"),
        "description": dict(_described(row, register)),
        "categories": [row.get("topic"), ASSUMED if assumed else None],
        "platforms": list(_platforms(kinds, android=package is not None)),
        "url": host and f"https://{host}",
        "android_url": package and PLAY_STORE + package,
        "department": department,
        "version": row.get("version"),
        "released_on": row.get("released_on"),
        "status": row.get("status"),
        "replicable_by": "ON_REQUEST"
        if NO_SOFTWARE.intersection(kinds)
        else register.replication.value,
    }
    inferred = row.get("category_basis") != "stated" or row.get("description_basis") != "source"

    def origin(slug: str) -> Origin:
        return load.origin(
            SOURCE,
            slug,
            as_of=citations.published(row.get("source")),
            quality=SourceQuality.ESTIMATED if inferred else None,
            url=citations.page(row.get("source")),
        )

    return read_app(canonical, origin)


def _platforms(kinds: list[str], *, android: bool) -> Iterator[str]:
    for kind in kinds:
        if kind == "mobile app" and not android:
            yield "app"
        elif kind in PLATFORMS:
            yield PLATFORMS[kind]


def _seen_after(row: CsvRow, register: Register) -> bool:
    year = row.get("year_seen")
    if year is None:
        return False
    if not (year.isascii() and year.isdigit() and len(year) == 4):
        raise ValueError(f"year_seen must be a year, not {year[:40]!r}")
    return int(year) > register.as_of.year


def _described(row: CsvRow, register: Register) -> Text:
    """Everything the data knows about an entry and about what that knowledge is worth."""
    said: list[tuple[str, str]] = []
    if full := row.get("full_name"):
        said.append((f"Nama lengkap: {full}.", f"In full: {full}."))
    year, since, total = row.get("year_seen"), register.as_of.year, register.total
    if _seen_after(row, register):
        assumed = (
            f"tempatnya di antara {total} entri adalah anggapan.",
            f"its slot among the {total} entries is an assumption.",
        )
        said.append(
            (
                f"Pertama terlihat pada {year}, sesudah register {since}: {assumed[0]}",
                f"First seen in {year}, after the register of {since}: {assumed[1]}",
            )
        )
    elif year:
        said.append((f"Pertama terlihat pada {year}.", f"First seen in {year}."))
    else:
        said.append(
            ("Tahun pertama terlihat tidak diketahui.", "The year it was first seen is not known.")
        )
    if row.get("description_basis") == "name":
        said.append(("Uraian dibaca dari namanya saja.", "Its summary is read off its name only."))
    if row.get("category_basis") != "stated":
        said.append(
            (
                "Golongannya disimpulkan, tidak disebut sumber.",
                "Its audience is inferred, not stated by a source.",
            )
        )
    if (version := row.get("version")) and (day := row.get("released_on")):
        said.append(
            (
                f"Versi {version} sudah beredar pada {day}; tanggal rilis tepatnya tidak diketahui.",
                f"Version {version} was out by {day}; its exact release date is not known.",
            )
        )
    if note := row.get("note"):
        said.append((f"Catatan (bahasa Inggris): {note}.", f"Note: {note}."))
    return must_text(*(" ".join(words) for words in zip(*said, strict=True)))


# ------------------------------------------------------------------------------- unclaimed


LABELS: Mapping[AppAudience, tuple[str, str, str]] = {
    AppAudience.PUBLIC_SERVICE: (
        "layanan-publik",
        "Aplikasi layanan publik no. {:03} (belum diklaim)",
        "Public service app no. {:03} (unclaimed)",
    ),
    AppAudience.GOVERNMENT_MANAGEMENT: (
        "pengelolaan-pemerintahan",
        "Aplikasi pengelolaan pemerintahan no. {:03} (belum diklaim)",
        "Government management app no. {:03} (unclaimed)",
    ),
}
"""Beginning of the slug, and the neutral label in Indonesian and English, of unclaimed entries."""


def _unclaimed(load: Load, register: Register, named: list[CityApp]) -> Iterator[CityApp]:
    """One entry for each slot of the register that no named row fills.

    What the named rows lack of the portal's number is taken from public service, in order.
    """
    in_portal = register.in_portal - sum(1 for app in named if app.in_portal)
    as_of = datetime.combine(register.as_of, datetime.min.time(), ZoneInfo(load.pack.city["zone"]))
    for audience, size in register.slots.items():
        filled = sum(1 for app in named if app.audience is audience)
        for number in range(filled + 1, size + 1):
            stem, indonesian, english = LABELS[audience]
            slug = f"{stem}-{number:03}"
            portal = audience is AppAudience.PUBLIC_SERVICE and number - filled <= in_portal
            yield CityApp(
                origin=load.origin(SOURCE, slug, as_of=as_of, quality=SourceQuality.ESTIMATED),
                slug=slug,
                slot=register.first_slot(audience) + number,
                name=must_text(indonesian.format(number), english.format(number)),
                audience=audience,
                claimed=False,
                description=_waiting(register, portal=portal),
                in_portal=True if portal else None,
                replicable_by=Replication.ON_REQUEST,
            )


def _waiting(register: Register, *, portal: bool) -> Text:
    year = register.as_of.year
    indonesian = (
        f"Register {year} menghitung {register.total} aplikasi; nama yang ini tidak "
        "dipublikasikan. Entri menunggu pemiliknya."
    )
    english = (
        f"The register of {year} counts {register.total} applications; the name of this one is "
        "not published. The entry waits for its owner."
    )
    if portal:
        indonesian += (
            f" Dihitung di antara {register.in_portal} aplikasi portal menurut jumlah, bukan nama."
        )
        english += f" Counted among the {register.in_portal} of the portal by number, not by name."
    return must_text(indonesian, english)
