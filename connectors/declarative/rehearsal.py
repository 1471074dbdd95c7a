"""A rehearsal: the recorded tests, then live calls of the team's system, before it is registered.

What comes back is for the team's eyes: samples are short and masked, errors say what to do.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from connectors import errors
from connectors.declarative.app import DeclaredApp
from connectors.declarative.codes import SaidCode
from connectors.declarative.declared import Declared
from connectors.declarative.differences import pointer_of
from connectors.declarative.drift import Observation, compared, merged, observed
from connectors.declarative.findings import Finding, Severity, blocking
from connectors.declarative.mapping import ABSENT
from connectors.declarative.masking import masked_as, wiped
from connectors.declarative.model import Connect
from connectors.declarative.recorded import Report, connect_of, run_recorded
from connectors.declarative.recorded_tests import RecordedTest
from connectors.declarative.submission import SDL_FILE, SETTINGS_FILE
from connectors.declarative.trials import Skipped, Tools, Try, live_calls, name_of
from connectors.errors import ConnectorError
from connectors.ports.common import must_text
from connectors.ports.connectors import FieldCoverage

SLOW = 2_000.0
"""Milliseconds above which a system is too slow for a page of an app."""
MOST_SAMPLES = 3
"""Items of a list that are shown."""
_LONGEST_TEXT = 200
_DEEPEST = 8
_MOST_KEYS = 50


@dataclass(frozen=True, slots=True)
class Sample:
    """What a connector made of a live answer: short, and masked."""

    connector: str
    value: Any


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What came of a rehearsal."""

    ok: bool
    """No error in the recorded tests and in the live calls."""
    recorded: Report
    findings: tuple[Finding, ...]
    """Of the recorded tests and of the live calls."""
    samples: tuple[Sample, ...] = ()
    coverage: tuple[FieldCoverage, ...] = ()
    """How well each field is filled: by live answers, else by recorded ones."""
    observations: tuple[Observation, ...] = ()
    """What later answers are compared with."""
    skipped: tuple[Skipped, ...] = ()
    """Connectors that were not called, and why."""

    @property
    def latency(self) -> dict[str, float]:
        """Milliseconds of each live call, by connector."""
        return {
            each.connector: each.milliseconds
            for each in self.observations
            if each.milliseconds is not None
        }


async def rehearse(
    app: DeclaredApp, tools: Tools, *, seconds: float = 20.0, live: bool = True
) -> Rehearsal:
    """Run the recorded tests, then ask the system what can be asked without writing.

    `seconds` bounds the live calls all together; with `live` false there are none. The system is
    asked with the secrets of the source of this name: who may not use those must not rehearse it.
    Never raises for what a team wrote or a system did.
    """
    report = await asyncio.to_thread(run_recorded, app)
    findings = list(report.findings)
    if not live or not app.usable:
        ok = app.usable and not blocking(findings)
        return Rehearsal(ok, report, tuple(findings), coverage=report.coverage)
    found = await live_calls(app, tools, _connected(app, report), seconds=seconds)
    tries = found.tries
    findings += [finding for each in tries for finding in _about(each)]
    findings += [*found.fit.findings(), *(_not_tried(each) for each in found.skipped)]
    before = recordings(app, report)
    for each in tries:
        if each.error is None and each.name in before:
            findings += compared(before[each.name], each.observation)
    return Rehearsal(
        not blocking(findings),
        report,
        tuple(findings),
        await asyncio.to_thread(_samples, app, found.fit.declared, tries),
        _covered(found.fit.coverage(), report.coverage),
        tuple(each.observation for each in tries),
        found.skipped,
    )


def recordings(app: DeclaredApp, report: Report | None = None) -> dict[str, Observation]:
    """What the recorded answers look like, by connector: of all that are no failures."""
    found: dict[str, list[Observation]] = {}
    for result in (report or run_recorded(app)).results:
        connect, made = connect_of(app, result.test.connector), result.outcome
        if connect is None or made is None or made.failure is not None:
            continue
        name = name_of(app, connect)
        seen = observed(name, result.test.answer, problems=len(made.problems))
        found.setdefault(name, []).append(seen)
    return {
        name: Observation(
            name,
            seen[0].status,
            None,
            merged(each.shape for each in seen if each.shape is not None),
            max(each.problems for each in seen),
        )
        for name, seen in found.items()
    }


async def watched(
    app: DeclaredApp,
    tools: Tools,
    before: Sequence[Observation] = (),
    *,
    seconds: float = 20.0,
) -> tuple[list[Finding], list[Observation]]:
    """What is otherwise now than in the recording, and what was seen.

    `before` are observations of an earlier look, for how long it took; the shape is always
    compared with the recording where there is one. Calls without an answer are no drift: the
    connector's health tells of them. Never raises for what a system does.
    """
    report = await asyncio.to_thread(run_recorded, app)
    known: dict[str, Observation] = {each.connector: each for each in before}
    recorded = recordings(app, report)
    tries = (await live_calls(app, tools, _connected(app, report), seconds=seconds)).tries
    findings: list[Finding] = []
    for each in tries:
        then = known.get(each.name)
        base = recorded.get(each.name) or then
        if base is None or each.error is not None:
            continue
        base = replace(base, milliseconds=then.milliseconds if then else None)
        findings += compared(base, each.observation)
    return findings, [each.observation for each in tries]


def _connected(app: DeclaredApp, report: Report) -> list[tuple[Connect, RecordedTest]]:
    """The tests with their connectors."""
    pairs = [(connect_of(app, result.test.connector), result.test) for result in report.results]
    return [(connect, test) for connect, test in pairs if connect is not None]


# ------------------------------------------------------------------------------- findings


def _about(tried: Try) -> Iterator[Finding]:
    """What is to be said of one live call."""
    connect, name = tried.connect, tried.name
    if tried.error is not None:
        words, fix = _trouble(tried.error)
        yield _finding(
            SaidCode.LIVE_UNREACHABLE,
            tried,
            (f"`{name}`: {words[0]}", f"`{name}`: {words[1]}"),
            fix,
        )
        return
    made = tried.outcome
    if made is None:
        return
    if made.failure is not None:
        status = made.failure.status
        # What was asked for may be gone since it was recorded.
        hard = status >= 500 or status in (401, 403, 405) or 200 <= status < 400
        severity = Severity.ERROR if hard else Severity.WARNING
        words = (
            f"`{name}`: sistem menjawab dengan status {status} ({made.failure.code}).",
            f"`{name}`: the system answered with status {status} ({made.failure.code}).",
        )
        fix = (
            "Coba alamat, kunci dan argumennya; periksa `samples` di connector.yaml.",
            "Try its address, keys and arguments; look at `samples` in connector.yaml.",
        )
        yield _finding(SaidCode.LIVE_FAILED, tried, words, fix, severity)
        return
    problems: dict[tuple[str, str], int] = {}
    for problem in made.problems:
        path = tuple("*" if isinstance(part, int) else part for part in problem.path)
        at = (problem.message, pointer_of(path))
        problems[at] = problems.get(at, 0) + 1
    for (message, pointer), count in problems.items():
        yield Finding(
            SaidCode.LIVE_PROBLEM.value,
            Severity.WARNING,
            must_text(
                f"`{name}`: masalah pemetaan: {message}", f"`{name}`: mapping problem: {message}"
            ),
            must_text(*_FIX_PROBLEM),
            SDL_FILE,
            connect.at.line,
            connect.at.column,
            pointer,
            count,
        )
    if made.value is ABSENT or made.value in (None, [], {}):
        words = (f"`{name}`: tidak ada data.", f"`{name}`: there is no data.")
        yield _finding(SaidCode.LIVE_EMPTY, tried, words, _FIX_EMPTY, Severity.WARNING)
    took = tried.observation.milliseconds or 0.0
    if took > SLOW:
        words = (f"`{name}`: butuh {took:.0f} ms.", f"`{name}`: it took {took:.0f} ms.")
        yield _finding(SaidCode.LIVE_SLOW, tried, words, _FIX_SLOW, Severity.WARNING)


_FIX_PROBLEM = (
    "Beri nilai pengganti dengan `??` atau `?`, atau periksa nama kuncinya.",
    "Provide for it with `??` or `?`, or look at the name of the key.",
)
_FIX_EMPTY = (
    "Periksa jalur di `selection` dan argumennya; mungkin sistem memang kosong.",
    "Look at the path in `selection` and at the arguments; or the system is really empty.",
)
_FIX_SLOW = (
    "Percepat sistem, atau naikkan `fresh_for` supaya lebih jarang ditanya.",
    "Make the system faster, or raise `fresh_for` so that it is asked less often.",
)


def _finding(
    code: SaidCode,
    tried: Try,
    words: tuple[str, str],
    fix: tuple[str, str],
    severity: Severity = Severity.ERROR,
) -> Finding:
    at = tried.connect.at
    return Finding(
        code.value,
        severity,
        must_text(*words),
        must_text(*fix),
        SDL_FILE,
        at.line,
        at.column,
        tried.connect.coordinate,
    )


def _not_tried(skipped: Skipped) -> Finding:
    name, why = skipped.name, skipped.why
    return Finding(
        SaidCode.LIVE_SKIPPED.value,
        Severity.INFO,
        must_text(
            f"`{name}` tidak dicoba: {why.pick('id')}.",
            f"`{name}` was not tried: {why.pick('en')}.",
        ),
        must_text(
            "Tulis argumennya di `samples` connector.yaml, atau rekam satu jawaban di tests/*.yaml.",
            "Write arguments under `samples` of connector.yaml, or record an answer in tests/*.yaml.",
        ),
        SETTINGS_FILE,
        path=skipped.connect.coordinate,
    )


_Words = tuple[str, str]
_TROUBLES: dict[type[ConnectorError], tuple[_Words, _Words]] = {
    errors.Unreachable: (
        ("sistem tidak dapat dihubungi.", "the system cannot be reached."),
        (
            "Periksa alamatnya, dan apakah gateway boleh menghubunginya dari jaringannya.",
            "Look at the address, and whether the gateway may reach it from where it runs.",
        ),
    ),
    errors.TimedOut: (
        ("sistem tidak menjawab tepat waktu.", "the system did not answer in time."),
        (
            "Percepat jawabannya, perkecil halamannya, atau naikkan `total_timeout`.",
            "Make it faster, its pages smaller, or raise `total_timeout`.",
        ),
    ),
    errors.Refused: (
        ("sistem menolak kunci gateway.", "the system refused the gateway's credentials."),
        (
            "Minta operator memasang rahasia yang disebut di `config`.",
            "Ask the operator to put in the secrets that `config` names.",
        ),
    ),
    errors.Rejected: (
        ("permintaan ini tidak dapat dikirim.", "this request cannot be sent."),
        (
            "Periksa alamat, host yang diizinkan, dan nilai argumennya.",
            "Look at the address, the hosts that are allowed, and the arguments.",
        ),
    ),
    errors.Overloaded: (
        ("sistem berkata terlalu banyak permintaan.", "the system says there are too many calls."),
        ("Turunkan `calls_per_minute`.", "Lower `calls_per_minute`."),
    ),
    errors.Broken: (
        ("sistem rusak atau memutus sambungan.", "the system failed or hung up."),
        ("Periksa log sistem Anda.", "Look at the log of your system."),
    ),
    errors.Unreadable: (
        ("jawabannya bukan JSON atau teks yang sah.", "the answer is not valid JSON or text."),
        (
            "Periksa content-type, penyandian dan isinya; halaman HTML bukan data.",
            "Look at content type, encoding and body; a web page is no data.",
        ),
    ),
    errors.Paused: (
        ("sekarang jam tenang atau pemeliharaan.", "these are quiet hours or maintenance."),
        ("Ulangi sesudahnya.", "Try again afterwards."),
    ),
    errors.SwitchedOff: (
        ("konektor ini sudah lewat `expires`.", "this connector is past its `expires`."),
        ("Perbarui `expires`.", "Renew `expires`."),
    ),
}


def _trouble(error: ConnectorError) -> tuple[_Words, _Words]:
    for kind in type(error).__mro__:
        if kind in _TROUBLES:
            return _TROUBLES[kind]
    return _TROUBLES[errors.Broken]


# ------------------------------------------------------------------------------- what is shown


def _samples(app: DeclaredApp, types: Declared, tries: Sequence[Try]) -> tuple[Sample, ...]:
    settings, found = app.settings, list[Sample]()
    personal = {each.field for each in settings.personal_data} if settings else set[str]()
    for each in tries:
        kind = types.kind_of(each.connect)
        values = [value for value in each.values if value is not ABSENT and value is not None]
        for value in values[:MOST_SAMPLES]:
            # Masked before texts are cut: half a number would not be known for one.
            shown = masked_as(first_of(value), kind, types, personal)
            shown = wiped(shown) if each.connect.coordinate in personal else shown
            found.append(Sample(each.name, cut(shown)))
    return tuple(found)


def first_of(value: Any, depth: int = 0) -> Any:
    """A JSON value in short: the first items and keys of it."""
    if isinstance(value, (list, dict)) and depth >= _DEEPEST:
        return "…"
    if isinstance(value, list):
        return [first_of(item, depth + 1) for item in value[:MOST_SAMPLES]]
    if isinstance(value, dict):
        some = list(value.items())[:_MOST_KEYS]
        return {name: first_of(item, depth + 1) for name, item in some}
    return value


def cut(value: Any) -> Any:
    """A JSON value with long texts cut."""
    if isinstance(value, list):
        return [cut(item) for item in value]
    if isinstance(value, dict):
        return {cut(name): cut(item) for name, item in value.items()}
    if isinstance(value, str) and len(value) > _LONGEST_TEXT:
        return value[:_LONGEST_TEXT] + "…"
    return value


def _covered(
    live: Collection[FieldCoverage], recorded: Collection[FieldCoverage]
) -> tuple[FieldCoverage, ...]:
    """Live coverage, and that of the recording for what was not seen live."""
    seen = {each.field for each in live}
    return (*live, *(each for each in recorded if each.field not in seen))
