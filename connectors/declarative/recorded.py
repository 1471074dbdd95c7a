"""Running recorded tests: the request a connector makes, and what it makes of the answer.

Nothing is sent. The format of the files, with an example: `recorded_tests`.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from connectors.declarative.answers import (
    CONNECTOR_RESPONSE_INVALID,
    Failure,
    Outcome,
    document_of,
    outcome,
)
from connectors.declarative.app import DeclaredApp
from connectors.declarative.codes import SaidCode
from connectors.declarative.declared import declared
from connectors.declarative.differences import Difference, differences, pointer_of, shown
from connectors.declarative.findings import Finding, Severity, blocking
from connectors.declarative.fitting import Fit
from connectors.declarative.mapping import ABSENT, Problem
from connectors.declarative.masking import looks_personal
from connectors.declarative.model import Connect
from connectors.declarative.recorded_tests import (
    ExpectedProblem,
    ExpectedRequest,
    RecordedTest,
    read_recorded,
)
from connectors.declarative.requests import FORM, Built, build
from connectors.declarative.submission import SDL_FILE
from connectors.errors import Rejected, Unreadable
from connectors.ports.common import must_text
from connectors.ports.connectors import FieldCoverage
from connectors.upkeep.documents import Request

__all__ = [
    "RecordedTest",
    "Report",
    "TestResult",
    "asked_with",
    "connect_of",
    "read_all",
    "read_recorded",
    "run_recorded",
]

REQUEST_INVALID = "REQUEST_INVALID"
"""Code of a test whose values make no request."""
_INDEX = re.compile(r"(.+)\[(\d{1,3})\]", re.ASCII)


@dataclass(frozen=True, slots=True)
class TestResult:
    """What came of one recorded test."""

    __test__ = False

    test: RecordedTest
    ok: bool
    request: Request | None = None
    """None when the values make none."""
    outcome: Outcome | None = None
    """None when there is no answer, or nobody can read it."""
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """What came of all recorded tests of a connector."""

    results: tuple[TestResult, ...] = ()
    findings: tuple[Finding, ...] = ()
    """Of the files and of all tests, in the order of the files."""
    untested: tuple[str, ...] = ()
    """Coordinates of connectors without a test."""
    coverage: tuple[FieldCoverage, ...] = ()
    """How well the recorded answers fill the fields of the graph."""

    @property
    def ok(self) -> bool:
        """Whether all files can be read and all tests came out as they should."""
        return not blocking(self.findings)

    @property
    def passed(self) -> int:
        """How many tests came out as they should."""
        return sum(result.ok for result in self.results)


def read_all(app: DeclaredApp) -> tuple[list[RecordedTest], list[Finding]]:
    """The tests of all files of a folder, and what is wrong with the files."""
    tests: list[RecordedTest] = []
    findings: list[Finding] = []
    for file in app.submission.tests:
        found, faults = read_recorded(file)
        tests += found
        findings += faults
    return tests, findings


def run_recorded(app: DeclaredApp, *, seconds: float = 10.0) -> Report:
    """Run all recorded tests of a folder. Never raises, never sends anything.

    After so many seconds the rest of them are not run, which is an error: for many and large
    recordings call it in a thread.
    """
    tests, findings = read_all(app)
    results, ends = list[TestResult](), time.monotonic() + seconds
    for test in tests:
        if time.monotonic() > ends:
            findings.append(_late(test, len(tests) - len(results)))
            break
        results.append(_run(app, test))
    findings += [finding for result in results for finding in result.findings]
    fit, asked = Fit(declared(app.description.document)), set()
    for result in results:
        connect = connect_of(app, result.test.connector)
        asked.add(id(connect))
        made = result.outcome
        if connect is not None and made is not None and made.failure is None:
            for value in _each(connect, made.value):
                fit.take(connect, value)
    untested = [connect for connect in app.description.connects if id(connect) not in asked]
    findings += [*fit.findings(), *(_untested(connect) for connect in untested)]
    return Report(
        tuple(results),
        tuple(findings),
        tuple(connect.coordinate for connect in untested),
        fit.coverage(),
    )


def _each(connect: Connect, value: Any) -> list[Any]:
    """The values of one answer: many where it is one for `$batch`."""
    batch = connect.field is None and isinstance(value, list)
    return value if batch else [value]


def connect_of(app: DeclaredApp, name: str) -> Connect | None:
    """The connector with an id, or at a coordinate; `Query.lots[1]` is the second one there."""
    connects = app.description.connects
    named = next((each for each in connects if each.id == name), None)
    if named is not None:
        return named
    found = _INDEX.fullmatch(name)
    coordinate, index = (found[1], int(found[2])) if found else (name, 0)
    there = [each for each in connects if each.coordinate == coordinate]
    return there[index] if index < len(there) else None


def asked_with(app: DeclaredApp, connect: Connect, test: RecordedTest) -> dict[str, Any]:
    """The variables of a test as a connector gets them."""
    headers = {name: list(values) for name, values in test.headers.items()}
    variables: dict[str, Any] = {
        "$context": {},
        **test.variables,
        "$config": {**app.config, **test.variables.get("$config", {})},
        "$request": {"headers": headers},
    }
    if connect.field is not None:
        variables.setdefault("$args", {})
    return variables


# ------------------------------------------------------------------------------- one test


def _run(app: DeclaredApp, test: RecordedTest) -> TestResult:
    connect = connect_of(app, test.connector)
    if connect is None:
        return TestResult(test, ok=False, findings=(_unknown(app, test),))
    checks = _Checks(test)
    source, variables = app.source_of(connect), asked_with(app, connect, test)
    try:
        built = build(connect, source, variables, headers=test.headers)
    except Rejected as error:
        checks.failed(Failure(str(error), REQUEST_INVALID))
        return TestResult(test, checks.ok, findings=checks.told())
    checks.request(built)
    checks.recording()
    # An argument that is not given is no news: not every caller gives all of them.
    asking = [problem for problem in built.problems if problem.path[:1] != ("$args",)]
    if test.answer is None:
        checks.problems(asking)
        return TestResult(test, checks.ok, built.request, findings=checks.told())
    try:
        made = outcome(
            connect, source, document_of(test.answer), variables, headers=test.answer.headers
        )
    except Unreadable as error:
        checks.failed(Failure(str(error), CONNECTOR_RESPONSE_INVALID))
        return TestResult(test, checks.ok, built.request, findings=checks.told())
    if made.failure is not None:
        checks.failed(made.failure)
    else:
        checks.result(made.value)
    checks.problems([*asking, *made.problems])
    return TestResult(test, checks.ok, built.request, made, checks.told())


class _Checks:
    """Compares what came of a test with what was expected."""

    def __init__(self, test: RecordedTest) -> None:
        self.test = test
        self.expected = test.expected
        self.findings: list[Finding] = []

    @property
    def ok(self) -> bool:
        return not blocking(self.findings)

    def told(self) -> tuple[Finding, ...]:
        return tuple(self.findings)

    def say(  # noqa: PLR0917 - in the order in which it is read
        self,
        code: SaidCode,
        words: tuple[str, str],
        at: str = "",
        path: str | None = None,
        fix: tuple[str, str] | None = None,
        severity: Severity = Severity.ERROR,
    ) -> None:
        place = self.test.place(at)
        name = self.test.name
        self.findings.append(
            Finding(
                code.value,
                severity,
                must_text(f"Uji “{name}”: {words[0]}", f"Test “{name}”: {words[1]}"),
                must_text(*fix) if fix else None,
                self.test.file,
                place.line if place else None,
                place.column if place else None,
                path,
            )
        )

    def recording(self) -> None:
        """What in the recording itself should not be there."""
        answer = self.test.answer
        if answer is None:
            return
        try:
            found = list(looks_personal(json.loads(answer.body)))
        except ValueError:
            found = list(looks_personal(answer.body.decode("utf-8", "replace")))
        if not found:
            return
        words = (
            f"rekaman memuat {len(found)} nilai yang mirip NIK, nomor ponsel atau surel",
            f"the recording holds {len(found)} values like a NIK, a mobile number or an e-mail",
        )
        at, code = f"/answer/body{found[0]}", SaidCode.TEST_PERSONAL_DATA
        self.say(code, words, at, found[0], _FIX_PERSONAL, Severity.WARNING)

    # ----------------------------------------------------------------------- the request

    def request(self, built: Built) -> None:
        expected, request = self.expected.request, built.request
        if expected is None:
            return
        if expected.method is not None and expected.method != request.method:
            self.sent("/method", Difference("", expected.method, request.method))
        if expected.url is not None and not _same_address(expected.url, request.url):
            self.sent("/url", Difference("", expected.url, request.url))
        sent = {name.lower(): value for name, value in request.headers.items()}
        for name, value in expected.headers.items():
            if sent.get(name) != value:
                self.sent(f"/headers/{name}", Difference("", value, sent.get(name, ABSENT)))
        if expected.body is not ABSENT:
            for each in differences(expected.body, _body(expected, request, sent)):
                self.sent(f"/body{each.pointer}", each)

    def sent(self, at: str, difference: Difference) -> None:
        told = difference.told()
        words = (f"permintaan {at[1:]}: {told[0]}", f"request {at[1:]}: {told[1]}")
        self.say(SaidCode.TEST_REQUEST, words, f"/expect/request{at}", at, _FIX_REQUEST)

    # ------------------------------------------------------------------------ what came

    def result(self, value: Any) -> None:
        if self.expected.error is not None:
            words = (
                f"kegagalan diharapkan, yang datang {shown(value)}",
                f"a failure was expected, came {shown(value)}",
            )
            self.say(SaidCode.TEST_ERROR, words, "/expect/error", None, _FIX_ERROR)
            return
        if self.expected.result is ABSENT:
            return
        for each in differences(self.expected.result, None if value is ABSENT else value):
            told = each.told()
            place = each.pointer or "/"
            words = (f"hasil di {place}: {told[0]}", f"result at {place}: {told[1]}")
            at = f"/expect/result{each.pointer}"
            self.say(SaidCode.TEST_RESULT, words, at, each.pointer, _FIX_RESULT)

    def failed(self, failure: Failure) -> None:
        error = self.expected.error
        if error is None:
            words = (
                f"gagal dengan {failure.code}: {failure.message}",
                f"it failed with {failure.code}: {failure.message}",
            )
            self.say(SaidCode.TEST_FAILED, words, "/answer", None, _FIX_FAILED)
            return
        came = {"message": failure.message, "code": failure.code}
        pairs = [(name, error[name], came[name]) for name in ("message", "code") if name in error]
        if isinstance(error.get("extensions"), dict):
            extensions = dict(failure.extensions)
            named = _named(error["extensions"], extensions)
            pairs.append(("extensions", error["extensions"], named))
        for name, expected, value in pairs:
            for each in differences(expected, value):
                told = each.told()
                place = f"{name}{each.pointer}"
                words = (f"kegagalan, {place}: {told[0]}", f"failure, {place}: {told[1]}")
                at = f"/expect/error/{place}"
                self.say(SaidCode.TEST_ERROR, words, at, f"/{place}", _FIX_ERROR)

    def problems(self, came: Sequence[Problem]) -> None:
        expected = self.expected.problems
        if expected is None:
            for problem, count in _counted(came):
                pointer, message = pointer_of(problem.path), problem.message
                words = (
                    f"masalah pemetaan yang tidak disebut: {message}",
                    f"a mapping problem nobody named: {message}",
                )
                if count > 1:
                    words = (f"{words[0]} ({count} kali)", f"{words[1]} ({count} times)")
                code = SaidCode.TEST_PROBLEM_UNNAMED
                self.say(code, words, "/expect", pointer, _FIX_PROBLEM, Severity.WARNING)
            return
        left = list(came)
        for index, wanted in enumerate(expected):
            found = next((each for each in left if _is(wanted, each)), None)
            if found is not None:
                left.remove(found)
                continue
            what = " ".join(part for part in (wanted.message, wanted.pointer) if part)
            words = (f"masalah “{what}” tidak muncul", f"the problem “{what}” did not come")
            at = f"/expect/problems/{index}"
            self.say(SaidCode.TEST_PROBLEMS, words, at, wanted.pointer, _FIX_PROBLEM)
        for problem in left:
            message, pointer = problem.message, pointer_of(problem.path)
            words = (
                f"masalah yang tidak diharapkan: {message}",
                f"a problem nobody expected: {message}",
            )
            self.say(SaidCode.TEST_PROBLEMS, words, "/expect/problems", pointer, _FIX_PROBLEM)


_FIX_REQUEST = (
    "Perbaiki alamat, header atau body di @source dan @connect, atau uji ini bila memang berubah.",
    "Mend address, headers or body in @source and @connect, or this test if it changed on purpose.",
)
_FIX_RESULT = (
    "Perbaiki `selection`, atau uji ini bila memang berubah.",
    "Mend `selection`, or this test if it changed on purpose.",
)
_FIX_ERROR = (
    "Perbaiki `errors` atau `isSuccess`, atau uji ini bila memang berubah.",
    "Mend `errors` or `isSuccess`, or this test if it changed on purpose.",
)
_FIX_FAILED = (
    "Bila kegagalan ini benar, tulis `expect: {error: …}`; bila tidak, periksa status dan body.",
    "If that is right, write `expect: {error: …}`; if not, look at status and body of the answer.",
)
_FIX_PERSONAL = (
    "Ganti dengan nilai contoh, misalnya 3671************ dan 08********.",
    "Put made-up values in their place, such as 3671************ and 08********.",
)
_FIX_PROBLEM = (
    "Beri nilai pengganti dengan `??` atau `?`, atau sebut masalahnya di `problems`.",
    "Provide for it with `??` or `?`, or name the problem under `problems`.",
)


def _is(wanted: ExpectedProblem, problem: Problem) -> bool:
    if wanted.pointer is not None and wanted.pointer != pointer_of(problem.path):
        return False
    return wanted.message in problem.message


def _counted(problems: Iterable[Problem]) -> list[tuple[Problem, int]]:
    """Each kind of problem once: where items of a list have the same, the first and how many."""
    kinds: dict[tuple[str, tuple[object, ...]], list[Problem]] = {}
    for problem in problems:
        path = tuple("*" if isinstance(part, int) else part for part in problem.path)
        kinds.setdefault((problem.message, path), []).append(problem)
    return [(found[0], len(found)) for found in kinds.values()]


def _same_address(expected: str, came: str) -> bool:
    """Whether two addresses are the same; parameters may come in another order."""
    if expected.startswith("/"):
        origin = came.partition("://")[0], came.partition("://")[2].partition("/")[0]
        expected = f"{origin[0]}://{origin[1]}{expected}"
    try:
        one, other = urlsplit(expected), urlsplit(came)
    except ValueError:
        return expected == came
    same = (one.scheme, one.netloc, one.path or "/") == (other.scheme, other.netloc, other.path)
    return same and sorted(one.query.split("&")) == sorted(other.query.split("&"))


def _body(expected: ExpectedRequest, request: Request, sent: Mapping[str, str]) -> Any:
    """The body that is sent, as what it is compared with is written."""
    if request.body is None:
        return None
    text = request.body.decode("utf-8", "replace")
    kind = sent.get("content-type", "").partition(";")[0].strip().lower()
    if kind == FORM and not isinstance(expected.body, str):
        return dict(parse_qsl(text, keep_blank_values=True))
    try:
        return json.loads(text) if kind.endswith("json") else text
    except ValueError:
        return text


def _named(expected: Any, came: Any) -> Any:
    """Of what came that which is expected, at all levels."""
    if not isinstance(expected, dict) or not isinstance(came, Mapping):
        return came
    return {name: _named(expected[name], came[name]) for name in expected if name in came}


def _unknown(app: DeclaredApp, test: RecordedTest) -> Finding:
    there = list(app.connects)
    there += [each.id for each in app.description.connects if each.id]
    close = get_close_matches(test.connector, there, 1, 0.5)
    listed = ", ".join(f"`{name}`" for name in close or there[:10]) or "∅"
    place = test.place("/connector")
    name = test.connector[:100]
    return Finding(
        SaidCode.TEST_CONNECTOR_UNKNOWN.value,
        Severity.ERROR,
        must_text(
            f"Uji “{test.name}”: tidak ada @connect di `{name}`.",
            f"Test “{test.name}”: there is no @connect at `{name}`.",
        ),
        must_text(f"Mungkin maksudnya {listed}.", f"You may mean {listed}."),
        test.file,
        place.line if place else None,
        place.column if place else None,
    )


def _late(test: RecordedTest, left: int) -> Finding:
    place = test.place("")
    return Finding(
        SaidCode.TEST_TIME.value,
        Severity.ERROR,
        must_text(
            f"Waktu habis: {left} uji, mulai dari “{test.name}”, tidak dijalankan.",
            f"The time was over: {left} tests, from “{test.name}” on, were not run.",
        ),
        must_text(
            "Perkecil rekamannya; beberapa item per daftar sudah cukup.",
            "Make the recordings smaller; a few items of each list are enough.",
        ),
        test.file,
        place.line if place else None,
        place.column if place else None,
    )


def _untested(connect: Connect) -> Finding:
    return Finding(
        SaidCode.TEST_MISSING.value,
        Severity.WARNING,
        must_text(
            f"`{connect.coordinate}` tidak punya uji rekaman.",
            f"`{connect.coordinate}` has no recorded test.",
        ),
        must_text(
            "Simpan satu jawaban sistem Anda di tests/*.yaml beserta hasil yang diharapkan.",
            "Save one answer of your system in tests/*.yaml, with the result it must give.",
        ),
        SDL_FILE,
        connect.at.line,
        connect.at.column,
        connect.coordinate,
    )
