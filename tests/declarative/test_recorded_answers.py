"""Recorded tests of a team: read with places, run without a network, told by what differs."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.declarative import recorded_tests as module
from connectors.declarative.app import DeclaredApp, read_app
from connectors.declarative.differences import differences
from connectors.declarative.findings import Severity
from connectors.declarative.recorded import Report, connect_of, read_recorded, run_recorded
from connectors.declarative.submission import RecordedFile, Submission

SDL = """
extend schema @source(
  name: "parkir"
  http: { baseURL: "https://parkir.example", headers: [{ name: "X-Kunci", value: "{$config.kunci}" }] }
  errors: { message: "$.pesan" }
)
type Query {
  parkirLot(id: ID!): ParkirLot @connect(
    source: "parkir"
    http: { GET: "/lot/{$args.id}", headers: [{ name: "x-warga", from: "x-warga" }] }
    selection: "$.data { id: kode free: sisa->parseInt }"
  )
  parkirSemua(kota: String): [ParkirLot] @connect(
    id: "semua"
    source: "parkir"
    http: { GET: "/lot?kota={$config.kota}&urut=nama" }
    selection: "$.lot { id: kode nama }"
  )
}
type Mutation {
  parkirLapor(lot: ID!, isi: String): ParkirLapor @connect(
    source: "parkir"
    http: { POST: "/lapor", body: "lot: $args.lot isi: $args.isi" }
    selection: "nomor"
  )
  parkirForm(lot: ID!): ParkirLapor @connect(
    source: "parkir"
    http: {
      POST: "/form"
      headers: [{ name: "content-type", value: "application/x-www-form-urlencoded" }]
      body: "lot: { kode: $args.lot }"
    }
    selection: "nomor"
  )
}
type ParkirLot { id: ID! free: Int nama: String }
type ParkirLapor { nomor: String }
"""
SETTINGS = """
connector: parkir
app: parkir
name: Parkir
prefix: Parkir
config: {kota: tangerang, kunci: "{secret:kunci}"}
"""
FILE = "tests/all.yaml"


def app(*tests: str, sdl: str = SDL) -> DeclaredApp:
    files = tuple(RecordedFile(FILE, text) for text in tests)
    made = read_app(Submission("parkir", "parkir", sdl, SETTINGS, files))
    assert made.description.faults == ()
    assert made.findings == ()
    return made


def told(report: Report, least: Severity = Severity.ERROR) -> list[str]:
    return [
        f"{each.line}:{each.column} {each.code} {each.message.pick('en')}"
        for each in report.findings
        if each.code != "TEST_MISSING" and (least is not Severity.ERROR or each.severity is least)
    ]


def example() -> str:
    found = re.search(r"```yaml\n(.*?)```", module.__doc__ or "", re.DOTALL)
    assert found
    return found[1]


def one(**parts: Any) -> str:
    test = {"name": "uji", "connector": "Query.parkirLot", **parts}
    return json.dumps({"tests": [test]})


GOOD = {"body": {"data": {"kode": "L1", "sisa": "12"}}}
ARGS = {"$args": {"id": "L1"}}


def test_the_example_of_the_documentation_comes_out_as_it_says():
    report = run_recorded(app(example()))
    assert told(report, Severity.INFO) == []
    assert report.ok
    assert report.passed == 2
    first = report.results[0]
    assert first.request is not None
    assert first.request.url == "https://parkir.example/lot/L%201"
    assert first.request.headers["X-Kunci"] == "{secret:kunci}"
    assert first.outcome is not None
    assert first.outcome.value == {"id": "L1", "free": 12}


def test_what_differs_is_told_with_its_pointer_and_the_place_in_the_file():
    text = (
        "tests:\n"
        "  - name: uji\n"
        "    connector: Query.parkirLot\n"
        "    variables: {$args: {id: L1}}\n"
        "    answer: {body: {data: {kode: L1, sisa: '12'}}}\n"
        "    expect:\n"
        "      result:\n"
        "        id: L2\n"
        "        free: 12\n"
        "        nama: Lot\n"
    )
    report = run_recorded(app(text))
    assert told(report) == [
        '8:9 TEST_RESULT Test “uji”: result at /id: expected "L2", came "L1"',
        '10:9 TEST_RESULT Test “uji”: result at /nama: there should be "Lot"',
    ]
    assert [each.path for each in report.findings][:2] == ["/id", "/nama"]
    assert not report.ok
    assert report.passed == 0


@pytest.mark.parametrize(
    ("request_", "words"),
    [
        ({"method": "POST"}, 'request method: expected "POST", came "GET"'),
        (
            {"url": "https://parkir.example/lot/L2"},
            (
                'request url: expected "https://parkir.example/lot/L2", '
                'came "https://parkir.example/lot/L1"'
            ),
        ),
        ({"headers": {"X-Kunci": "abc"}}, 'expected "abc", came "{secret:kunci}"'),
        ({"headers": {"x-lain": "1"}}, 'request headers/x-lain: there should be "1"'),
        ({"body": {"a": 1}}, 'request body: expected {"a": 1}, came null'),
    ],
)
def test_another_request_than_expected_fails(request_: dict[str, Any], words: str):
    text = one(variables=ARGS, answer=GOOD, expect={"request": request_})
    (finding,) = told(run_recorded(app(text)))
    assert words in finding


@pytest.mark.parametrize(
    ("connector", "args", "request_"),
    [
        (
            "Query.parkirLot",
            {"id": "L1"},
            {"method": "GET", "url": "https://parkir.example/lot/L1", "body": None},
        ),
        ("Query.parkirLot", {"id": "L1"}, {"url": "/lot/L1"}),
        ("semua", {}, {"url": "/lot?urut=nama&kota=tangerang"}),
        ("Mutation.parkirLapor", {"lot": "L1", "isi": "é"}, {"body": {"lot": "L1", "isi": "é"}}),
        (
            "Mutation.parkirLapor",
            {"lot": "L1"},
            {"method": "POST", "headers": {"Content-Type": "application/json"}},
        ),
        ("Mutation.parkirForm", {"lot": "L 1"}, {"body": {"lot[kode]": "L 1"}}),
        ("Mutation.parkirForm", {"lot": "L 1"}, {"body": "lot%5Bkode%5D=L+1"}),
    ],
)
def test_a_request_is_compared_in_the_parts_that_are_named(
    connector: str, args: dict[str, Any], request_: dict[str, Any]
):
    text = one(connector=connector, variables={"args": args}, expect={"request": request_})
    report = run_recorded(app(text))
    assert told(report) == []
    assert report.results[0].outcome is None


def test_settings_of_a_test_add_to_the_configuration():
    text = one(
        connector="semua",
        variables={"$config": {"kota": "serang"}},
        expect={"request": {"url": "/lot?kota=serang&urut=nama", "headers": {"x-kunci": "x"}}},
    )
    assert len(told(run_recorded(app(text)))) == 1


def test_a_failure_nobody_expects_fails_the_test():
    text = one(variables=ARGS, answer={"status": 500, "body": {"pesan": "rusak"}})
    (finding,) = told(run_recorded(app(text)))
    assert "TEST_FAILED Test “uji”: it failed with CONNECTOR_FETCH: rusak" in finding


@pytest.mark.parametrize(
    ("error", "count"),
    [
        ("rusak", 0),
        ({"message": "rusak", "code": "CONNECTOR_FETCH"}, 0),
        ({"extensions": {"http": {"status": 500}}}, 0),
        ({"extensions": {"http": {"status": 404}, "lain": 1}}, 2),
        ({"message": "lain", "code": "LAIN"}, 2),
    ],
)
def test_a_failure_is_compared_in_the_parts_that_are_named(error: Any, count: int):
    answer = {"status": 500, "body": {"pesan": "rusak"}}
    report = run_recorded(app(one(variables=ARGS, answer=answer, expect={"error": error})))
    assert len(told(report)) == count
    assert all("TEST_ERROR" in each for each in told(report))


def test_an_answer_nobody_can_read_is_a_failure_with_a_code():
    answer = {"headers": {"Content-Type": "application/json"}, "text": "<html>rusak</html>"}
    expected = {"error": {"code": "CONNECTOR_RESPONSE_INVALID"}}
    assert told(run_recorded(app(one(variables=ARGS, answer=answer, expect=expected)))) == []


def test_values_that_make_no_request_are_a_failure_with_a_code():
    text = one(variables={"$args": {"id": ["L1"]}}, expect={"error": {"code": "REQUEST_INVALID"}})
    assert told(run_recorded(app(text))) == []


def test_an_answer_where_a_failure_was_expected_fails_the_test():
    text = one(variables=ARGS, answer=GOOD, expect={"error": {"code": "X"}})
    assert "TEST_ERROR" in told(run_recorded(app(text)))[0]


def test_a_problem_nobody_names_is_a_warning_and_a_list_of_them_must_agree():
    answer = {"body": {"lot": [{"kode": "A"}, {"kode": "B"}, {"kode": "C", "nama": "c"}]}}
    expect: dict[str, Any] = {
        "result": [{"id": "A"}, {"id": "B"}, {"id": "C", "nama": "c"}],
    }
    unnamed = run_recorded(app(one(connector="semua", answer=answer, expect=expect)))
    assert unnamed.ok
    (warning,) = told(unnamed, Severity.INFO)
    assert "TEST_PROBLEM_UNNAMED" in warning
    assert "(2 times)" in warning
    problem = {"message": "nama", "path": "/lot/0/nama"}
    for named, ok in (
        (["nama", "nama"], True),
        ([problem, "nama"], True),
        ([problem, {"path": "/lot/1/nama"}], True),
        ([], False),
        (["nama"], False),
        (["nama", "nama", "nama"], False),
        ([problem, problem], False),
    ):
        text = one(connector="semua", answer=answer, expect={**expect, "problems": named})
        assert run_recorded(app(text)).ok is ok, named


def test_null_is_expected_where_there_is_nothing():
    for answer in ({"body": {"data": None}}, {"status": 204}, {"body": None}):
        text = one(variables=ARGS, answer=answer, expect={"result": None})
        assert told(run_recorded(app(text))) == []
    full = one(variables=ARGS, answer=GOOD, expect={"result": None})
    assert len(told(run_recorded(app(full)))) == 1


def test_a_connector_that_is_not_there_is_told_with_the_nearest():
    report = run_recorded(app(one(connector="Query.parkirLots")))
    (finding,) = [each for each in report.findings if each.code == "TEST_CONNECTOR_UNKNOWN"]
    assert finding.fix is not None
    assert "`Query.parkirLot`" in finding.fix.pick("en")
    assert not report.ok


def test_connectors_without_a_test_are_named():
    report = run_recorded(app(one(connector="semua", answer={"body": {"lot": []}})))
    assert report.ok
    assert report.untested == ("Query.parkirLot", "Mutation.parkirLapor", "Mutation.parkirForm")
    assert {each.severity for each in report.findings} == {Severity.WARNING}


def test_tests_that_take_too_long_are_not_run_and_that_is_an_error():
    report = run_recorded(app(example()), seconds=-1)
    assert not report.ok
    assert [each.code for each in report.findings if each.severity is Severity.ERROR] == [
        "TEST_TIME"
    ]


def test_recordings_with_numbers_of_people_are_warned_of():
    answer = {"body": {"data": {"kode": "3671042501900003", "sisa": "1"}}}
    (warning,) = told(run_recorded(app(one(variables=ARGS, answer=answer))), Severity.INFO)
    assert "TEST_PERSONAL_DATA" in warning


def test_a_recorded_value_that_does_not_fit_its_field_is_an_error():
    answer = {"body": {"lot": [{"kode": {"a": 1}, "nama": "x"}]}}
    report = run_recorded(app(one(connector="semua", answer=answer)))
    first = report.findings[0]
    assert (first.code, first.path) == ("VALUE_UNFIT", "ParkirLot.id")


def test_an_argument_that_is_not_given_is_no_problem():
    sdl = SDL.replace("urut=nama", "urut={$args.kota}")
    text = one(connector="semua", expect={"request": {"url": "/lot?kota=tangerang&urut="}})
    assert told(run_recorded(app(text, sdl=sdl)), Severity.INFO) == []


def test_of_several_connectors_in_one_place_a_test_names_the_one_it_means():
    sdl = SDL.replace(
        "type ParkirLot {",
        "type ParkirLot\n"
        '  @connect(source: "parkir", http: { GET: "/a/{$this.id}" }, selection: "id")\n'
        '  @connect(source: "parkir", http: { GET: "/b/{$this.id}" }, selection: "id") {',
    )
    made = app(sdl=sdl)
    urls = [
        str(found.url) if (found := connect_of(made, name)) else None
        for name in ("ParkirLot", "ParkirLot[0]", "ParkirLot[1]", "ParkirLot[2]")
    ]
    assert urls == ["/a/{$this.id}", "/a/{$this.id}", "/b/{$this.id}", None]


@pytest.mark.parametrize(
    ("text", "code", "path"),
    [
        ("tests: 7", "VALUE_KIND", "/tests"),
        ("test: []", "KEY_UNKNOWN", "/test"),
        ("- name: a", "KEY_MISSING", "/0/connector"),
        ("tests: [{connector: a}]", "KEY_MISSING", "/tests/0/name"),
        ("tests: [{name: a, connector: b, expected: {}}]", "KEY_UNKNOWN", "/tests/0/expected"),
        (
            "tests: [{name: a, connector: b, variables: {$args: 7}}]",
            "VALUE_KIND",
            "/tests/0/variables/$args",
        ),
        (
            "tests: [{name: a, connector: b, variables: {$batch: {}}}]",
            "VALUE_KIND",
            "/tests/0/variables/$batch",
        ),
        (
            "tests: [{name: a, connector: b, answer: {status: 99}}]",
            "VALUE_WRONG",
            "/tests/0/answer/status",
        ),
        (
            "tests: [{name: a, connector: b, answer: {text: a, body: b}}]",
            "VALUE_WRONG",
            "/tests/0/answer/text",
        ),
        (
            "tests: [{name: a, connector: b, expect: {request: {method: LIHAT}}}]",
            "VALUE_WRONG",
            "/tests/0/expect/request/method",
        ),
        (
            "tests: [{name: a, connector: b, expect: {problems: 0}}]",
            "VALUE_KIND",
            "/tests/0/expect/problems",
        ),
        ("tests: [{name: a, name: b, connector: c}]", "YAML_KEY_TWICE", None),
        ("tests: [*a]", "YAML_ALIAS", None),
    ],
)
def test_a_test_that_cannot_be_read_is_told_and_left_out(text: str, code: str, path: str | None):
    _, findings = read_recorded(RecordedFile(FILE, text))
    assert (code, path) in [(each.code, each.path) for each in findings]
    assert all(each.file == FILE for each in findings)
    assert not run_recorded(app(text)).ok


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=8,
)


@given(JSON, JSON)
def test_two_values_differ_exactly_when_json_says_so(one: Any, other: Any):
    assert differences(one, one) == []
    assert (differences(one, other) == []) == (differences(other, one) == [])
    if json.dumps(one) != json.dumps(other) and type(one) is not type(other):
        numbers = {type(one), type(other)} == {int, float}
        assert differences(one, other) or (numbers and one == other)


@given(JSON)
def test_whatever_a_file_holds_reading_and_running_never_fail(value: Any):
    read_recorded(RecordedFile(FILE, json.dumps(value)))
    run_recorded(app(one(variables={"$args": {"id": "x"}}, answer={"body": value})))
