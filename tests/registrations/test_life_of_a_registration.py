"""A version is handed in, approved or not, replaced, rolled back, switched off, and expires."""

import asyncio
from dataclasses import replace
from datetime import date, timedelta

import pytest

from catalog.loaded import alone
from catalog.registrations import life, records
from catalog.registrations.declined import Declined
from catalog.registrations.generation import generation
from catalog.registrations.policy import Approval, Ask
from connectors.declarative.findings import Finding, Severity
from connectors.ports.common import ErrorCode, must_text
from connectors.ports.connectors import ConnectorState
from tests.registrations.office import (
    BOSS,
    CLINIC,
    NOW,
    PARKING,
    TODAY,
    facts,
    refused,
    submission,
)


async def test_a_first_version_waits_and_serves_once_it_is_approved(office):
    made = await office.submit()
    assert (made.version, made.serves, made.asks) == (1, False, (Ask.FIRST, Ask.HOSTS))
    assert made.registration.state(TODAY) is ConnectorState.PENDING
    after = await office.approve(1, note="looks good")
    assert (after.active, after.pending) == (1, None)
    assert after.state(TODAY) is ConnectorState.ENABLED
    async with office.looking() as connection:
        (version,) = await records.history(connection, "parkir")
    assert version.submission == submission()
    assert version.facts == facts()
    assert (version.submitted_by, version.decided_by, version.note) == (
        "parking", "operator", "looks good",
    )  # fmt: skip


async def test_a_small_change_serves_at_once_and_remembers_what_served_before(office):
    await office.served()
    made = await office.submit(submission(note="2"), expected=1)
    assert (made.version, made.serves, made.asks) == (2, True, ())
    assert (made.registration.active, made.registration.previous) == (2, 1)


async def test_a_new_host_waits_while_the_accepted_version_serves_on(office):
    await office.served()
    found = facts(hosts=("https://parkir.example", "https://other.example"))
    made = await office.submit(submission(note="2"), found, expected=1)
    assert (made.serves, made.asks) == (False, (Ask.HOSTS,))
    assert (made.registration.active, made.registration.pending) == (1, 2)
    assert made.registration.state(TODAY) is ConnectorState.ENABLED


async def test_the_same_text_twice_is_the_same_version(office):
    first = await office.submit()
    again = await office.submit()
    assert (again.version, again.repeated, again.serves) == (first.version, True, False)
    assert again.asks == first.asks
    await office.approve(1)
    served = await office.submit()
    assert (served.version, served.repeated, served.serves) == (1, True, True)
    await office.submit(submission(note="2"), expected=1)
    # The answer was lost, and the question is asked again as it was.
    lost = await office.submit(submission(note="2"), expected=1)
    assert (lost.version, lost.repeated) == (2, True)
    assert await office.verdicts() == [(1, "ACCEPTED"), (2, "ACCEPTED")]


async def test_a_newer_version_takes_the_place_of_one_that_waits(office):
    await office.submit()
    made = await office.submit(submission(note="2"), expected=1)
    assert made.version == 2
    assert await office.verdicts() == [(1, "REPLACED"), (2, "WAITING")]
    told = await refused(ErrorCode.CONFLICT, office.approve(1))
    assert told.current == 2


async def test_who_looked_too_long_ago_is_told_the_version_of_now(office):
    await office.served()
    await office.submit(submission(note="2"), expected=1)
    told = await refused(ErrorCode.CONFLICT, office.submit(submission(note="3"), expected=1))
    assert told.current == 2
    told = await refused(ErrorCode.CONFLICT, office.submit(submission(note="3")))
    assert told.current == 2


async def test_what_was_never_registered_cannot_be_updated(office):
    await refused(ErrorCode.NOT_FOUND, office.submit(expected=1))
    for doing in (office.approve(1), office.rollback(1), office.switch(ConnectorState.DISABLED)):
        await refused(ErrorCode.NOT_FOUND, doing)


# ------------------------------------------------------------------------------- whose it is


async def test_a_team_reaches_its_own_apps_only(office):
    await refused(ErrorCode.FORBIDDEN, office.submit(submission(app="slot-003")))
    await refused(ErrorCode.FORBIDDEN, office.submit(team="dinkes"))
    await office.served()
    await refused(ErrorCode.FORBIDDEN, office.rollback(1, by=CLINIC))
    await refused(ErrorCode.FORBIDDEN, office.approve(1, by=PARKING))
    await refused(ErrorCode.FORBIDDEN, office.switch(ConnectorState.DISABLED, by=PARKING))
    await refused(ErrorCode.FORBIDDEN, office.submit(submission(note="2"), by=CLINIC, expected=1))


async def test_a_key_an_entry_and_a_source_of_others_are_taken(office):
    await office.served()
    told = await refused(ErrorCode.DUPLICATE, office.submit(submission(app="slot-002"), by=CLINIC))
    assert told.field == "key"
    mine = (submission("klinik", prefix="Klinik"), facts("Klinik"))
    told = await refused(ErrorCode.DUPLICATE, office.submit(*mine, by=CLINIC))
    assert told.field == "app"
    told = await refused(ErrorCode.DUPLICATE, office.submit(submission("katalog")))
    assert told.field == "key"


async def test_an_entry_is_taken_from_the_moment_somebody_asked_for_it(office):
    await office.submit()
    mine = (submission("klinik", prefix="Klinik"), facts("Klinik"))
    await refused(ErrorCode.DUPLICATE, office.submit(*mine, by=CLINIC))
    await office.refuse(1)
    assert (await office.submit(*mine, by=CLINIC)).version == 1


async def test_a_connector_without_an_entry_is_refused(office):
    team = replace(PARKING, apps=("nowhere",))
    told = await refused(ErrorCode.NOT_FOUND, office.submit(submission(app="nowhere"), by=team))
    assert told.field == "app"
    assert await office.find() is None
    made = await office.submit(submission(app="nowhere"), by=team, elsewhere=True)
    assert made.version == 1


async def test_a_connector_stays_with_its_entry(office):
    await office.served()
    told = await refused(ErrorCode.BAD_INPUT, office.submit(submission(app="laksa"), expected=1))
    assert told.field == "app"


async def test_two_connectors_of_one_team_may_belong_to_one_entry(office):
    await office.served()
    more = facts(types=("ParkirTicket",), fields=("Query.parkirTickets",))
    await office.served(submission("parkir-tiket"), more)
    assert (await office.find("parkir-tiket")).active == 1


async def test_an_operator_acts_for_the_team_that_has_the_entry(office):
    await office.served()
    made = await office.submit(submission(note="2"), by=BOSS, expected=1)
    assert made.registration.team == "dishub"
    other = await office.submit(
        submission("klinik", "slot-002", prefix="Klinik"), facts("Klinik"), by=BOSS, team="dinkes"
    )
    assert other.registration.team == "dinkes"


# ------------------------------------------------------------------------------- decisions


async def test_a_refused_version_leaves_what_served(office):
    await office.served()
    await office.submit(submission(note="2"), facts(writes=("Mutation.x",)), expected=1)
    after = await office.refuse(2, reason="no writing yet")
    assert (after.active, after.pending, after.reason) == (1, None, "no writing yet")
    assert await office.verdicts() == [(1, "ACCEPTED"), (2, "REFUSED")]
    # The team sees version 1 and goes on from there.
    assert (await office.submit(submission(note="3"), expected=1)).version == 3


async def test_a_refused_first_version_can_be_handed_in_anew(office):
    await office.submit()
    after = await office.refuse(1)
    assert after.state(TODAY) is ConnectorState.DISABLED
    again = await office.submit()
    assert (again.version, again.repeated) == (2, False)
    await refused(ErrorCode.BAD_INPUT, office.refuse(2, reason="  "))


async def test_an_earlier_version_serves_again_without_approval(office):
    await office.served()
    await office.submit(submission(note="2"), expected=1)
    after = await office.rollback(1)
    assert (after.active, after.previous) == (1, None)
    assert await office.rollback(1) == after
    # What it serves is what a change has to name.
    assert (await office.submit(submission(note="3"), expected=1)).version == 3
    assert (await office.find()).previous == 1


async def test_only_what_was_accepted_once_can_be_rolled_back_to(office):
    await office.served()
    await office.submit(submission(note="2"), facts(writes=("Mutation.x",)), expected=1)
    await refused(ErrorCode.BAD_INPUT, office.rollback(2))
    await refused(ErrorCode.NOT_FOUND, office.rollback(7))


async def test_an_operators_switch_survives_a_new_version(office):
    await office.served()
    after = await office.switch(ConnectorState.DISABLED, reason="it floods us")
    assert (after.state(TODAY), after.reason) == (ConnectorState.DISABLED, "it floods us")
    await office.submit(submission(note="2"), expected=1)
    assert (await office.find()).state(TODAY) is ConnectorState.DISABLED
    await office.switch(ConnectorState.ENABLED)
    assert (await office.find()).state(TODAY) is ConnectorState.ENABLED


async def test_a_switch_has_three_places_and_needs_a_reason(office):
    await office.submit()
    await refused(ErrorCode.BAD_INPUT, office.switch(ConnectorState.DISABLED))
    await office.approve(1)
    await refused(ErrorCode.BAD_INPUT, office.switch(ConnectorState.DOWN))
    await refused(ErrorCode.BAD_INPUT, office.switch(ConnectorState.DISABLED, reason=""))
    await refused(ErrorCode.BAD_INPUT, office.switch(ConnectorState.DISABLED, reason="x" * 1001))


async def test_a_connector_expires_on_the_day_after_its_last(office):
    last = TODAY + timedelta(days=3)
    one = await office.served(None, facts(expires=last))
    assert one.state(last) is ConnectorState.ENABLED
    assert one.state(last + timedelta(days=1)) is ConnectorState.EXPIRED
    day_after = last + timedelta(days=1)
    async with alone(office.engine) as connection:
        assert await life.expire(connection, today=last, by=BOSS, now=NOW) == []
        assert await life.expire(connection, today=day_after, by=BOSS, now=NOW) == ["parkir"]
        assert await life.expire(connection, today=day_after, by=BOSS, now=NOW) == []
    assert (await office.find()).switch is ConnectorState.EXPIRED
    # A version with a later date brings it back.
    await office.submit(submission(note="2"), facts(expires=date(2030, 1, 1)), expected=1)
    assert (await office.find()).state(day_after) is ConnectorState.ENABLED


async def test_expired_connectors_are_not_switched_on_by_hand(office):
    await office.served(None, facts(expires=TODAY))
    async with alone(office.engine) as connection:
        told = await refused(
            ErrorCode.BAD_INPUT,
            life.set_state(
                connection, "parkir", ConnectorState.ENABLED, by=BOSS, now=NOW,
                today=TODAY + timedelta(days=1), reason="please",
            ),
        )  # fmt: skip
    assert told.field == "state"


# ------------------------------------------------------------------------------- what is taken


@pytest.mark.parametrize(
    ("text", "found", "field"),
    [
        (submission("Parkir!"), facts(), "key"),
        (replace(submission(), sdl="x" * (life.LONGEST_SDL + 1)), facts(), "sdl"),
        (replace(submission(), settings="x" * (life.LONGEST_SETTINGS + 1)), facts(), "settings"),
        (replace(submission(), tests=submission().tests * 201), facts(), "tests"),
        (replace(submission(), sdl="a\0b"), facts(), "sdl"),
        (submission(), facts(prefix="P", types=(), expires=date(2026, 11, 23)), "settings"),
        (submission(), replace(facts(), prefix=""), "settings"),
    ],
)  # fmt: skip
async def test_what_cannot_be_kept_is_refused_before_anything_is_written(
    office, text, found, field
):
    told = await refused(ErrorCode.BAD_INPUT, office.submit(text, found))
    assert told.field == field
    async with office.looking() as connection:
        assert await records.listed(connection) == []
        assert await generation(connection) == 0


async def test_findings_are_kept_and_errors_are_not_registered(office):
    words = must_text("Tanpa batas.", "Without a bound.")
    warning = Finding("LIST_UNBOUNDED", Severity.WARNING, words, fix=words, line=3, column=5)
    await office.submit(findings=[warning], report={"ok": True})
    async with office.looking() as connection:
        version = await records.version_of(connection, "parkir", 1)
    assert version is not None
    assert version.findings == (warning,)
    assert version.report == {"ok": True}
    error = replace(warning, severity=Severity.ERROR)
    await refused(
        ErrorCode.BAD_INPUT, office.submit(submission(note="2"), expected=1, findings=[error])
    )


async def test_old_texts_go_and_those_in_use_stay(office):
    await office.served()
    writing = facts(writes=("Mutation.x",))
    last = life.VERSIONS_KEPT + 2
    for number in range(2, last + 1):
        current = (await office.find()).current
        await office.submit(submission(note=str(number)), writing, expected=current)
    # Number 1 serves still, and all others but the last waited in vain.
    assert [number for number, _ in await office.verdicts()] == [1, *range(3, last + 1)]


async def test_without_approval_everything_serves_at_once(office):
    made = await office.submit(approval=Approval.NEVER)
    assert made.serves
    made = await office.submit(submission(note="2"), expected=1, approval=Approval.ALWAYS)
    assert (made.serves, made.asks) == (False, (Ask.EVERY_VERSION,))


# ------------------------------------------------------------------------------- at once


async def outcome(doing):
    try:
        return (await doing).version
    except Declined as error:
        return error.code


async def test_two_teams_that_register_one_entry_at_once_get_it_once(office, other):
    found = await asyncio.gather(
        outcome(office.submit()),
        outcome(other.submit(submission("klinik", prefix="Klinik"), facts("Klinik"), by=CLINIC)),
    )
    assert sorted(map(str, found)) == sorted(["1", str(ErrorCode.DUPLICATE)])


async def test_two_updates_of_one_version_at_once_make_one(office, other):
    await office.served()
    found = await asyncio.gather(
        outcome(office.submit(submission(note="a"), expected=1)),
        outcome(other.submit(submission(note="b"), expected=1)),
    )
    assert sorted(map(str, found)) == sorted(["2", str(ErrorCode.CONFLICT)])
    assert await office.verdicts() == [(1, "ACCEPTED"), (2, "ACCEPTED")]


async def test_of_two_operators_who_approve_at_once_one_is_told(office, other):
    await office.submit()

    async def approved(place):
        try:
            return (await place.approve(1)).active
        except Declined as error:
            return error.code

    found = await asyncio.gather(approved(office), approved(other))
    assert sorted(map(str, found)) == sorted(["1", str(ErrorCode.CONFLICT)])


async def test_many_registrations_at_once_all_arrive(office, other):
    async def one(place, number):
        key, prefix = f"uji-{number}", f"Uji{number}"
        return await place.served(
            submission(key, "slot-003", prefix=prefix), facts(prefix), by=BOSS, team="uji"
        )

    places = [(office, other)[n % 2] for n in range(8)]
    await asyncio.gather(*(one(place, n) for n, place in enumerate(places)))
    async with office.looking() as connection:
        found = await records.listed(connection, team="uji")
    assert [row.active for row in found] == [1] * 8
    assert len({row.accepted for row in found}) == 8


async def test_a_change_is_seen_by_its_generation(office, other):
    async with other.looking() as connection:
        before = await generation(connection)
    await office.submit()
    async with other.looking() as connection:
        waiting = await generation(connection)
    await office.approve(1)
    async with other.looking() as connection:
        assert before < waiting < await generation(connection)
        assert [v.version for v in await records.waiting(connection)] == []
