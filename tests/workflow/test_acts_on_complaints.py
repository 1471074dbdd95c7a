"""What each role may do to a complaint, in which state, and what it comes to."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from catalog.registrations.declined import Declined
from catalog.workflow.refusals import Faulty
from catalog.workflow.tables import changes, deliveries
from connectors.ports.common import ErrorCode, GeoPoint, MediaKind, MediaRole, Page, ScopedId
from connectors.ports.complaint_workflow import MOVES, WHO, Act
from connectors.ports.complaints import (
    ComplaintStatus,
    Delivery,
    Light,
    RejectReason,
    Similar,
    Viewer,
    Visibility,
)
from connectors.ports.roles import Role
from tests.builders import NOON
from tests.workflow.town import (
    ADMIN,
    APP_TEAM,
    BUDI,
    CONTACT,
    DISHUB,
    HEAD,
    MAYOR,
    NOBODY,
    OFFICER,
    OTHER_WORKER,
    OUTSIDE,
    SITI,
    WORKER,
    id_of,
    new,
    photo,
)

S = ComplaintStatus


async def declined(waiting):
    with pytest.raises(Declined) as caught:
        await waiting
    return caught.value


# ------------------------------------------------------------------------------- the table


def test_every_act_of_a_caller_has_a_role_and_a_place_in_the_table():
    assert {act for _, act in MOVES} == set(WHO)
    assert set(Act) - set(WHO) == {Act.NEWS, Act.DELIVERY}


def test_no_act_needs_the_mayor_an_operator_or_an_app_team():
    assert {role for role, _ in WHO.values()} == {Role.CITIZEN, Role.OFFICER, Role.OPD_STAFF}


def test_work_is_resolved_only_after_it_was_begun():
    assert [before for before, act in MOVES if act is Act.RESOLVE] == [S.IN_PROGRESS]


# ------------------------------------------------------------------------------- the way through


async def test_a_complaint_goes_from_red_to_green_and_the_history_tells_it(town):
    taken = await town.create(new(media=(photo(),)))
    made = taken.complaint
    assert (made.status, made.light, made.version) == (S.RECEIVED, Light.RED, 1)
    assert made.delivery is Delivery.WAITING
    assert made.due_at == NOON + timedelta(days=3)
    assert made.area == "36.71.01.1001"
    assert (await town.verify(made, version=1)).status is S.VERIFIED
    forwarded = await town.forward(made, version=2, note="Mohon segera")
    assert (forwarded.department, forwarded.status, forwarded.light) == (
        "pupr",
        S.FORWARDED,
        Light.RED,
    )
    assert (await town.start(made, version=3)).light is Light.YELLOW
    done = await town.resolve(made, version=4)
    assert (done.light, done.version, done.has_proof) == (Light.GREEN, 5, True)
    assert done.resolved_at == NOON + timedelta(minutes=4)
    assert await town.see(made) == done
    told = [(event.before, event.to, event.actor) for event in await town.history(made)]
    assert told == [
        (None, S.RECEIVED, "Warga"),
        (S.RECEIVED, S.VERIFIED, "Petugas"),
        (S.VERIFIED, S.FORWARDED, "Petugas"),
        (S.FORWARDED, S.IN_PROGRESS, "pupr"),
        (S.IN_PROGRESS, S.RESOLVED, "pupr"),
    ]
    (media,) = await town.shown.media_by_complaint_id([made.origin.local_id])
    assert [one.media.role for one in media] == [MediaRole.REPORT, MediaRole.PROOF]


async def test_no_history_names_a_person(town):
    made = await town.resolved()
    await town.rate(made)
    await town.reopen(made)
    shown = {event.actor for event in await town.history(made)}
    assert shown == {"Warga", "Petugas", "pupr", "Pelapor"}


async def test_the_feed_has_every_change_in_its_order_without_a_gap(town):
    first, second = await town.resolved(), await town.resolved()
    rows = await town.rows(changes)
    assert [row.number for row in rows] == list(range(1, len(rows) + 1))
    assert {row.complaint for row in rows} == {id_of(first).local, id_of(second).local}


async def test_reopening_begins_another_time_to_be_done_in(town):
    made = await town.resolved()
    await town.rate(made)
    again = await town.reopen(made)
    assert (again.status, again.light, again.resolved_at, again.rating) == (
        S.REOPENED, Light.RED, None, None,
    )  # fmt: skip
    assert again.due_at == town.clock.now() + timedelta(days=3)
    assert again.department == "pupr"
    assert (await town.start(again)).status is S.IN_PROGRESS


async def test_a_head_does_what_staff_does_and_an_officer_may_forward_elsewhere(town):
    made = (await town.create()).complaint
    await town.forward(made)
    await town.start(made, HEAD)
    moved = await town.forward(made, to=DISHUB)
    assert (moved.department, moved.status) == ("dishub", S.FORWARDED)
    refused = await declined(town.start(made, WORKER))
    assert refused.code is ErrorCode.FORBIDDEN
    assert (await town.start(made, OTHER_WORKER)).status is S.IN_PROGRESS


async def test_a_due_time_given_when_forwarding_takes_the_place_of_the_categorys(town):
    made = (await town.create()).complaint
    due = NOON + timedelta(days=1)
    assert (await town.forward(made, due_at=due)).due_at == due
    late = await declined(town.forward(made, due_at=NOON - timedelta(days=1)))
    assert (late.code, late.field) == (ErrorCode.BAD_INPUT, "dueAt")


# ------------------------------------------------------------------------------- refusals


@pytest.mark.parametrize("kinds", [[], [MediaKind.AUDIO], [MediaKind.DOCUMENT]])
async def test_resolving_needs_a_photo_or_video(town, kinds):
    made = (await town.create()).complaint
    await town.forward(made)
    await town.start(made)
    refused = await declined(town.resolve(made, proof=[photo(kind) for kind in kinds]))
    assert (refused.code, refused.field) == (ErrorCode.PROOF_REQUIRED, "proof")
    assert (await town.see(made)).status is S.IN_PROGRESS
    done = await town.resolve(made, proof=[photo(MediaKind.VIDEO)])
    assert done.light is Light.GREEN


async def test_a_point_outside_the_city_is_refused_and_nothing_is_kept(town):
    refused = await declined(town.create(new(point=OUTSIDE)))
    assert isinstance(refused, Faulty)
    assert (refused.code, refused.field) == (ErrorCode.OUT_OF_AREA, "point")
    assert await town.intakes() == []


async def test_all_that_is_wrong_with_a_complaint_is_told_at_once(town):
    refused = await declined(town.create(new(" ", point=OUTSIDE, consent_version="")))
    assert [(fault.field, fault.code) for fault in refused.faults] == [
        ("description", ErrorCode.BAD_INPUT),
        ("consentVersion", ErrorCode.CONSENT_REQUIRED),
        ("point", ErrorCode.OUT_OF_AREA),
    ]


@pytest.mark.parametrize("words", ["a\x00b", "a\ud800b", "x" * 4_001])
async def test_words_no_database_takes_are_refused(town, words):
    refused = await declined(town.create(new(words)))
    assert (refused.code, refused.field) == (ErrorCode.BAD_INPUT, "description")


async def test_an_old_version_is_a_conflict_that_tells_the_new_one(town):
    made = (await town.create()).complaint
    await town.verify(made, version=1)
    refused = await declined(town.forward(made, version=1))
    assert (refused.code, refused.current) == (ErrorCode.CONFLICT, 2)


async def test_two_officers_at_once_one_of_them_is_told_to_look_again(town):
    made = (await town.create()).complaint
    both = await asyncio.gather(
        town.verify(made, version=1), town.forward(made, version=1), return_exceptions=True
    )
    refused = [one for one in both if isinstance(one, Declined)]
    assert [one.code for one in refused] == [ErrorCode.CONFLICT]
    assert (await town.see(made)).version == 2


@pytest.mark.parametrize("actor", [MAYOR, ADMIN, APP_TEAM, NOBODY])
async def test_some_roles_do_nothing_at_all(town, actor):
    made = await town.resolved()
    code = ErrorCode.UNAUTHENTICATED if actor is NOBODY else ErrorCode.FORBIDDEN
    for attempt in (
        town.create(actor=actor),
        town.verify(made, actor),
        town.forward(made, actor),
        town.start(made, actor),
        town.resolve(made, actor),
        town.reject(made, RejectReason.ABUSE, actor=actor),
        town.reopen(made, actor),
        town.rate(made, actor),
        town.follow(made, actor),
        town.comment(made, actor),
    ):
        assert (await declined(attempt)).code is code
    assert await town.see(made) == made


async def test_only_who_sent_it_rates_and_reopens_it(town):
    made = await town.resolved()
    for attempt in (town.rate(made, BUDI), town.reopen(made, BUDI), town.reopen(made, OFFICER)):
        assert (await declined(attempt)).code is ErrorCode.FORBIDDEN


async def test_a_private_complaint_is_not_there_for_strangers(town):
    made = (await town.create(new(visibility=Visibility.PRIVATE))).complaint
    nothing = await declined(town.follow(made, BUDI))
    missing = await declined(town.follow(renamed(made, "TLXXXXXXXXXX"), BUDI))
    assert nothing.code is missing.code is ErrorCode.NOT_FOUND
    assert str(nothing).replace(id_of(made).local, "?") == str(missing).replace("TLXXXXXXXXXX", "?")
    assert (await declined(town.comment(made, WORKER))).code is ErrorCode.NOT_FOUND
    await town.comment(made, SITI)
    await town.forward(made)
    await town.comment(made, WORKER)  # it lies with that department now
    assert (await declined(town.start(made, OTHER_WORKER))).code is ErrorCode.NOT_FOUND


def renamed(complaint, local):
    """The complaint under another id."""
    return replace(complaint, origin=replace(complaint.origin, local_id=local))


async def test_a_private_complaint_goes_to_no_system_that_publishes_what_it_has(town):
    made = (await town.create(new(visibility=Visibility.PRIVATE))).complaint
    assert await town.rows(deliveries) == []
    assert made.delivery is Delivery.DELIVERED
    assert made.notice is not None


async def test_rejecting_needs_words_and_gives_a_reason(town):
    made = (await town.create()).complaint
    assert (await declined(town.reject(made, RejectReason.ABUSE, note=" "))).field == "note"
    done = await town.reject(made, RejectReason.NOT_OUR_AUTHORITY)
    assert (done.status, done.light, done.reject_reason) == (
        S.REJECTED, None, RejectReason.NOT_OUR_AUTHORITY,
    )  # fmt: skip
    assert (await town.reopen(done)).reject_reason is None


async def test_not_accepting_needs_a_reason(town):
    made = (await town.create()).complaint
    assert (await declined(town.verify(made, accept=False))).field == "reason"
    assert (await town.verify(made, accept=False, reason="Kurang jelas")).status is S.REJECTED


async def test_a_repeat_names_the_original_and_its_reporter_follows_that_one(town):
    original = (await town.create()).complaint
    repeat = (await town.create(actor=BUDI)).complaint
    third = (await town.create()).complaint
    refused = await declined(town.reject(repeat, RejectReason.DUPLICATE))
    assert (refused.code, refused.field) == (ErrorCode.BAD_INPUT, "duplicateOf")
    done = await town.reject(repeat, RejectReason.DUPLICATE, duplicate_of=id_of(original))
    assert (done.status, done.duplicate_of) == (S.DUPLICATE, original.origin.local_id)
    assert (await town.see(original)).follower_count == 1
    chain = await declined(town.reject(third, RejectReason.DUPLICATE, duplicate_of=id_of(repeat)))
    assert chain.field == "duplicateOf"
    for wrong in (id_of(third), ScopedId("laksa", "TLNOTTHERE")):
        odd = await declined(town.reject(third, RejectReason.DUPLICATE, duplicate_of=wrong))
        assert odd.field == "duplicateOf"


async def test_two_that_are_called_repeats_of_each_other_at_once_are_one_repeat(town):
    a, b = (await town.create()).complaint, (await town.create()).complaint
    both = await asyncio.gather(
        town.reject(a, RejectReason.DUPLICATE, duplicate_of=id_of(b)),
        town.reject(b, RejectReason.DUPLICATE, duplicate_of=id_of(a)),
        return_exceptions=True,
    )
    assert sum(isinstance(one, Declined) for one in both) == 1
    statuses = {(await town.see(a)).status, (await town.see(b)).status}
    assert statuses == {S.RECEIVED, S.DUPLICATE}


async def test_an_upload_is_used_once(town):
    picture = photo()
    await town.create(new(media=(picture,)))
    refused = await declined(town.create(new("Yang lain", media=(picture,))))
    assert (refused.code, refused.field) == (ErrorCode.BAD_INPUT, "mediaIds")
    assert len(await town.intakes()) == 1


async def test_following_twice_counts_once_and_leaves_the_version(town):
    made = (await town.create()).complaint
    await asyncio.gather(*(town.follow(made, BUDI) for _ in range(5)), town.follow(made, SITI))
    now = await town.see(made)
    assert (now.follower_count, now.version) == (2, 1)
    assert (await town.follow(made, BUDI, on=False)).follower_count == 1
    assert (await town.follow(made, BUDI, on=False)).follower_count == 1


async def test_comments_show_roles_and_leave_the_version(town):
    made = (await town.create()).complaint
    await town.comment(made, BUDI, text="Saya juga lewat situ")
    await town.comment(made, OFFICER, text="Kami periksa", pictures=[photo()])
    (part,) = await town.shown.comments_by_complaint_id([id_of(made).local], Page(first=10))
    assert [(one.record.author, one.record.official) for one in part.hits] == [
        ("Warga", False),
        ("Petugas", True),
    ]
    assert (await town.see(made)).version == 1
    assert (await declined(town.comment(made, text="  "))).field == "text"


async def test_the_same_rating_again_changes_nothing_and_another_replaces_it(town):
    made = await town.resolved()
    first = await town.rate(made, stars=4, text="Cepat")
    assert (first.version, first.rating.stars) == (5, 4)
    assert await town.rate(made, stars=4, text="Cepat") == first
    second = await town.rate(made, stars=2, solved=False)
    assert (second.version, second.rating.stars, second.rating.solved) == (6, 2, False)
    for stars in (0, 6, True):
        assert (await declined(town.rate(made, stars=stars))).field == "stars"


async def test_the_same_sent_twice_in_ten_minutes_is_named_and_later_it_is_another(town):
    first = await town.create(new("Lampu mati"), mutation="a")
    refused = await declined(town.create(new("LAMPU mati"), mutation="b"))
    assert refused.code is ErrorCode.DUPLICATE
    assert first.complaint.tracking_id in str(refused)
    await town.create(new("Lampu mati"), BUDI)
    await town.create(new("Lampu mati", point=GeoPoint(-6.18, 106.65)))
    town.clock.move(601)
    assert (await town.create(new("Lampu mati"))).complaint.version == 1


async def test_similar_complaints_are_found_before_one_is_sent(town):
    made = (await town.create()).complaint
    await town.create(new("Rahasia", visibility=Visibility.PRIVATE))
    question = Similar(
        ("jalan",), GeoPoint(-6.1705, 106.6403), 200, NOON - timedelta(days=30), 5, Viewer()
    )
    assert await town.shown.similar_complaints(question) == [made]


async def test_who_complained_is_kept_apart_and_printed_nowhere(town):
    made = (await town.create(new(contact=CONTACT))).complaint
    (told,) = await town.shown.particulars_by_complaint_id([id_of(made).local])
    assert told.reporter.display_name == "Siti Aminah"
    for row in [*await town.rows(changes), *await town.rows(deliveries)]:
        assert "Aminah" not in repr(row)
        assert "+62812" not in repr(row)
    assert "siti" not in repr(SITI)
