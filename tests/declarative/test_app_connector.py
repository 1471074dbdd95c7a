"""A team's connector at work: what it asks, what it keeps, what it tells when it fails."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from connectors import errors
from connectors.declarative.mapping import ABSENT
from connectors.ports.common import ErrorCode
from connectors.upkeep.documents import Answer, Request
from connectors.upkeep.keep import MemoryKeep
from tests.declarative.team import ALL, BASE, ONE, sdl, told
from tests.upstream import MovedClock

LOTS = {"data": [{"id": 1, "nama": "Lama", "kosong": 3}, {"id": 2, "nama": "Baru", "kosong": 0}]}
LOT = {"id": 1, "nama": "Lama", "kosong": 3}
JSON = {"content-type": "application/json"}


async def test_a_read_is_mapped_and_given_from_memory_while_it_is_fresh():
    team = await told(sdl(ALL), {f"{BASE}/lot": LOTS})
    assert await team.value("Query.parkirSemua") == LOTS["data"]
    assert await team.value("Query.parkirSemua") == LOTS["data"]
    assert [request.url for request in team.asked] == [f"{BASE}/lot"]
    team.clock.move(31)
    await team.value("Query.parkirSemua")
    await team.upkeep.settled()
    assert len(team.asked) == 2


async def test_many_who_ask_the_same_at_once_are_one_request():
    team = await told(sdl(ONE), {f"{BASE}/lot/1": LOT})
    found = await asyncio.gather(*(team.value("Query.parkirLot", args={"id": "1"}) for _ in "1234"))
    assert found == [LOT] * 4
    assert len(team.asked) == 1


async def test_two_fields_share_one_answer_and_each_makes_its_own_of_it():
    count = (
        'parkirJumlah: Int @connect(source: "p", http: {GET: "/lot"}, selection: "$.data->size")'
    )
    team = await told(sdl(ALL + "\n" + count), {f"{BASE}/lot": LOTS})
    assert await team.value("Query.parkirSemua") == LOTS["data"]
    assert await team.value("Query.parkirJumlah") == 2
    assert len(team.asked) == 1


async def test_a_selection_that_uses_arguments_is_not_shared_between_them():
    field = (
        'parkirSapa(siapa: String): String @connect(source: "p", http: {GET: "/lot/1"},'
        ' selection: """$([$args.siapa, nama])->joinNotNull(" ")""")'
    )
    team = await told(sdl(field), {f"{BASE}/lot/1": LOT})
    assert await team.value("Query.parkirSapa", args={"siapa": "Halo"}) == "Halo Lama"
    assert await team.value("Query.parkirSapa", args={"siapa": "Salam"}) == "Salam Lama"
    assert len(team.asked) == 1


async def test_headers_of_the_request_belong_to_the_question():
    field = (
        'parkirSemua(kota: String): [ParkirLot] @connect(source: "p", http: {GET: "/lot",'
        ' headers: [{name: "X-Kota", value: "{$args.kota}"}]}, selection: "$.data { id }")'
    )
    team = await told(sdl(field), {f"{BASE}/lot": LOTS})
    await team.value("Query.parkirSemua", args={"kota": "3671"})
    await team.value("Query.parkirSemua", args={"kota": "3603"})
    assert [request.headers["X-Kota"] for request in team.asked] == ["3671", "3603"]


# ------------------------------------------------------------------------------- when it is down


@pytest.mark.parametrize(
    "trouble",
    [
        Answer(500, JSON, b'{"error": "database"}'),
        Answer(503, {}),
        Answer(429, {"retry-after": "7"}),
        Answer(401, {}),
        Answer(302, {"location": "https://lain.example/"}),
        Answer(200, {"content-type": "text/html"}, b"<html>masuk</html>"),
        Answer(200, JSON, b'{"data": ['),
        errors.TimedOut("no answer"),
        errors.Unreachable("gone"),
    ],
)
async def test_while_a_system_is_down_its_last_good_answer_is_given_and_marked(trouble: Any):
    said: list[Any] = [LOTS]
    team = await told(sdl(ALL), lambda _: said[-1])
    first = await team.ask("Query.parkirSemua")
    assert first.trouble is None
    said.append(trouble)
    team.clock.move(10_000)
    later = await team.ask("Query.parkirSemua")
    assert later.value.value == LOTS["data"]
    assert later.trouble is not None
    assert later.fetched_at == first.fetched_at


async def test_without_a_last_good_answer_the_trouble_of_a_system_is_an_error():
    team = await told(sdl(ALL), lambda _: Answer(500, JSON, b'{"error": "database"}'))
    with pytest.raises(errors.Broken) as failure:
        await team.ask("Query.parkirSemua")
    assert "database" not in str(failure.value)


async def test_a_last_good_answer_survives_a_restart_and_its_key_says_nothing():
    keep = MemoryKeep()
    team = await told(sdl(ONE), {f"{BASE}/lot/3671010101900001": LOT}, keep=keep)
    await team.value("Query.parkirLot", args={"id": "3671010101900001"})
    assert "3671010101900001" not in str(list(keep._kept))
    again = await told(sdl(ONE), lambda _: errors.Unreachable("gone"), keep=keep)
    again.clock.move(1_000)
    found = await again.ask("Query.parkirLot", args={"id": "3671010101900001"})
    assert found.value.value == LOT
    assert isinstance(found.trouble, errors.Unreachable)


async def test_five_failures_open_the_breaker_and_nobody_is_asked_any_more():
    team = await told(sdl(ALL), lambda _: errors.Unreachable("gone"))
    for _ in range(8):
        with pytest.raises(errors.Unreachable):
            await team.ask("Query.parkirSemua")
        team.clock.move(0.6)
        team.clock.move(5.0 if len(team.asked) < 5 else 0.0)
    assert len(team.asked) == 5


# ------------------------------------------------------------------------------- what it tells


async def test_a_disliked_question_is_a_failure_in_the_words_of_the_language():
    team = await told(sdl(ONE), {f"{BASE}/lot/9": Answer(404, JSON, b'{"pesan": "tidak ada"}')})
    outcome = (await team.ask("Query.parkirLot", args={"id": "9"})).value
    assert outcome.value is ABSENT
    assert outcome.failure is not None
    assert outcome.failure.message == "Request failed"
    assert outcome.failure.code == "CONNECTOR_FETCH"
    assert outcome.failure.extensions["http"] == {"status": 404}
    assert outcome.failure.closed_code is ErrorCode.NOT_FOUND
    assert team.source.health().up


async def test_what_is_gone_is_told_and_no_last_good_answer_stands_in():
    said: list[Any] = [LOT]
    team = await told(sdl(ONE), lambda _: said[-1])
    assert await team.value("Query.parkirLot", args={"id": "1"}) == LOT
    said.append(Answer(404, {}))
    team.clock.move(10_000)
    outcome = (await team.ask("Query.parkirLot", args={"id": "1"})).value
    assert outcome.failure is not None
    said.append(errors.Unreachable("gone"))
    team.clock.move(10)
    assert (await team.ask("Query.parkirLot", args={"id": "1"})).value.value == LOT


ERRORS = 'errors: {message: "error.pesan", extensions: "code: error.kode"}'


async def test_a_team_that_says_how_tells_trouble_of_its_system_in_its_own_words():
    body = b'{"error": {"pesan": "sedang dipelihara", "kode": "RAWAT"}}'
    team = await told(sdl(ALL, source=ERRORS), lambda _: Answer(503, JSON, body))
    answered = await team.ask("Query.parkirSemua")
    failure = answered.value.failure
    assert failure is not None
    assert (failure.message, failure.code) == ("sedang dipelihara", "RAWAT")
    assert failure.closed_code is ErrorCode.UPSTREAM_DOWN
    assert isinstance(answered.trouble, errors.Overloaded)
    assert not team.source.health().up


async def test_a_good_answer_goes_before_the_words_of_a_failure():
    said: list[Any] = [LOTS]
    team = await told(sdl(ALL, source=ERRORS), lambda _: said[-1])
    await team.value("Query.parkirSemua")
    said.append(Answer(500, JSON, b'{"error": {"pesan": "rusak"}}'))
    team.clock.move(10_000)
    answered = await team.ask("Query.parkirSemua")
    assert answered.value.value == LOTS["data"]
    assert isinstance(answered.trouble, errors.Broken)


SUCCESS = 'isSuccess: "$.ok" errors: {message: "$.pesan"}'


async def test_what_is_no_success_by_its_description_never_becomes_the_last_good_answer():
    said: list[Any] = [{"ok": False, "pesan": "tutup"}]
    team = await told(sdl(ALL, source=SUCCESS), lambda _: said[-1])
    outcome = (await team.ask("Query.parkirSemua")).value
    assert outcome.failure is not None
    assert outcome.failure.message == "tutup"
    assert outcome.failure.extensions["http"] == {"status": 200}
    said.append(errors.Unreachable("gone"))
    team.clock.move(10)
    with pytest.raises(errors.Unreachable):
        await team.ask("Query.parkirSemua")
    said.append({"ok": True, **LOTS})
    team.clock.move(10)
    assert await team.value("Query.parkirSemua") == LOTS["data"]


async def test_a_status_that_a_description_takes_for_a_success_is_one():
    text = sdl(ONE, source='isSuccess: "$status->in([200, 404])"')
    team = await told(text, {f"{BASE}/lot/1": Answer(404, JSON, b'{"id": 0}')})
    assert (await team.value("Query.parkirLot", args={"id": "1"}))["id"] == 0


# ------------------------------------------------------------------------------- headers


async def test_headers_of_the_answer_can_be_mapped_also_when_it_comes_from_the_keep():
    field = (
        'parkirJumlah: String @connect(source: "p", http: {GET: "/lot"},'
        ' selection: """$response.headers."x-total"->first""")'
    )
    keep = MemoryKeep()
    seen = {**JSON, "x-total": "12", "set-cookie": "sesi=rahasia"}
    team = await told(sdl(field), lambda _: Answer(200, seen, b"[]"), keep=keep)
    assert await team.value("Query.parkirJumlah") == "12"
    kept = next(iter(keep._kept.values()))
    assert b"rahasia" not in kept.document.body
    again = await told(sdl(field), lambda _: errors.Unreachable("gone"), keep=keep)
    again.clock.move(1_000)
    assert await again.value("Query.parkirJumlah") == "12"


async def test_an_answer_that_did_not_change_is_not_sent_again():
    def answer(request: Request) -> Answer:
        if request.headers.get("If-None-Match") == '"a"':
            return Answer(304, {})
        return Answer(200, {**JSON, "etag": '"a"'}, b'{"data": []}')

    team = await told(sdl(ALL), answer)
    assert await team.value("Query.parkirSemua") == []
    team.clock.move(10_000)
    answered = await team.ask("Query.parkirSemua")
    assert (answered.value.value, answered.trouble) == ([], None)


# ------------------------------------------------------------------------------- one caller


MINE = (
    'parkirSaya: [ParkirLot] @connect(source: "p", http: {GET: "/saya",'
    ' headers: [{name: "Authorization", from: "authorization"}]}, selection: "$.data { id }")'
)
USED = (
    'parkirSaya: [ParkirLot] @connect(source: "p", http: {GET: "/saya"},'
    ' selection: """$.data { id nama: $request.headers."x-nama"->first }""")'
)
LISTED = 'parkirSaya: [ParkirLot] @connect(source: "p", http: {GET: "/saya"}, selection: "$.data { id }")'


@pytest.mark.parametrize(
    ("field", "settings"),
    [(MINE, ""), (USED, ""), (LISTED, "private: [Query.parkirSaya]\n")],
)
async def test_what_belongs_to_one_caller_is_neither_kept_nor_shared(field: str, settings: str):
    keep = MemoryKeep()
    said: list[Any] = [LOTS]
    team = await told(sdl(field), lambda _: said[-1], keep=keep, settings=settings)
    for name in ("siti", "budi"):
        headers = {"authorization": [name], "x-nama": [name]}
        await team.value("Query.parkirSaya", headers)
    assert len(team.asked) == 2
    assert not keep._kept
    said.append(Answer(500, {}))
    with pytest.raises(errors.Broken):
        await team.ask("Query.parkirSaya", {"authorization": ["siti"]})


async def test_the_header_of_the_caller_goes_to_the_system_and_a_missing_one_does_not():
    team = await told(sdl(MINE), lambda _: LOTS)
    await team.value("Query.parkirSaya", {"authorization": ["Bearer siti"]})
    await team.value("Query.parkirSaya", {})
    assert [r.headers.get("Authorization") for r in team.asked] == ["Bearer siti", None]


async def test_taking_the_name_of_the_caller_s_headers_hides_nothing():
    field = (
        'parkirSaya: String @connect(source: "p", http: {GET: "/saya"}, selection: """'
        '$(1)->as($request)->echo($request)->match([1, $request], [@, @])""")'
    )
    team = await told(sdl(field), lambda _: {})
    assert team.connector.manner(team.connect("Query.parkirSaya")).private


# ------------------------------------------------------------------------------- writes


WRITE = """extend type Mutation {
  parkirPesan(lot: ID!, pelat: String): ParkirLot @connect(source: "p",
    http: {POST: "/pesan", body: "lot: $args.lot pelat: $args.pelat"}, selection: "id")
}"""


async def test_a_write_is_sent_once_and_never_again_whatever_happens():
    text = sdl(ALL, more="extend schema { mutation: Mutation }\n" + WRITE)
    team = await told(text, lambda _: errors.TimedOut("gone"), upkeep={"max_retries": 3})
    with pytest.raises(errors.TimedOut):
        await team.ask("Mutation.parkirPesan", args={"lot": "1", "pelat": "B 1 A"})
    assert [(r.method, r.body) for r in team.asked] == [("POST", b'{"lot":"1","pelat":"B 1 A"}')]


async def test_every_write_is_sent_also_when_it_says_the_same():
    keep = MemoryKeep()
    team = await told(sdl(ALL, more=WRITE), lambda _: {"id": 7}, keep=keep)
    for _ in range(2):
        assert await team.value("Mutation.parkirPesan", args={"lot": "1"}) == {"id": 7}
    assert len(team.asked) == 2
    assert not keep._kept


async def test_a_write_that_is_refused_says_why_in_the_team_s_words():
    more = WRITE.replace('selection: "id"', 'selection: "id" errors: {message: "$.pesan"}')
    said = Answer(409, JSON, b'{"pesan": "sudah penuh"}')
    team = await told(sdl(ALL, more=more), lambda _: said)
    failure = (await team.ask("Mutation.parkirPesan", args={"lot": "1"})).value.failure
    assert failure is not None
    assert failure.message == "sudah penuh"
    assert failure.closed_code is ErrorCode.CONFLICT


async def test_a_read_with_a_body_is_kept_by_its_body_and_may_be_asked_again():
    field = (
        'parkirCari(kata: String): [ParkirLot] @connect(source: "p",'
        ' http: {POST: "/cari", body: "q: $args.kata"}, selection: "$.data { id }")'
    )
    said: list[Any] = [LOTS, errors.Unreachable("a moment"), LOTS]
    team = await told(sdl(field), lambda _: said.pop(), upkeep={"max_retries": 1})
    for word in ("a", "a", "b"):
        assert len(await team.value("Query.parkirCari", args={"kata": word})) == 2
    assert [request.body for request in team.asked] == [b'{"q":"a"}', b'{"q":"b"}', b'{"q":"b"}']


# ------------------------------------------------------------------------------- config


class Drawer:
    """Secrets of the source `parkir`."""

    def find(self, source: str, name: str) -> str | None:
        return {("parkir", "kunci"): "r4hasia"}.get((source, name))


CONFIG = 'config: {kota: "3671", kunci: "{secret:kunci}"}\n'


async def test_config_reaches_the_request_and_its_secrets_only_when_it_leaves():
    source = 'http: {baseURL: "https://parkir.example/api/{$config.kota}"'
    text = sdl(ALL).replace(f'http: {{baseURL: "{BASE}"', source, 1)
    text = text.replace(
        '{$config.kota}"}',
        '{$config.kota}", headers: [{name: "X-Key", value: "Kunci {$config.kunci}"}]}',
    )
    keep = MemoryKeep()
    team = await told(text, lambda _: LOTS, settings=CONFIG, secrets=Drawer(), keep=keep)
    await team.value("Query.parkirSemua")
    (request,) = team.asked
    assert request.url == f"{BASE}/3671/lot"
    assert request.headers["X-Key"] == "Kunci r4hasia"
    assert "r4hasia" not in str(keep._kept)


async def test_a_secret_never_reaches_an_answer():
    field = (
        'parkirKunci: String @connect(source: "p", http: {GET: "/lot"}, selection: "$config.kunci")'
    )
    team = await told(sdl(field), lambda _: LOTS, settings=CONFIG, secrets=Drawer())
    assert "r4hasia" not in str(await team.ask("Query.parkirKunci"))


# ------------------------------------------------------------------------------- many at once


BATCH = (
    'type ParkirTarif @connect(source: "p", batch: {maxSize: 2}, http: {GET: "/tarif",'
    ' queryParams: "id: $batch.id"}, selection: "$.rows { id harga }") { id: ID! harga: Int }'
)


async def test_a_batch_is_one_request_for_each_chunk_and_aligned_by_key():
    def answer(request: Request) -> Any:
        ids = [pair.partition("=")[2] for pair in request.url.partition("?")[2].split("&")]
        rows = [{"id": int(i), "harga": int(i) * 1000} for i in reversed(ids) if i != "4"]
        return {"rows": rows}

    team = await told(sdl(ALL, more=BATCH), answer)
    found = await team.batch("ParkirTarif", [{"id": str(n)} for n in (1, 2, 3, 4, 5)])
    assert found == [
        {"id": 1, "harga": 1000}, {"id": 2, "harga": 2000}, {"id": 3, "harga": 3000}, None,
        {"id": 5, "harga": 5000},
    ]  # fmt: skip
    assert sorted(request.url for request in team.asked) == [
        f"{BASE}/tarif?id=1&id=2", f"{BASE}/tarif?id=3&id=4", f"{BASE}/tarif?id=5",
    ]  # fmt: skip


async def test_a_chunk_that_fails_leaves_the_others():
    def answer(request: Request) -> Any:
        if "id=3" in request.url:
            return errors.Unreachable("gone")
        if "id=5" in request.url:
            return Answer(404, {})
        return {"rows": [{"id": 1, "harga": 1}]}

    team = await told(sdl(ALL, more=BATCH), answer)
    found = await team.batch("ParkirTarif", [{"id": str(n)} for n in (1, 2, 3, 4, 5)])
    assert found[:2] == [{"id": 1, "harga": 1}, None]
    assert [type(value) for value in found[2:4]] == [errors.Unreachable] * 2
    assert found[4].closed_code is ErrorCode.NOT_FOUND


async def test_a_batch_of_which_nothing_came_is_an_error():
    team = await told(sdl(ALL, more=BATCH), lambda _: errors.Unreachable("gone"))
    with pytest.raises(errors.Unreachable):
        await team.batch("ParkirTarif", [{"id": "1"}, {"id": "2"}, {"id": "3"}])
    assert await team.batch("ParkirTarif", []) == []


async def test_an_answer_to_a_batch_that_is_no_list_cannot_be_read():
    team = await told(sdl(ALL, more=BATCH), lambda _: {"rows": {"id": 1}})
    with pytest.raises(errors.Unreadable):
        await team.batch("ParkirTarif", [{"id": "1"}])


async def test_a_batch_in_the_body_knows_its_keys_from_the_braces():
    more = BATCH.replace('GET: "/tarif",', 'POST: "/tarif",').replace(
        'queryParams: "id: $batch.id"', 'body: "kunci: $batch { id }"'
    )
    team = await told(sdl(ALL, more=more), lambda _: {"rows": [{"id": 2}, {"id": 1}]})
    found = await team.batch("ParkirTarif", [{"id": "1", "lain": "x"}, {"id": "2", "lain": "y"}])
    assert found == [{"id": 1}, {"id": 2}]
    assert team.asked[0].body == b'{"kunci":[{"id":"1"},{"id":"2"}]}'


# ------------------------------------------------------------------------------- fallback


FALLBACK = "fallback: {base_url: 'https://cadangan.example/v2'}\n"


async def test_while_the_first_address_is_down_the_other_is_asked_with_a_breaker_of_its_own():
    def answer(request: Request) -> Any:
        return LOTS if "cadangan" in request.url else errors.Unreachable("gone")

    team = await told(sdl(ALL), answer, settings=FALLBACK)
    answered = await team.ask("Query.parkirSemua")
    assert answered.value.value == LOTS["data"]
    assert isinstance(answered.trouble, errors.Unreachable)
    assert [r.url for r in team.asked] == [f"{BASE}/lot", "https://cadangan.example/v2/lot"]
    first, second = team.source.upkeeps
    assert (first.calls.up, second.calls.up) == (False, True)


async def test_a_write_never_goes_to_the_address_to_fall_back_on():
    team = await told(sdl(ALL, more=WRITE), lambda _: Answer(503, {}), settings=FALLBACK)
    with pytest.raises(errors.Overloaded):
        await team.ask("Mutation.parkirPesan", args={"lot": "1"})
    assert [request.url for request in team.asked] == [f"{BASE}/pesan"]


async def test_a_disliked_question_is_not_put_to_the_other_address():
    team = await told(sdl(ONE), lambda _: Answer(404, {}), settings=FALLBACK)
    assert (await team.ask("Query.parkirLot", args={"id": "1"})).value.failure is not None
    assert len(team.asked) == 1


async def test_a_source_without_another_address_has_none():
    second = (
        '\nextend schema @source(name: "q", http: {baseURL: "https://lain.example"})\n'
        'extend type Query { parkirLain: [ParkirLot] @connect(source: "q",'
        ' http: {GET: "/x"}, selection: "$.data { id }") }'
    )
    settings = "fallback: {base_url: 'https://cadangan.example/v2', source: p}\n"
    team = await told(sdl(ALL, more=second), lambda _: errors.Unreachable("x"), settings=settings)
    with pytest.raises(errors.Unreachable):
        await team.ask("Query.parkirLain")
    assert [request.url for request in team.asked] == ["https://lain.example/x"]


# ------------------------------------------------------------------------------- expiry


async def test_from_the_day_after_its_last_nobody_is_asked_and_last_good_answers_are_marked():
    clock = MovedClock()
    team = await told(
        sdl(ALL + ONE, more=WRITE), lambda _: LOTS, settings="expires: 2026-11-24\n", clock=clock,
        upkeep={"keep_for": "3d", "fresh_for": "2d"},
    )  # fmt: skip
    assert (await team.ask("Query.parkirSemua")).trouble is None
    clock.move(86_400)
    assert (await team.ask("Query.parkirSemua")).trouble is None
    clock.move(86_400)
    answered = await team.ask("Query.parkirSemua")
    assert answered.value.value == LOTS["data"]
    assert isinstance(answered.trouble, errors.SwitchedOff)
    for coordinate in ("Query.parkirLot", "Mutation.parkirPesan"):
        with pytest.raises(errors.SwitchedOff):
            await team.ask(coordinate, args={"id": "1", "lot": "1"})
    assert len(team.asked) == 1


# ------------------------------------------------------------------------------- bad folders


async def test_values_that_make_no_request_are_refused_before_anything_is_sent():
    team = await told(sdl(ONE), {})
    with pytest.raises(errors.Rejected):
        await team.ask("Query.parkirLot", args={"id": ".."})
    with pytest.raises(errors.Rejected):
        await team.ask("Query.parkirLot", args={"id": ["a"]})
    assert not team.asked
