"""No two teams can have the same name, nor one in the other's field."""

import pytest

from connectors.ports.common import ErrorCode
from tests.registrations.office import BOSS, facts, refused, submission


async def put(office, key, prefix, *, team=None, **changes):
    text = submission(key, "laksa" if team is None else f"slot-00{team}", prefix=prefix)
    made = await office.submit(text, facts(prefix, **changes), by=BOSS, team=f"team{team}")
    return await office.approve(made.version, key) if not made.serves else made.registration


async def test_names_of_another_connector_are_taken(office):
    await put(office, "a", "Parkir", team=1)
    for changes in (
        {"types": ("ParkirLot",)},
        {"fields": ("Query.parkirLots",)},
    ):
        told = await refused(ErrorCode.DUPLICATE, put(office, "b", "Klinik", team=2, **changes))
        assert told.field == "names"
        assert "'a'" in str(told)


async def test_a_prefix_belongs_to_one_team(office):
    await put(office, "a", "Parkir", team=1)
    none = {"types": (), "fields": ()}
    await refused(ErrorCode.DUPLICATE, put(office, "b", "Parkir", team=2, **none))
    await refused(ErrorCode.DUPLICATE, put(office, "b", "PARKIR", team=2, **none))


async def test_nobody_puts_a_name_into_the_field_of_another_team(office):
    await put(office, "a", "Parkir", team=1)
    told = await refused(
        ErrorCode.DUPLICATE, put(office, "b", "Klinik", team=2, types=("ParkirLiar",))
    )
    assert "ParkirLiar" in str(told)
    await refused(
        ErrorCode.DUPLICATE, put(office, "b", "Klinik", team=2, fields=("Query.parkirLiar",))
    )


async def test_a_longer_prefix_has_its_own_field_within_a_shorter_one(office):
    await put(office, "a", "Uji1", team=1)
    await put(office, "b", "Uji12", team=2)
    await put(office, "c", "Uji", team=3)


async def test_a_prefix_that_would_swallow_names_of_others_is_taken(office):
    await put(office, "a", "Klinik", team=1, types=("Antrean",))
    await refused(ErrorCode.DUPLICATE, put(office, "b", "Antre", team=2))


async def test_connectors_of_one_team_share_a_prefix_and_no_name(office):
    text = submission("a", "slot-001")
    await office.served(text, facts(), by=BOSS, team="dishub")
    again = submission("b", "slot-001", note="b")
    await refused(ErrorCode.DUPLICATE, office.submit(again, facts(), by=BOSS, team="dishub"))
    other = facts(types=("ParkirTicket",), fields=("Query.parkirTickets",))
    await office.served(again, other, by=BOSS, team="dishub")


@pytest.mark.parametrize("way", ["refused", "dropped"])
async def test_names_are_free_again(office, way):
    if way == "refused":
        made = await office.submit(
            submission("a", "slot-001"), facts(types=("Antrean",)), by=BOSS, team="team1"
        )
        await office.refuse(made.version, "a")
    else:
        await put(office, "a", "Parkir", team=1, types=("Antrean",))
        for version, note in ((1, "two"), (2, "three")):
            # The version before the last is fallen back on, and keeps its names until then.
            await office.submit(
                submission("a", "slot-001", note=note), facts(), by=BOSS, expected=version
            )
    await put(office, "b", "Klinik", team=2, types=("Antrean",))


async def test_names_of_a_version_that_waits_are_taken(office):
    await office.submit(
        submission("a", "slot-001"), facts(types=("Antrean",)), by=BOSS, team="team1"
    )
    await refused(ErrorCode.DUPLICATE, put(office, "b", "Klinik", team=2, types=("Antrean",)))


async def test_one_does_not_roll_back_to_a_name_that_went_to_others(office):
    await put(office, "a", "Parkir", team=1, types=("Antrean",))
    for version, note in ((1, "two"), (2, "three")):
        await office.submit(
            submission("a", "slot-001", note=note), facts(), by=BOSS, expected=version
        )
    await put(office, "b", "Klinik", team=2, types=("Antrean",))
    await refused(ErrorCode.DUPLICATE, office.rollback(1, "a", by=BOSS))
