"""What teams claim and publish is seen in the catalogue of apps, and survives a new load."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from catalog.loaded import alone
from catalog.loading import load_city
from catalog.pack import Pack
from catalog.registrations import entries, publishing
from catalog.registrations.keys import KeyHolder, KeyRole
from catalog.registrations.policy import Approval
from catalog.registrations.publishing import LATER
from catalog.registrations.records import Verdict
from connectors.kinds.sql import Database, open_engine
from connectors.ports.apps import AppAudience, AppCriteria
from connectors.ports.common import ErrorCode, Page, must_text
from connectors.ports.search import SearchCriteria
from connectors.store.apps import StoreApps
from connectors.store.search import StoreSearch
from tests.cities import opened_city
from tests.registrations.office import (
    BOSS,
    CLINIC,
    NOW,
    PARKING,
    TODAY,
    Office,
    facts,
    refused,
    submission,
)

PUBLICCODE = {
    "name": "Pajak Kilat",
    "url": "https://git.example/pajak",
    "landingURL": "https://pajak.example",
    "softwareVersion": "1.2",
    "releaseDate": "2026-10-01",
    "developmentStatus": "stable",
    "categories": ["tax"],
    "platforms": ["web"],
    "description": {
        "id": {"shortDescription": "Bayar pajak.", "longDescription": "Pajak daerah."},
        "en-GB": {"shortDescription": "Pay taxes.", "longDescription": "Local taxes."},
    },
    "legal": {"license": "AGPL-3.0-only"},
    "localisation": {"availableLanguages": ["id", "en"]},
    "usedBy": ["Kota Serang"],
    "maintenance": {"type": "internal"},
}


class Shown:
    """What the catalogue shows."""

    def __init__(self, engine):
        database = Database(engine)
        self.apps = StoreApps(entries.CATALOGUE, database)
        self.search = StoreSearch("pencarian", database)

    async def entry(self, slug):
        (found,) = await self.apps.apps_by_id([slug])
        return found

    async def count(self, **criteria):
        return await self.apps.count_apps(AppCriteria(**criteria))

    async def slugs(self):
        return [
            h.record.slug for h in (await self.apps.find_apps(AppCriteria(), None, Page(500))).hits
        ]

    async def found(self, words):
        return [
            hit.record.id.local
            for hit in (await self.search.find(SearchCriteria(words), Page(10))).hits
        ]


async def test_a_slot_bears_its_owners_name_once_the_claim_is_accepted(office):
    shown = Shown(office.engine)
    found = facts(name=must_text("Parkir Kota", "City Parking"), owner="dishub")
    await office.submit(None, found)
    before = await shown.entry("slot-001")
    assert (before.claimed, before.name.pick("en")) == (False, "App no. 002")
    await office.approve(1)
    after = await shown.entry("slot-001")
    assert after.claimed
    assert after.name == must_text("Parkir Kota", "City Parking")
    assert (after.slot, after.audience, after.department) == (2, before.audience, "dishub")
    assert after.categories == ("assumed-slot",)
    assert "assumption" in after.description.pick("en")
    assert await shown.count(categories=("assumed-slot",)) == 1
    assert await shown.found("city parking") == ["slot-001"]
    # The number of entries is what it was.
    assert await shown.count() == 4


async def test_a_new_name_of_a_claimed_slot_takes_the_place_of_the_old_one(office):
    shown = Shown(office.engine)
    await office.served()
    renamed = facts(name=must_text("Parkir Pintar", "Smart Parking"))
    await office.submit(submission(note="2"), renamed, expected=1)
    assert (await shown.entry("slot-001")).name.pick("en") == "Smart Parking"
    assert await shown.found("parkir kota") == []
    assert await shown.found("smart") == ["slot-001"]


async def test_a_named_entry_stays_as_the_register_has_it(office):
    shown = Shown(office.engine)
    before = await shown.entry("laksa")
    await office.served(submission(app="laksa"))
    assert await shown.entry("laksa") == before


async def test_a_claim_that_was_refused_was_never_seen(office):
    shown = Shown(office.engine)
    before = await shown.entry("slot-001")
    await office.submit()
    await office.refuse(1)
    assert await shown.entry("slot-001") == before


async def test_a_withdrawn_connector_leaves_its_slot_as_it_was(office):
    shown = Shown(office.engine)
    before = await shown.entry("slot-001")
    await office.served()
    await office.submit(submission(note="2"), facts(name=must_text("Lain", "Other")), expected=1)
    assert (await shown.entry("slot-001")).name.pick("en") == "Other"
    await refused(ErrorCode.FORBIDDEN, office.withdraw(by=PARKING))
    await refused(ErrorCode.BAD_INPUT, office.withdraw(reason=""))
    after = await office.withdraw()
    assert (after.active, after.previous, after.state(TODAY).value) == (None, None, "DISABLED")
    assert await shown.entry("slot-001") == before
    assert await shown.found("lain") == []
    # It does not come back through the back door, and its name and entry are free.
    await refused(ErrorCode.BAD_INPUT, office.rollback(1))
    await office.served(submission("klinik"), facts(), by=CLINIC)
    await refused(ErrorCode.DUPLICATE, office.submit())


async def test_who_was_withdrawn_may_come_again_and_is_looked_at_again(office):
    await office.served()
    await office.withdraw()
    made = await office.submit()
    assert (made.version, made.serves) == (2, False)
    assert (await office.approve(2)).state(TODAY).value == "ENABLED"
    assert (await Shown(office.engine).entry("slot-001")).claimed


async def test_an_entry_stays_claimed_while_another_connector_of_its_team_serves(office):
    await office.served()
    more = facts(types=("ParkirTicket",), fields=("Query.parkirTickets",))
    await office.served(submission("parkir-tiket"), more)
    await office.withdraw()
    assert (await Shown(office.engine).entry("slot-001")).claimed


# ------------------------------------------------------------------------------- published


async def publish(office, *, by=PARKING, slug="pajak-kilat", code=PUBLICCODE, **changes):
    async with alone(office.engine) as connection:
        return await publishing.publish(
            connection, slug=slug, audience=AppAudience.PUBLIC_SERVICE, in_portal=False,
            publiccode=code, by=by, now=NOW, **changes,
        )  # fmt: skip


async def decide(office, slug="pajak-kilat", *, by=BOSS, reason=None):
    async with alone(office.engine) as connection:
        if reason is not None:
            return await publishing.refuse_app(connection, slug, by=by, now=NOW, reason=reason)
        return await publishing.approve_app(connection, slug, by=by, now=NOW, note="fine")


async def test_an_app_beyond_the_register_waits_and_then_stands_behind_all_others(office):
    shown = Shown(office.engine)
    made = await publish(office)
    assert made.waits
    assert await shown.entry("pajak-kilat") is None
    assert not (await decide(office)).waits
    app = await shown.entry("pajak-kilat")
    assert (app.slot, app.claimed, app.in_portal) == (5, True, False)
    assert app.categories == ("tax", LATER)
    assert app.name.pick("id") == "Pajak Kilat"
    assert app.summary == must_text("Bayar pajak.", "Pay taxes.")
    assert (app.url, app.repository) == ("https://pajak.example", "https://git.example/pajak")
    assert (app.version, app.licence, app.status.value) == ("1.2", "AGPL-3.0-only", "STABLE")
    assert (app.languages, app.used_by) == (("id", "en"), ("Kota Serang",))
    assert await shown.found("pajak") == ["pajak-kilat"]
    assert (await shown.slugs())[-1] == "pajak-kilat"


async def test_a_published_app_is_its_teams_to_connect(office):
    await publish(office)
    await decide(office)
    team = KeyHolder("k9", "tax", KeyRole.APP_TEAM, "dishub", ("pajak-kilat",))
    await office.served(submission(app="pajak-kilat"), by=team)
    other = KeyHolder("k8", "rival", KeyRole.APP_TEAM, "rival", ("pajak-kilat",))
    await refused(
        ErrorCode.DUPLICATE,
        office.submit(submission("lain", "pajak-kilat", prefix="Lain"), facts("Lain"), by=other),
    )


async def test_what_the_catalogue_has_cannot_be_published(office):
    await refused(ErrorCode.DUPLICATE, publish(office, slug="laksa"))
    await publish(office)
    await publish(office, code={**PUBLICCODE, "name": "Pajak Lebih Kilat"})
    rival = KeyHolder("k8", "rival", KeyRole.APP_TEAM, "rival", ())
    await refused(ErrorCode.DUPLICATE, publish(office, by=rival))
    made = await decide(office)
    assert made.app.name.pick("id") == "Pajak Lebih Kilat"
    await refused(ErrorCode.DUPLICATE, publish(office))


async def test_publications_are_decided_once_and_by_operators(office):
    await refused(ErrorCode.NOT_FOUND, decide(office))
    await publish(office)
    await refused(ErrorCode.FORBIDDEN, decide(office, by=PARKING))
    await refused(ErrorCode.BAD_INPUT, decide(office, reason=" "))
    assert (await decide(office, reason="a copy")).verdict is Verdict.REFUSED
    await refused(ErrorCode.CONFLICT, decide(office))
    # The slug is free again.
    rival = KeyHolder("k8", "rival", KeyRole.APP_TEAM, "rival", ())
    assert (await publish(office, by=rival)).waits
    async with office.looking() as connection:
        (one,) = await publishing.published(connection)
    assert (one.team, one.waits) == ("rival", True)


async def test_without_approval_a_publication_is_seen_at_once(office):
    made = await publish(office, approval=Approval.NEVER)
    assert not made.waits
    assert await Shown(office.engine).entry("pajak-kilat") == made.app


@pytest.mark.parametrize(
    ("slug", "code", "field"),
    [
        ("Pajak Kilat", PUBLICCODE, "slug"),
        ("pajak-kilat", {}, "publiccode.name"),
        ("pajak-kilat", {**PUBLICCODE, "landingURL": "javascript:alert(1)"}, "publiccode.url"),
        ("pajak-kilat", {**PUBLICCODE, "legal": "AGPL"}, "publiccode.legal"),
        ("pajak-kilat", {**PUBLICCODE, "usedBy": "all"}, "publiccode.usedBy"),
        ("pajak-kilat", {**PUBLICCODE, "usedBy": ["x" * 65]}, "publiccode.usedBy"),
        ("pajak-kilat", {**PUBLICCODE, "developmentStatus": 3}, "publiccode.status"),
    ],
)
async def test_a_publiccode_that_cannot_be_read_says_where(office, slug, code, field):
    told = await refused(ErrorCode.BAD_INPUT, publish(office, slug=slug, code=code))
    assert told.field == field


async def test_a_team_cannot_fill_the_queue(office):
    for number in range(publishing.MOST_WAITING):
        await publish(office, slug=f"app-{number}")
    await refused(ErrorCode.BAD_INPUT, publish(office, slug="app-more"))


# ------------------------------------------------------------------------------- the real city


async def test_claims_and_publications_survive_a_new_load_of_the_city(tmp_path: Path):
    later = datetime(2026, 11, 25, 1, 0, tzinfo=UTC)
    url = f"sqlite:///{tmp_path}/city.db"
    slot = "pengelolaan-pemerintahan-063"
    async with opened_city(url):
        pass
    engine = open_engine(url)
    shown, office = Shown(engine), Office(engine)
    try:
        assert await shown.count() == 174
        assert await shown.count(audience=AppAudience.GOVERNMENT_MANAGEMENT) == 63
        order = await shown.slugs()
        await office.served(submission(app=slot), by=BOSS)
        await publish(office, by=BOSS)
        await decide(office)
        entries_before = [await shown.entry(slug) for slug in (slot, "pajak-kilat")]
        assert entries_before[0].slot == 174
        assert entries_before[1].slot == 175
        await load_city(engine, Pack.of("kota_tangerang"), now=later)
        for before in entries_before:
            after = await shown.entry(before.slug)
            assert (after.name, after.claimed, after.slot, after.categories, after.description) == (
                before.name, True, before.slot, before.categories, before.description,
            )  # fmt: skip
            assert await shown.found(before.name.pick("id")) != []
        assert await shown.slugs() == [*order, "pajak-kilat"]
        # What the register counted is what it counted; what came later is marked as later.
        assert await shown.count(categories=(LATER,)) == 1
        assert await shown.count() == 174 + 1
        assert (await office.find()).active == 1
    finally:
        await engine.dispose()
