"""What was accepted arrives: in order, once, after every kind of failure."""

import asyncio
from datetime import timedelta

import pytest

from catalog.workflow import journal, outbox
from catalog.workflow.courier import TOKEN_LONGEST, Courier
from catalog.workflow.outbox import LEASE, LONGEST_REST, rest_after
from catalog.workflow.tables import deliveries
from catalog.workflow.writing import writing
from connectors.errors import (
    Broken,
    NotConfigured,
    Overloaded,
    Paused,
    Refused,
    Rejected,
    SwitchedOff,
    TimedOut,
    Unreachable,
    Unreadable,
)
from connectors.ports.common import ErrorCode, must_text
from connectors.ports.complaint_desk import MOST_CHARACTERS, DraftFault, Receipt
from connectors.ports.complaint_workflow import Act
from connectors.ports.complaints import ComplaintStatus, Delivery
from tests.workflow.town import CONTACT, DESK, DISHUB, FailingDesks, Mailbox, id_of, new, photo

NOT_TAKEN = (Unreachable, Refused, Rejected, Overloaded, Paused, SwitchedOff, NotConfigured)
UNCERTAIN = (TimedOut, Broken, Unreadable)


@pytest.fixture
def desks():
    return FailingDesks()


@pytest.fixture
def mailbox():
    return Mailbox()


@pytest.fixture
def courier(town, desks, mailbox):
    return Courier(
        town.engine, desks, mailbox, town.clock, name="one", base_url="https://live.example"
    )


async def one_row(town):
    (row,) = await town.rows(deliveries)
    return row


async def until_empty(town, courier, *, most=50):
    """Let time pass from one due moment to the next until nothing is left; how many tries."""
    tries = 0
    for _ in range(most):
        tries += await courier.round()
        async with town.engine.connect() as connection:
            due = await outbox.next_due(connection)
        if due is None:
            return tries
        town.clock.move(max(0.0, (due - town.clock.now()).total_seconds()))
    raise AssertionError("never empty")


async def test_a_complaint_waits_until_it_is_there_and_the_history_tells_it(town, courier, desks):
    made = (await town.create(new("Lubang", contact=CONTACT, media=(photo(),)))).complaint
    assert made.delivery is Delivery.WAITING
    assert await courier.round() == 1
    now = await town.see(made)
    assert (now.delivery, now.upstream_id, now.version) == (Delivery.DELIVERED, "up-1", 1)
    sent = desks.taken["up-1"]
    assert sent.description == f"Lubang\n\n[{made.tracking_id}]"
    assert sent.contact.first_name == "Siti Aminah"
    assert sent.media_urls[0].startswith("https://live.example/media/upload-")
    assert [event.actor for event in await town.history(made)] == ["Warga", "Gateway"]
    assert await courier.round() == 0


@pytest.mark.parametrize("error", NOT_TAKEN)
async def test_one_that_was_not_taken_is_sent_again_later(town, courier, desks, error):
    made = (await town.create()).complaint
    desks.fails = [error(), error(), error()]
    await courier.round()
    assert (await town.see(made)).delivery is Delivery.WAITING
    assert await courier.round() == 0  # not before its time
    assert await until_empty(town, courier) == 3
    assert list(desks.taken) == ["up-1"]
    row = await one_row(town)
    assert (row.state, row.attempts, row.last_error) == ("DONE", 4, error.__name__)


@pytest.mark.parametrize("taken", [True, False])
@pytest.mark.parametrize("error", UNCERTAIN)
async def test_one_that_may_have_arrived_is_looked_for_first(town, courier, desks, error, taken):
    made = (await town.create()).complaint
    desks.fails, desks.takes_before_failing = [error("secret words of an upstream")], taken
    await courier.round()
    assert (await one_row(town)).state == "DOUBTFUL"
    desks.finds = Unreachable()
    town.clock.move(3600)
    await courier.round()  # nobody can tell: it is not sent again
    assert len(desks.taken) == int(taken)
    desks.finds = None
    await until_empty(town, courier)
    assert list(desks.taken) == ["up-1"]
    assert (await town.see(made)).upstream_id == "up-1"
    assert "secret" not in repr(await one_row(town))


async def test_where_nobody_can_ever_look_twice_is_better_than_never(town, courier, desks):
    await town.create()
    desks.fails, desks.finds = [TimedOut()], NotConfigured()
    await until_empty(town, courier)
    assert list(desks.taken) == ["up-1"]


async def test_a_courier_that_was_killed_in_the_middle_is_followed_by_another(town, desks, mailbox):
    await town.create()
    async with writing(town.engine) as connection:
        job = await outbox.take(connection, "killed", now=town.clock.now())
    assert job is not None
    other = Courier(town.engine, desks, mailbox, town.clock, name="two")
    assert await other.round() == 0  # the lease holds
    town.clock.move(LEASE.total_seconds())
    assert await other.round() == 1
    assert list(desks.taken) == ["up-1"]
    async with writing(town.engine) as connection:  # and the first one comes too late
        assert not await outbox.done(connection, job, now=town.clock.now(), proof="late")
        assert not await outbox.again(
            connection, job, due_at=town.clock.now(), error="late", doubtful=False
        )
    assert (await one_row(town)).proof == "sent up-1"


async def test_couriers_that_go_at_once_deliver_each_complaint_once(town, desks, mailbox):
    for _ in range(12):
        await town.create()
    couriers = [Courier(town.engine, desks, mailbox, town.clock, name=f"c{n}") for n in range(4)]
    tried = await asyncio.gather(*(courier.round() for courier in couriers))
    while await couriers[0].round():  # what one had locked while another looked
        tried.append(1)
    assert len(desks.taken) == 12
    assert {row.state for row in await town.rows(deliveries)} == {"DONE"}


async def test_a_token_becomes_an_id(town, courier, desks):
    made = (await town.create()).complaint
    desks.answers, desks.tokens = [Receipt(token="t-1")], {"t-1": None}
    await courier.round()
    now = await town.see(made)
    assert (now.delivery, now.upstream_id) == (Delivery.DELIVERED, None)
    (intake,) = await town.intakes()
    assert intake.token == "t-1"
    for _ in range(4):
        town.clock.move(3600)
        await courier.round()
    assert (await town.see(made)).upstream_id is None
    desks.tokens["t-1"] = "4711"
    await until_empty(town, courier)
    assert (await town.see(made)).upstream_id == "4711"
    assert (await town.create(new("x"), mutation="again")).token is None


async def test_a_token_that_never_becomes_an_id_is_given_up(town, courier, desks):
    await town.create()
    desks.answers = [Receipt(token="t-1")]
    await courier.round()
    town.clock.move(TOKEN_LONGEST.total_seconds() + 3600)
    await until_empty(town, courier)
    assert [row.state for row in await town.rows(deliveries)] == ["DONE", "FAILED"]


async def test_a_system_that_tells_nobody_is_believed(town, courier, desks):
    made = (await town.create()).complaint
    desks.answers = [Receipt(notice=must_text("Terima kasih"))]
    assert await until_empty(town, courier) == 1
    now = await town.see(made)
    assert (now.delivery, now.upstream_id) == (Delivery.DELIVERED, None)
    assert now.notice.pick("id") == "Terima kasih"


async def test_a_complaint_the_system_refuses_is_shown_as_failed(town, courier, desks):
    made = (await town.create()).complaint
    fault = DraftFault("answers.depth", ErrorCode.BAD_INPUT, must_text("Tidak", "No"))
    desks.answers = [Receipt(faults=(fault,))]
    assert await until_empty(town, courier) == 1
    assert (await town.see(made)).delivery is Delivery.FAILED
    assert (await one_row(town)).last_error == "faults answers.depth"


async def test_a_description_that_leaves_no_room_is_handed_on_whole(town, courier, desks):
    await town.create(new("x" * MOST_CHARACTERS))
    await courier.round()
    assert len(desks.taken["up-1"].description) == MOST_CHARACTERS


# ------------------------------------------------------------------------------- letters


async def test_a_forwarding_is_told_and_its_arrival_stands_in_the_history(town, courier, mailbox):
    made = (await town.create(new("Nama saya Siti", contact=CONTACT))).complaint
    await town.forward(made, note="Mohon segera")
    await until_empty(town, courier)
    (letter,) = mailbox.letters
    assert (letter["trackingId"], letter["department"], letter["note"]) == (
        made.tracking_id, "pupr", "Mohon segera",
    )  # fmt: skip
    assert "Siti" not in repr(letter)
    told = await town.history(made)
    assert "pupr: kotak pupr" in told[-1].note.pick("id")
    assert told[-1].before is told[-1].to is ComplaintStatus.FORWARDED
    assert (await town.see(made)).version == 2


async def test_a_department_need_not_wait_for_laksa_nor_laksa_for_a_department(
    town, courier, desks, mailbox
):
    made = (await town.create()).complaint
    await town.forward(made)
    desks.fails = [Unreachable()] * 3
    mailbox.fails = [Unreachable()]
    await courier.round()
    assert mailbox.letters == []
    town.clock.move(15)
    await courier.round()
    assert len(mailbox.letters) == 1
    assert (await town.see(made)).delivery is Delivery.WAITING
    await until_empty(town, courier)
    assert (await town.see(made)).delivery is Delivery.DELIVERED


async def test_letters_of_one_complaint_go_in_their_order(town, courier, mailbox):
    made = (await town.create()).complaint
    await town.forward(made)
    mailbox.fails = [Unreachable()]
    await courier.round()
    await town.forward(made, to=DISHUB)
    await courier.round()
    await until_empty(town, courier)
    assert [letter["department"] for letter in mailbox.letters] == ["pupr", "dishub"]


# ------------------------------------------------------------------------------- the clock, the feed


def test_rests_double_up_to_an_hour_and_keep_what_the_system_asked_for():
    assert [rest_after(n).total_seconds() for n in (1, 2, 3, 4)] == [15, 30, 60, 120]
    assert rest_after(60) == LONGEST_REST
    assert rest_after(1, retry_after=90) == timedelta(seconds=90)
    assert rest_after(1, retry_after=1e9) == LONGEST_REST


async def test_a_system_that_says_when_to_come_back_is_asked_then(town, courier, desks):
    await town.create()
    desks.fails = [Overloaded(retry_after=600)]
    await courier.round()
    row = await one_row(town)
    assert row.due_at == town.clock.now() + timedelta(seconds=600)
    async with town.engine.connect() as connection:
        assert await outbox.waiting(connection, since=town.clock.now()) == 1


async def test_the_feed_tells_a_delivery_as_a_change(town, courier):
    made = (await town.create()).complaint
    await courier.round()
    async with town.engine.connect() as connection:
        assert await journal.latest(connection) == 2
        told = await journal.after(connection, 0, complaint=id_of(made))
        rest = await journal.after(connection, 1)
    assert [change.act for change in told] == [Act.CREATE, Act.DELIVERY]
    assert list(rest) == [told[1]]
    assert [change.step.local for change in told] == [
        event.id.local for event in await town.history(made)
    ]
    assert DESK not in repr(told)
