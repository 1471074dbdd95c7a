"""The drift watch: one worker looks, the connector is marked, its owner is written to."""

import asyncio
import json
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import insert

from catalog.everything import metadata
from catalog.registrations import looks, records
from catalog.registrations.tables import registrations
from connectors.declarative.findings import Finding, Severity
from connectors.errors import Unreachable
from connectors.kinds.sql import open_engine
from connectors.ports.common import must_text
from connectors.ports.connectors import ConnectorState
from connectors.upkeep.documents import Answer
from gateway.watching.letters import CHANGES_MOST, Letter, marks
from gateway.watching.looking import Watcher
from gateway.watching.outbox import LETTERS_MOST, Outbox
from gateway.watching.rounds import Rounds
from tests.doors.gate import gate
from tests.doors.parking import parking
from tests.doors.test_registering_in_the_graph import APPROVE, REGISTER, UPDATE
from tests.upstream import MovedClock, SaidWeb, nowhere

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
DAY = timedelta(days=1)
MISSING = Finding(
    "DRIFT_MISSING",
    Severity.WARNING,
    must_text(
        "`Query.a` /data/*/sisa: tidak ada lagi.", "`Query.a` /data/*/sisa: is no longer there."
    ),
    must_text("Periksa.", "Look."),
    path="/data/*/sisa",
)
LETTER = Letter("parkir", 3, NOW, (MISSING,))


# ------------------------------------------------------------------------------- letters


def test_a_letter_says_in_both_languages_what_changed():
    text = LETTER.text()
    assert "Konektor parkir: jawaban sistem Anda berubah" in text
    assert "Connector parkir: the answers of your system changed" in text
    assert "- DRIFT_MISSING (/data/*/sisa): `Query.a` /data/*/sisa: tidak ada lagi." in text
    assert text.index("tidak ada lagi") < text.index("is no longer there")


def test_a_letter_for_programs_says_the_same():
    told = json.loads(json.dumps(LETTER.data()))
    assert (told["type"], told["connector"], told["version"]) == ("connector.drift", "parkir", 3)
    assert told["changes"][0]["message"]["en"] == "`Query.a` /data/*/sisa: is no longer there."


def test_of_very_many_changes_a_letter_tells_some_and_counts_the_rest():
    letter = Letter("parkir", 1, NOW, (MISSING,) * (CHANGES_MOST + 7))
    assert "dan 7 perbedaan lain" in letter.text()
    assert len(letter.data()["changes"]) == CHANGES_MOST
    assert letter.data()["changesInAll"] == CHANGES_MOST + 7


def test_marks_name_code_and_place_once():
    assert marks((MISSING, MISSING)) == ("DRIFT_MISSING /data/*/sisa",)


async def test_a_letter_is_posted_to_the_webhook(tmp_path):
    web = SaidWeb(lambda _: Answer(204, {}))
    kept = await Outbox(web, tmp_path / "letters").send(LETTER, "https://dishub.example/surat")
    assert kept is None
    (request,), (limits,) = web.asked, web.limits
    assert (request.method, request.url) == ("POST", "https://dishub.example/surat")
    assert limits.hosts == {"dishub.example"}
    assert limits.private_hosts == frozenset()
    assert json.loads(request.body or b"")["connector"] == "parkir"
    assert not (tmp_path / "letters").exists()


@pytest.mark.parametrize(
    "webhook",
    [None, "http://dishub.example/surat", "file:///etc/passwd", "https://", "https://[::bad"],
)
async def test_without_a_webhook_that_can_be_used_it_is_put_into_the_folder(tmp_path, webhook):
    web = SaidWeb(nowhere)
    kept = await Outbox(web, tmp_path / "letters").send(LETTER, webhook)
    assert kept is not None
    assert kept.read_text() == LETTER.text()
    assert kept.name.startswith("20261124T030000Z-parkir-")
    assert web.asked == []


@pytest.mark.parametrize("answer", [Answer(500, {}), Answer(302, {}), Unreachable("private")])
async def test_a_letter_that_could_not_be_posted_is_not_lost(tmp_path, answer):
    outbox = Outbox(SaidWeb(lambda _: answer), tmp_path / "letters")
    kept = await outbox.send(LETTER, "https://dishub.example/surat")
    assert kept is not None
    assert kept.exists()


async def test_the_folder_of_letters_does_not_grow_for_ever(tmp_path):
    folder = tmp_path / "letters"
    folder.mkdir()
    for number in range(LETTERS_MOST + 5):
        (folder / f"2020{number:05}-x.txt").write_text("")
    await Outbox(SaidWeb(nowhere), folder).send(LETTER, None)
    names = sorted(file.name for file in folder.iterdir())
    assert len(names) == LETTERS_MOST
    assert names[-1].startswith("20261124")


# ------------------------------------------------------------------------------- turns


@pytest.fixture
async def engine(database_url):
    engine = open_engine(database_url)
    async with engine.begin() as connection:
        await connection.run_sync(metadata.create_all)
        for key, active, switch in (
            ("a", 1, "ENABLED"), ("b", 1, "ENABLED"), ("off", 1, "DISABLED"), ("new", None, "ENABLED"),
        ):  # fmt: skip
            await connection.execute(
                insert(registrations).values(
                    key=key, app=key, team="t", active=active, switch=switch, changed_by="x",
                    changed_at=NOW, revision=1, opened=0,
                )
            )  # fmt: skip
    yield engine
    await engine.dispose()


async def test_what_serves_and_was_not_looked_at_for_so_long_is_due(engine):
    assert await looks.due(engine, now=NOW, every=DAY) == ["a", "b"]
    assert await looks.take_turn(engine, "a", now=NOW, every=DAY)
    assert await looks.due(engine, now=NOW + DAY / 2, every=DAY) == ["b"]
    assert await looks.due(engine, now=NOW + DAY, every=DAY) == ["a", "b"]


async def test_of_many_workers_one_looks_the_first_time_and_every_time(engine):
    for now in (NOW, NOW + DAY, NOW + 2 * DAY):
        told = await asyncio.gather(
            *(looks.take_turn(engine, "a", now=now, every=DAY) for _ in range(8))
        )
        assert told.count(True) == 1


# ------------------------------------------------------------------------------- a look


@pytest.fixture
async def team():
    async with parking() as one:
        yield one


@pytest.fixture
async def door(tmp_path, team):
    settings = {"private_hosts": frozenset({team.host}), "drift_seconds": 0}
    async with gate(tmp_path, city="kota_tangerang", **settings) as one:
        await one.make_key("dishub", apps=("layanan-publik-070",))
        await one.make_key("operator")
        await one.data(REGISTER, "dishub", input=team.input())
        await one.data(APPROVE, "operator", key="parkir", version=1)
        yield one


def watcher_of(door, folder, changed=None):
    tools = door.city.board._tools
    told = []

    async def tell():
        told.append(True)

    outbox = Outbox(tools.services.web, folder)
    made = Watcher(door.city.engine, tools, outbox, door.city.zone, changed=changed or tell)
    return made, told


DRIFT = '{ connector(key: "parkir") { state health { schemaDrift } } }'


async def drift(door):
    await door.city.board.refresh()
    return (await door.data(DRIFT))["connector"]["health"]["schemaDrift"]


async def test_a_change_marks_the_connector_and_is_written_once(door, team, tmp_path):
    folder = tmp_path / "surat"
    watcher, told = watcher_of(door, folder)
    assert await watcher.look("parkir") == ()
    assert await drift(door) == []
    team.lots = [{"kode": lot["kode"], "nama": lot["nama"]} for lot in team.lots]
    changes = await watcher.look("parkir")
    assert "DRIFT_MISSING" in {change.code for change in changes}
    assert any(mark.startswith("DRIFT_MISSING ") for mark in await drift(door))
    await watcher.look("parkir")
    assert len(list(folder.iterdir())) == 1, "the same change is not written twice"
    assert told == [True]


async def test_when_all_is_as_recorded_again_the_mark_goes(door, team, tmp_path):
    watcher, told = watcher_of(door, tmp_path / "surat")
    good = team.lots
    team.lots = [{"kode": lot["kode"], "nama": 1, "sisa": "?"} for lot in good]
    await watcher.look("parkir")
    assert await drift(door)
    team.lots = good
    assert await watcher.look("parkir") == ()
    assert await drift(door) == []
    assert told == [True, True]


async def test_a_letter_holds_nothing_of_an_answer(door, team, tmp_path):
    folder = tmp_path / "surat"
    watcher, _ = watcher_of(door, folder)
    team.lots = [
        {
            "kode": "L1",
            "nama": {"3671011502900001": "Siti Rahasia"},
            "sisa": "<script>",
            "petugas": 1,
        }
    ]
    await watcher.look("parkir")
    (letter,) = folder.iterdir()
    for secret in ("3671011502900001", "Siti", "<script>"):
        assert secret not in letter.read_text()
        assert secret not in str(await drift(door))


async def test_a_system_that_is_away_is_no_drift(door, team, tmp_path):
    watcher, told = watcher_of(door, tmp_path / "surat")
    team.status = 503
    assert await watcher.look("parkir") == ()
    assert await drift(door) == []
    assert told == []
    assert not (tmp_path / "surat").exists()


async def test_looks_are_seen_among_the_fetches(door, tmp_path):
    watcher, _ = watcher_of(door, tmp_path / "surat")
    await watcher.look("parkir")
    query = '{ connector(key: "parkir") { fetches(first: 5) { success httpStatus ms error } } }'
    calls = (await door.data(query, "dishub"))["connector"]["fetches"]
    assert {"success": True, "httpStatus": 200, "error": None}.items() <= calls[0].items()


async def test_who_is_switched_off_is_left_alone(door, team, tmp_path):
    watcher, _ = watcher_of(door, tmp_path / "surat")
    off = 'mutation { setConnectorState(key: "parkir", state: DISABLED, reason: "x") { errors { code } } }'
    await door.data(off, "operator")
    team.heard.clear()
    assert await watcher.look("parkir") == ()
    assert await watcher.look("nobody") == ()
    assert not team.heard


async def test_a_round_looks_at_what_is_due_and_survives_a_fault(door, team, tmp_path, caplog):
    watcher, _ = watcher_of(door, tmp_path / "surat")
    assert await watcher.round(DAY) == ["parkir"]
    assert await watcher.round(DAY) == []

    async def falls(_key):
        raise KeyError("a row nobody expected")

    watcher.look = falls
    assert await watcher.round(timedelta(0)) == ["parkir"]
    assert "connector_not_watched" in caplog.text


async def test_a_round_notes_whose_date_is_over(door, team, tmp_path):
    watcher, told = watcher_of(door, tmp_path / "surat")
    settings = team.settings(more="expires: 2026-12-31\n")
    changed = await door.data(
        UPDATE, "dishub", key="parkir", version=1, input=team.input(settings=settings)
    )
    assert changed["done"]["errors"] == []
    clock = MovedClock(datetime(2027, 1, 1, tzinfo=UTC))
    watcher._clock = clock
    await watcher.round(DAY)
    assert told
    async with door.city.engine.connect() as connection:
        found = await records.find(connection, "parkir")
    assert found is not None
    assert found.switch is ConnectorState.EXPIRED


# ------------------------------------------------------------------------------- rounds


class Going(Watcher):
    """A watcher that notes its rounds, and fails in the second one."""

    def __init__(self):  # it watches nothing
        self.rounds = 0
        self.third = asyncio.Event()

    async def round(self, every):
        assert every == timedelta(seconds=3600)
        self.rounds += 1
        if self.rounds == 2:
            raise OSError("the database is away")
        if self.rounds == 3:
            self.third.set()
            await asyncio.Event().wait()


async def test_rounds_go_on_after_a_fault_and_end_in_the_middle_of_one():
    clock, watcher = MovedClock(), Going()
    rounds = Rounds(watcher, clock, every=3600)
    rounds.start()
    await watcher.third.wait()
    await rounds.stop()
    assert watcher.rounds == 3
    assert all(150 <= seconds <= 450 for seconds in clock.slept)


async def test_where_nobody_is_to_look_no_round_begins():
    watcher = Going()
    rounds = Rounds(watcher, MovedClock(), every=0)
    rounds.start()
    await rounds.stop()
    assert watcher.rounds == 0
