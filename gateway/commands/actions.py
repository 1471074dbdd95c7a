"""What each of the `connectors` commands does, with a registry here or at a running gateway."""

from __future__ import annotations

import argparse
import asyncio
import re
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from catalog.pack import Pack
from connectors.declarative.findings import Finding, blocking
from connectors.declarative.settings import read_settings
from connectors.declarative.submission import Submission
from connectors.kinds.web import open_web
from connectors.ports.common import ErrorCode
from connectors.ports.connectors import ConnectorState
from gateway import VERSION
from gateway.checking import checked
from gateway.commands import local
from gateway.commands.folder import Folder, read
from gateway.commands.printing import as_json, ordered, print_json, say, summary, told
from gateway.commands.remote import Remote, key_of
from gateway.commands.starting import started
from gateway.commands.words import SAID, STATES
from gateway.rehearsing import rehearsed
from gateway.settings import Settings
from resolvers.context import Caller
from resolvers.registrar import (
    ConnectorPayload,
    ConnectorTestReport,
    ConnectorVersion,
    Dossier,
)
from schema.city import build

_NO_KEY = re.compile(r"[^a-z0-9-]+", re.ASCII)


class Registry(Protocol):
    """What the commands ask of a registry, wherever it is."""

    async def dossier(self, key: str) -> Dossier | None: ...
    async def dossiers(self) -> tuple[Dossier, ...]: ...
    async def versions(self, key: str) -> tuple[ConnectorVersion, ...]: ...
    async def test(self, submission: Submission, caller: Caller) -> ConnectorTestReport: ...
    async def register(self, submission: Submission, caller: Caller) -> ConnectorPayload: ...
    async def update(
        self, key: str, version: int, submission: Submission, caller: Caller
    ) -> ConnectorPayload: ...
    async def set_state(
        self, key: str, state: ConnectorState, reason: str, caller: Caller
    ) -> ConnectorPayload: ...
    async def approve(
        self, key: str, version: int, note: str | None, caller: Caller
    ) -> ConnectorPayload: ...
    async def refuse(
        self, key: str, version: int, reason: str, caller: Caller
    ) -> ConnectorPayload: ...
    async def withdraw(self, key: str, reason: str, caller: Caller) -> ConnectorPayload: ...
    async def roll_back(self, key: str, version: int, caller: Caller) -> ConnectorPayload: ...
    async def refresh(self, key: str, caller: Caller) -> ConnectorPayload: ...


async def run(settings: Settings, asked: argparse.Namespace) -> int:
    """Run one command: 0 when it did what was asked, 1 when it was hindered.

    Raises ValueError and LookupError with a sentence for the person who typed it.
    """
    if asked.action == "check":
        return await _check(settings, asked)
    if asked.action == "new":
        return _new(asked)
    if asked.action == "watch":
        return await _watch(settings, asked)
    if asked.action == "rehearse" and asked.url is None:
        return await _rehearse_here(settings, asked)
    async with _registry(settings, asked) as registry:
        if asked.action in ("rehearse", "register", "update"):
            return await _with_folder(registry, asked)
        if asked.action == "list":
            return await _list(registry, asked)
        if asked.action in ("show", "history"):
            return await _shown(registry, asked)
        return await _decided(registry, asked)


@asynccontextmanager
async def _registry(settings: Settings, asked: argparse.Namespace) -> AsyncIterator[Registry]:
    if asked.url is None:
        if asked.key_file is not None:
            raise ValueError("--key-file is for a running gateway: name it with --url")
        async with local.opened(settings) as (registrar, _):
            yield registrar
        return
    if asked.key_file is None:
        raise ValueError("--url needs --key-file FILE: a file with your key")
    web = open_web(agent=f"tangerang-live-gateway/{VERSION}")
    try:
        yield Remote(web, asked.url, key_of(asked.key_file))
    finally:
        await web.aclose()


# ------------------------------------------------------------------------------- folders


def submission_of(folder: Folder) -> Submission:
    """The folder as it is handed in: key and app are those of its settings.

    Where these cannot be read the name of the folder stands for both, so that all the rest can
    still be looked through.
    """
    settings, _ = read_settings(folder.settings)
    name = _NO_KEY.sub("-", folder.path.resolve().name.lower()).strip("-")[:64] or "konektor"
    key, app = (settings.key, settings.app) if settings else (name, name)
    return Submission(key, app, folder.sdl, folder.settings, folder.tests)


async def _check(settings: Settings, asked: argparse.Namespace) -> int:
    folder = await asyncio.to_thread(read, asked.folder)
    if asked.city:
        async with local.opened(settings) as (registrar, _):
            findings: Sequence[Finding] = await registrar.check(submission_of(folder))
    else:
        found = await asyncio.to_thread(checked, submission_of(folder), _core(settings))
        findings = found.findings
    return _findings(asked, folder, findings)


def _core(settings: Settings) -> Any:
    zone = ZoneInfo(Pack.of(settings.city).city["zone"])
    return build(zone)._schema  # noqa: SLF001 - the graphql-core schema inside


async def _rehearse_here(settings: Settings, asked: argparse.Namespace) -> int:
    """A rehearsal without a registry: nothing is read of the database, nothing is kept."""
    folder = await asyncio.to_thread(read, asked.folder)
    found = await asyncio.to_thread(checked, submission_of(folder), _core(settings))
    if not found.ok:
        return _findings(asked, folder, found.findings)
    pack = Pack.of(settings.city)
    services = local.services_of(settings, pack, ZoneInfo(pack.city["zone"]))
    try:
        tried = await rehearsed(found, local.Alone(services), live=not asked.recorded_only)
    finally:
        await services.web.aclose()
    return _report(asked, folder, tried.report)


async def _with_folder(registry: Registry, asked: argparse.Namespace) -> int:
    folder = await asyncio.to_thread(read, asked.folder)
    submission = submission_of(folder)
    if asked.action == "rehearse":
        return _report(asked, folder, await registry.test(submission, local.OPERATOR))
    if asked.action == "register":
        payload = await registry.register(submission, local.OPERATOR)
        if any(error.code is ErrorCode.CONFLICT for error in payload.errors):
            say(SAID["known"].pick(asked.lang).format(key=submission.key), aside=True)
    else:
        version = asked.version or await _version(registry, submission.key)
        payload = await registry.update(submission.key, version, submission, local.OPERATOR)
    return _payload(asked, payload, folder)


async def _version(registry: Registry, key: str) -> int:
    """The version an update takes the place of."""
    found = await registry.dossier(key)
    if found is None:
        raise LookupError(f"no connector {key!r} is registered: use `connectors register`")
    return found.current or found.version


def _findings(asked: argparse.Namespace, folder: Folder, findings: Sequence[Finding]) -> int:
    shown = ordered(findings)
    good = not blocking(shown)
    if asked.json:
        print_json({"ok": good, "problems": [as_json(finding) for finding in shown]})
        return 0 if good else 1
    _print_findings(asked, folder, shown)
    say(SAID["good" if good else "bad"].pick(asked.lang))
    return 0 if good else 1


def _print_findings(
    asked: argparse.Namespace, folder: Folder | None, findings: Sequence[Finding]
) -> None:
    for finding in ordered(findings):
        say(
            told(
                finding,
                asked.lang,
                folder=folder.path if folder else None,
                texts=folder.texts if folder else None,
            )
        )
    if findings:
        say(summary(findings, asked.lang))


def _report(asked: argparse.Namespace, folder: Folder, report: ConnectorTestReport) -> int:
    if asked.json:
        print_json(
            {
                "ok": report.ok,
                "problems": [as_json(finding) for finding in ordered(report.problems)],
                "sample": list(report.sample),
                "coverage": [
                    {"field": c.field, "level": c.level.value, "note": c.note}
                    for c in report.coverage
                ],
                "latencyMs": dict(report.latency_ms or {}),
            }
        )
        return 0 if report.ok else 1
    _print_findings(asked, folder, report.problems)
    for name, ms in (report.latency_ms or {}).items():
        say(f"  {name}: {ms:.0f} ms")
    if report.coverage:
        filled = sum(c.level.value != "NONE" for c in report.coverage)
        say(SAID["coverage"].pick(asked.lang).format(filled=filled, all=len(report.coverage)))
        for one in report.coverage:
            if one.level.value != "FULL":
                say(f"  {one.field}: {one.level.value}{f' ({one.note})' if one.note else ''}")
    if report.sample:
        say(SAID["samples"].pick(asked.lang))
        print_json(list(report.sample[:5]))
    say(SAID["rehearsed" if report.ok else "bad"].pick(asked.lang))
    return 0 if report.ok else 1


# ------------------------------------------------------------------------------- the registry


async def _list(registry: Registry, asked: argparse.Namespace) -> int:
    found = await registry.dossiers()
    if asked.json:
        print_json([_dossier(one) for one in found])
        return 0
    if not found:
        say(SAID["nothing"].pick(asked.lang))
    width = max((len(one.key) for one in found), default=0)
    for one in found:
        state = STATES[one.state].pick(asked.lang)
        mark = SAID["drifted"].pick(asked.lang) if one.drift else ""
        say(f"{one.key:<{width}}  {state:<14}  v{one.version:<4} {one.app}  {mark}".rstrip())
    return 0


async def _shown(registry: Registry, asked: argparse.Namespace) -> int:
    found = await registry.dossier(asked.key)
    if found is None:
        raise LookupError(f"no connector {asked.key!r} is registered")
    if asked.action == "history":
        lines = await registry.versions(asked.key)
        if asked.json:
            print_json([_version_line(one) for one in lines])
        for one in () if asked.json else lines:
            state = STATES[one.state].pick(asked.lang)
            here = "*" if one.active else " "
            note = f"  {one.note}" if one.note else ""
            say(f"{here} v{one.version:<4} {one.at:%Y-%m-%d %H:%M}  {state:<14}  {one.by}{note}")
        return 0
    if asked.json:
        print_json(_dossier(found))
        return 0
    _print_dossier(asked, found)
    _print_findings(asked, None, found.problems)
    return 0


def _print_dossier(asked: argparse.Namespace, found: Dossier) -> None:
    lang = asked.lang
    say(f"{found.key}  {STATES[found.state].pick(lang)}  v{found.version}  ({found.app})")
    if found.waiting:
        say(SAID["waits"].pick(lang).format(version=found.current))
        for reason in found.waiting:
            say(f"  - {reason.pick(lang)}")
    if found.reason:
        say(f"  {found.reason}")
    for change in found.drift:
        say(f"  {SAID['drifted'].pick(lang)}: {change}")


async def _decided(registry: Registry, asked: argparse.Namespace) -> int:
    by = local.OPERATOR
    match asked.action:
        case "approve":
            payload = await registry.approve(asked.key, asked.version, asked.note, by)
        case "withdraw":
            payload = await registry.withdraw(asked.key, asked.reason, by)
        case "refuse":
            payload = await registry.refuse(asked.key, asked.version, asked.reason, by)
        case "rollback":
            payload = await registry.roll_back(asked.key, asked.version, by)
        case "refresh":
            payload = await registry.refresh(asked.key, by)
        case _:
            on = asked.action == "enable"
            state = ConnectorState.ENABLED if on else ConnectorState.DISABLED
            payload = await registry.set_state(asked.key, state, asked.reason, by)
    return _payload(asked, payload, None)


def _payload(asked: argparse.Namespace, payload: ConnectorPayload, folder: Folder | None) -> int:
    good = not payload.errors
    if asked.json:
        print_json(
            {
                "ok": good,
                "errors": [
                    {
                        "code": error.code.value,
                        "message": dict(error.message.by_lang),
                        "path": list(error.path),
                    }
                    for error in payload.errors
                ],
                "problems": [as_json(finding) for finding in ordered(payload.problems)],
                "connector": _dossier(payload.dossier) if payload.dossier else None,
            }
        )
        return 0 if good else 1
    if folder is not None and payload.problems:
        _print_findings(asked, folder, payload.problems)
    if not payload.problems or not blocking(list(payload.problems)):
        for error in payload.errors:
            say(f"{error.code.value}: {error.message.pick(asked.lang)}")
    if payload.dossier is not None:
        _print_dossier(asked, payload.dossier)
    say(SAID["done" if good else "bad"].pick(asked.lang))
    return 0 if good else 1


def _dossier(found: Dossier) -> Mapping[str, Any]:
    return {
        "key": found.key,
        "app": found.app,
        "team": found.team,
        "state": found.state.value,
        "version": found.version,
        "current": found.current,
        "waiting": [dict(reason.by_lang) for reason in found.waiting],
        "reason": found.reason,
        "drift": list(found.drift),
        "problems": [as_json(finding) for finding in found.problems],
    }


def _version_line(one: ConnectorVersion) -> Mapping[str, Any]:
    return {
        "version": one.version,
        "state": one.state.value,
        "active": one.active,
        "at": one.at,
        "by": one.by,
        "note": one.note,
    }


# ------------------------------------------------------------------------------- new, watch


def _new(asked: argparse.Namespace) -> int:
    made, files = started(asked)
    if asked.json:
        print_json(
            {
                "files": [str(file) for file in files],
                "personal": list(made.personal),
                "odd": list(made.odd),
            }
        )
        return 0
    for file in files:
        say(str(file))
    for field in made.personal:
        say(SAID["personal"].pick(asked.lang).format(field=field))
    for field in made.odd:
        say(SAID["odd"].pick(asked.lang).format(field=field))
    say(SAID["started"].pick(asked.lang).format(folder=asked.folder))
    return 0


async def _watch(settings: Settings, asked: argparse.Namespace) -> int:
    path = Path(asked.what)
    if await asyncio.to_thread(path.is_dir):
        return await _watch_folder(settings, asked, path)
    async with local.opened(settings) as (registrar, watcher):
        if await registrar.dossier(asked.what) is None:
            raise LookupError(f"{asked.what!r} is no folder, and no connector with this key")
        changes = await watcher.look(asked.what)
    if asked.json:
        print_json({"ok": not changes, "problems": [as_json(finding) for finding in changes]})
    else:
        _print_findings(asked, None, changes)
        say(SAID["drifted" if changes else "as_recorded"].pick(asked.lang))
    return 1 if changes else 0


async def _watch_folder(settings: Settings, asked: argparse.Namespace, path: Path) -> int:
    """Check the folder at once and whenever its texts change, until it is interrupted."""
    core = _core(settings)
    last: Mapping[str, str] | None = None
    while True:
        try:
            folder = await asyncio.to_thread(read, path)
        except ValueError as error:
            # While an editor saves, a file may be missing for a moment.
            texts: Mapping[str, str] = {"": str(error)}
            if texts != last:
                say(str(error))
        else:
            texts = folder.texts
            if texts != last:
                found = await asyncio.to_thread(checked, submission_of(folder), core)
                _findings(asked, folder, found.findings)
        last = texts
        await asyncio.sleep(1.0)
