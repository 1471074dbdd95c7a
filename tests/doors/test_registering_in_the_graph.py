"""From a key to live fields: registering connectors by GraphQL, as teams and operators do."""

import asyncio

import pytest

from gateway.registrar import OWN_TRIALS
from tests.doors.gate import gate
from tests.doors.parking import parking

ERRORS = 'errors { code path id: message(lang: "id") en: message(lang: "en") }'
PAYLOAD = f"{{ connector {{ key state version appSlug }} {ERRORS} }}"
REGISTER = (
    f"mutation ($input: ConnectorInput!) {{ done: registerConnector(input: $input) {PAYLOAD} }}"
)
UPDATE = (
    "mutation ($key: String!, $version: Int!, $input: ConnectorInput!) "
    f"{{ done: updateConnector(key: $key, version: $version, input: $input) {PAYLOAD} }}"
)
TEST = (
    "mutation ($input: ConnectorInput!) { done: testConnector(input: $input) { ok sample "
    "coverage { field level } problems { code severity file line column path count "
    'id: message(lang: "id") en: message(lang: "en") fix(lang: "en") } } }'
)
APPROVE = (
    "mutation ($key: String!, $version: Int!) "
    f'{{ done: approveConnector(key: $key, version: $version, note: "dilihat") {PAYLOAD} }}'
)
LOTS = "{ parkirSemua { id nama kosong } }"


@pytest.fixture
async def team():
    async with parking() as one:
        yield one


@pytest.fixture
async def door(tmp_path, team):
    async with gate(tmp_path, city="kota_tangerang", private_hosts=frozenset({team.host})) as one:
        await one.make_key("dishub", apps=("layanan-publik-070",))
        await one.make_key("dinkes", apps=("layanan-publik-071",))
        await one.make_key("operator")
        yield one


async def done(door, query, by, **variables):
    return (await door.data(query, by, **variables))["done"]


async def served(door, team):
    """Registered and approved."""
    first = await done(door, REGISTER, "dishub", input=team.input())
    assert first["errors"] == []
    second = await done(door, APPROVE, "operator", key="parkir", version=1)
    assert second["errors"] == []


# ------------------------------------------------------------------------------- the straight way


async def test_a_team_registers_an_operator_approves_and_the_fields_are_there(door, team):
    first = await done(door, REGISTER, "dishub", input=team.input())
    assert first == {
        "connector": {
            "key": "parkir",
            "state": "PENDING",
            "version": 1,
            "appSlug": "layanan-publik-070",
        },
        "errors": [],
    }
    assert await door.code(LOTS) == "BAD_INPUT"
    second = await done(door, APPROVE, "operator", key="parkir", version=1)
    assert second["connector"]["state"] == "ENABLED"
    assert await door.data(LOTS) == {
        "parkirSemua": [
            {"id": "L1", "nama": "Alun-alun", "kosong": 12},
            {"id": "L2", "nama": "Pasar Lama", "kosong": 0},
        ]
    }


async def test_the_same_texts_again_are_the_same_version(door, team):
    await served(door, team)
    again = await done(door, UPDATE, "dishub", key="parkir", version=1, input=team.input())
    assert (again["connector"]["version"], again["errors"]) == (1, [])


async def test_an_update_that_asks_for_nothing_new_serves_at_once(door, team):
    await served(door, team)
    settings = team.settings(more="languages: [id, en]\n")
    changed = await done(
        door, UPDATE, "dishub", key="parkir", version=1, input=team.input(settings=settings)
    )
    assert changed["connector"] == {
        "key": "parkir", "state": "ENABLED", "version": 2, "appSlug": "layanan-publik-070",
    }  # fmt: skip
    found = await door.data(
        '{ connector(key: "parkir") { versions { version active state by note } } }', "dishub"
    )
    assert found["connector"]["versions"] == [
        {"version": 2, "active": True, "state": "ENABLED", "by": "kunci dishub", "note": None},
        {
            "version": 1,
            "active": False,
            "state": "ENABLED",
            "by": "kunci dishub",
            "note": "dilihat",
        },
    ]
    back = await done(
        door,
        f'mutation {{ done: rollbackConnector(key: "parkir", version: 1) {PAYLOAD} }}',
        "dishub",
    )
    assert back["connector"]["version"] == 1


async def test_who_looked_too_long_ago_is_told_the_version_there_is(door, team):
    await served(door, team)
    settings = team.settings(more="languages: [id, en]\n")
    late = await done(
        door, UPDATE, "dishub", key="parkir", version=7, input=team.input(settings=settings)
    )
    assert late["connector"] is None
    (error,) = late["errors"]
    assert (error["code"], error["path"]) == ("CONFLICT", ["version"])
    assert "versi 1" in error["id"]
    assert "version 1" in error["en"]


async def test_mutations_of_one_operation_are_done_one_after_the_other(door, team):
    query = (
        "mutation ($input: ConnectorInput!) { "
        f"a: registerConnector(input: $input) {PAYLOAD} "
        f'b: approveConnector(key: "parkir", version: 1) {PAYLOAD} '
        f'c: setConnectorState(key: "parkir", state: DISABLED, reason: "x") {PAYLOAD} }}'
    )
    said = await door.data(query, "operator", input=team.input())
    assert [said[name]["connector"]["state"] for name in "abc"] == [
        "PENDING", "ENABLED", "DISABLED",
    ]  # fmt: skip


async def test_a_mutation_cannot_be_sent_by_get(door, team):
    query = 'mutation { refreshConnector(key: "parkir") { errors { code } } }'
    headers = {"Authorization": f"Bearer {door.keys['operator']}"}
    answer = await door.client.get("/graphql", params={"query": query}, headers=headers)
    assert answer.status_code == 405


async def test_names_of_another_team_are_not_taken(door, team):
    await served(door, team)
    given = team.input(key="parkir-lain", app="layanan-publik-071")
    said = await done(door, REGISTER, "dinkes", input=given)
    assert said["connector"] is None
    assert said["errors"]
    assert (await door.data(LOTS))["parkirSemua"], "the first team goes on"


async def test_switched_off_by_an_operator_it_answers_null_and_stays_in_the_graph(door, team):
    await served(door, team)
    switch = (
        'mutation ($state: ConnectorState!) { done: setConnectorState(key: "parkir", '
        f'state: $state, reason: "pemeliharaan") {PAYLOAD} }}'
    )
    off = await done(door, switch, "operator", state="DISABLED")
    assert off["connector"]["state"] == "DISABLED"
    said = await door.ask(LOTS)
    assert said["data"] == {"parkirSemua": None}
    assert said["errors"][0]["extensions"]["code"] == "UPSTREAM_DOWN"
    on = await done(door, switch, "operator", state="ENABLED")
    assert on["connector"]["state"] == "ENABLED"
    assert (await door.data(LOTS))["parkirSemua"]
    (error,) = (await done(door, switch, "operator", state="DEGRADED"))["errors"]
    assert (error["code"], error["path"]) == ("BAD_INPUT", ["state"])


async def test_a_version_that_is_refused_serves_nobody(door, team):
    await done(door, REGISTER, "dishub", input=team.input())
    refused = await done(
        door,
        'mutation { done: refuseConnector(key: "parkir", version: 1, reason: "belum") '
        f"{PAYLOAD} }}",
        "operator",
    )
    assert refused["errors"] == []
    assert await door.code(LOTS) == "BAD_INPUT"


# ------------------------------------------------------------------------------- trials


async def test_a_trial_tells_samples_coverage_and_problems_and_keeps_nothing(door, team):
    report = await done(door, TEST, "dishub", input=team.input())
    assert report["ok"] is True, report["problems"]
    (sample,) = [s for s in report["sample"] if s["connector"] == "Query.parkirSemua"][:1]
    assert "Alun-alun" in str(sample)
    assert {"field": "ParkirLot.nama", "level": "FULL"} in report["coverage"]
    assert await door.data('{ connector(key: "parkir") { key } }') == {"connector": None}


async def test_a_sample_shows_nothing_personal(door, team):
    report = await done(door, TEST, "dishub", input=team.input())
    assert "3671011502900001" not in str(report)


async def test_what_is_wrong_is_told_with_its_place_in_both_languages(door, team):
    sdl = team.sdl().replace('source: "p"', 'source: "q"')
    report = await done(door, TEST, "dishub", input=team.input(sdl=sdl))
    assert report["ok"] is False
    found = next(p for p in report["problems"] if p["code"] == "SOURCE_UNKNOWN")
    assert (found["severity"], found["file"], found["line"]) == ("ERROR", "connector.graphql", 6)
    assert found["id"] != found["en"]
    assert found["fix"]
    assert not team.heard


async def test_a_system_that_is_away_is_told_and_does_not_hinder_a_registration(door, team):
    team.status = 500
    report = await done(door, TEST, "dishub", input=team.input())
    assert report["ok"] is False
    assert {p["code"] for p in report["problems"]} & {"LIVE_FAILED", "LIVE_UNREACHABLE"}
    first = await done(door, REGISTER, "dishub", input=team.input())
    assert first["errors"] == []
    assert first["connector"]["state"] == "PENDING"


async def test_a_connector_that_cannot_work_is_declined_with_every_place(door, team):
    sdl = team.sdl().replace('source: "p"', 'source: "q"')
    said = await done(door, REGISTER, "dishub", input=team.input(sdl=sdl))
    assert said["connector"] is None
    (error,) = [e for e in said["errors"] if "SOURCE_UNKNOWN" in e["en"]]
    assert error["path"] == ["input", "sdl"]
    assert error["en"].startswith("connector.graphql:6:")


async def test_a_recorded_test_that_fails_hinders_a_registration(door, team):
    tests = [team.input()["tests"][0].replace("kosong: 12", "kosong: 13")]
    said = await done(door, REGISTER, "dishub", input=team.input(tests=tests))
    assert said["connector"] is None
    assert {tuple(e["path"]) for e in said["errors"]} == {("input", "tests")}


# ------------------------------------------------------------------------------- who may


@pytest.mark.parametrize(
    "query",
    [
        'mutation { setConnectorState(key: "x", state: ENABLED, reason: "x") { errors { code } } }',
        'mutation { approveConnector(key: "x", version: 1) { errors { code } } }',
        'mutation { refuseConnector(key: "x", version: 1, reason: "x") { errors { code } } }',
        'mutation { rollbackConnector(key: "x", version: 1) { errors { code } } }',
        'mutation { refreshConnector(key: "x") { errors { code } } }',
        'mutation { approveApp(slug: "x") { errors { code } } }',
        (
            'mutation { publishApp(input: {slug: "x", publiccode: {}, audience: PUBLIC_SERVICE}) '
            "{ errors { code } } }"
        ),
    ],
)
async def test_without_a_key_nothing_can_be_changed(door, query):
    assert await door.code(query) == "FORBIDDEN"


async def test_anonymous_callers_register_and_try_nothing(door, team):
    for query in (REGISTER, TEST):
        assert await door.code(query, input=team.input()) == "FORBIDDEN"
    assert not team.heard


async def test_a_team_does_not_reach_the_app_or_the_connector_of_another(door, team):
    await served(door, team)
    assert await door.code(REGISTER, "dinkes", input=team.input()) == "FORBIDDEN"
    assert await door.code(TEST, "dinkes", input=team.input()) == "FORBIDDEN"
    # The key of another team's connector, under an app of its own.
    stolen = team.input(app="layanan-publik-071")
    assert await door.code(TEST, "dinkes", input=stolen) == "FORBIDDEN"
    assert await door.code(UPDATE, "dinkes", key="parkir", version=1, input=stolen) == "FORBIDDEN"
    (error,) = (await done(door, REGISTER, "dinkes", input=stolen))["errors"]
    assert error["code"] in ("DUPLICATE", "BAD_INPUT")
    for field in (
        'rollbackConnector(key: "parkir", version: 1)',
        'refreshConnector(key: "parkir")',
    ):
        assert (
            await door.code(f"mutation {{ {field} {{ errors {{ code }} }} }}", "dinkes")
            == "FORBIDDEN"
        )
    assert await door.code(APPROVE, "dishub", key="parkir", version=1) == "FORBIDDEN"


async def test_another_team_with_a_key_for_the_same_app_sees_and_changes_nothing(door, team):
    await served(door, team)
    await door.make_key("penyusup", apps=("layanan-publik-070",), team="lain")
    query = '{ connector(key: "parkir") { config } }'
    assert await door.code(query, "penyusup") == "FORBIDDEN"
    assert (
        await door.code(
            'mutation { refreshConnector(key: "parkir") { errors { code } } }', "penyusup"
        )
        == "FORBIDDEN"
    )
    assert await door.code(TEST, "penyusup", input=team.input()) == "FORBIDDEN"


@pytest.mark.parametrize(
    "field",
    [
        "config",
        "fetches { at }",
        "versions { version }",
        "problems { code }",
        "health { lastError }",
    ],
)
async def test_what_is_inside_is_told_to_its_own_team_and_to_operators(door, team, field):
    await served(door, team)
    query = f'{{ connector(key: "parkir") {{ {field} }} }}'
    assert await door.data(query, "dishub")
    assert await door.data(query, "operator")
    for stranger in (None, "dinkes"):
        said = await door.ask(query, stranger)
        assert said["errors"][0]["extensions"]["code"] == "FORBIDDEN"


async def test_config_names_secrets_and_shows_none(door, team):
    settings = team.settings(more='config:\n  kunci: "{secret:api-key}"\n  token: rahasia-sekali\n')
    said = await done(door, REGISTER, "operator", input=team.input(settings=settings))
    assert said["errors"] == []
    query = '{ connector(key: "parkir") { config } }'
    found = (await door.data(query, "operator"))["connector"]["config"]
    assert found["config"] == {"kunci": "{secret:api-key}", "token": "(hidden)"}
    assert "dishub.example" not in str(found)


async def test_secrets_are_not_sent_for_whoever_asks_for_their_key(door, team, tmp_path):
    secrets = tmp_path / "secrets" / "parkir"
    secrets.mkdir(parents=True)
    (secrets / "api-key").write_text("sangat-rahasia")
    settings = team.settings(more='config:\n  kunci: "{secret:api-key}"\n')
    sdl = team.sdl().replace(
        '/api"}', '/api", headers: [{name: "x-kunci", value: "{$config.kunci}"}]}'
    )
    given = team.input(sdl=sdl, settings=settings)
    report = await done(door, TEST, "dishub", input=given)
    assert "REHEARSAL_WITHOUT_SECRETS" in {p["code"] for p in report["problems"]}
    assert not team.heard
    by_operator = await done(door, TEST, "operator", input=given)
    assert by_operator["ok"] is True, by_operator["problems"]
    assert team.heard[-1].headers["x-kunci"] == "sangat-rahasia"
    assert "sangat-rahasia" not in str(by_operator)


# ------------------------------------------------------------------------------- what is too much


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"sdl": "x" * 300_000}, "`input.sdl` may have at most"),
        ({"settings": "x" * 70_000}, "`input.settings` may have at most"),
        ({"tests": ["tests: []"] * 101}, "at most 100 files"),
        ({"key": "Huruf Besar"}, "`input.key` must be"),
        ({"key": "../../etc"}, "`input.key` must be"),
        ({"key": "x" * 65}, "`input.key` must be"),
    ],
)
async def test_what_is_too_long_or_no_name_is_refused(door, team, change, told):
    (error,) = (await door.ask(REGISTER, "dishub", input=team.input(**change)))["errors"]
    assert error["extensions"]["code"] == "BAD_INPUT"
    assert told in error["message"]


async def test_refreshing_opens_it_anew_and_looks_at_its_system(door, team):
    await served(door, team)
    asked = len(team.heard)
    done_ = await done(
        door, f'mutation {{ done: refreshConnector(key: "parkir") {PAYLOAD} }}', "dishub"
    )
    assert done_["connector"]["state"] == "ENABLED"
    assert len(team.heard) > asked


async def test_one_operation_tries_a_few_connectors_and_not_very_many(door, team):
    sdl = "type X"
    fields = " ".join(f"t{n}: testConnector(input: $input) {{ ok }}" for n in range(6))
    query = f"mutation ($input: ConnectorInput!) {{ {fields} }}"
    assert await door.code(query, "dishub", input=team.input(sdl=sdl)) == "TOO_COMPLEX"


async def test_one_team_does_not_keep_all_others_waiting(door, team):
    tried = await asyncio.gather(
        *(door.ask(TEST, "dishub", input=team.input()) for _ in range(OWN_TRIALS + 3)),
        door.ask(TEST, "dinkes", input=team.input(key="antre", app="layanan-publik-071")),
    )
    *own, other = tried
    codes = [e["extensions"]["code"] for one in own for e in one.get("errors", ())]
    assert codes == ["RATE_LIMITED"] * 3
    assert other["data"]["done"]["ok"] is True
    again = await done(door, TEST, "dishub", input=team.input())
    assert again["ok"] is True
