"""What teams and operators do with connectors and apps: who may, and what is asked of the registrar."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from connectors.declarative.submission import (
    SDL_FILE,
    SETTINGS_FILE,
    RecordedFile,
    Submission,
)
from connectors.ports.common import ErrorCode
from connectors.ports.connectors import ConnectorState
from resolvers.context import Context, Role
from resolvers.permissions import may, may_manage, need, need_app, need_team
from resolvers.problems import Refusal, bad_input
from resolvers.registrar import (
    AppDraft,
    AppPayload,
    ConnectorPayload,
    ConnectorTestReport,
    ConnectorVersion,
    Dossier,
    Registrar,
)

SDL_LONGEST = 256 * 1024
SETTINGS_LONGEST = 64 * 1024
TEST_LONGEST = 512 * 1024
"""Characters of each kind of file."""
TESTS_MOST = 100
ALL_LONGEST = 900_000
"""Characters of all files together."""
TRIALS_MOST = 5
"""Connectors that one operation may try, register, update or refresh: each may take seconds."""
WORDS_LONGEST = 1000
"""Characters of a note or a reason."""

_KEY = re.compile(r"[a-z0-9][a-z0-9-]{0,62}[a-z0-9]", re.ASCII)


def submission(key: str, app: str, sdl: str, settings: str, tests: Sequence[str]) -> Submission:
    """The texts of a folder as one thing. Raises BAD_INPUT for what is no name or too long."""
    for name, text in (("key", key), ("app", app)):
        if _KEY.fullmatch(text) is None:
            message = (
                f"`input.{name}` must be 2 to 64 small letters, digits and dashes, with a letter or "
                "digit at both ends."
            )
            raise bad_input(message)
    bounded("input.sdl", sdl, SDL_LONGEST, f"split {SDL_FILE} into several connectors")
    bounded("input.settings", settings, SETTINGS_LONGEST, f"shorten {SETTINGS_FILE}")
    if len(tests) > TESTS_MOST:
        raise bad_input(
            f"`input.tests` may hold at most {TESTS_MOST} files; there are {len(tests)}."
        )
    for text in tests:
        bounded("input.tests", text, TEST_LONGEST, "record a shorter answer")
    if len(sdl) + len(settings) + sum(map(len, tests)) > ALL_LONGEST:
        raise bad_input(f"`input` may hold at most {ALL_LONGEST} characters in all its texts.")
    files = (RecordedFile(f"tests/{number}.yaml", text) for number, text in enumerate(tests, 1))
    return Submission(key, app, sdl, settings, tuple(files))


def bounded(place: str, text: str, longest: int, remedy: str) -> str:
    """The text. Raises BAD_INPUT when it is longer, and for half a character."""
    if len(text) > longest:
        raise bad_input(f"`{place}` may have at most {longest} characters; {remedy}.")
    try:
        text.encode()
    except UnicodeEncodeError:
        raise bad_input(f"`{place}` holds half of a character (a lone surrogate).") from None
    return text


# ------------------------------------------------------------------------------- connectors


async def register(context: Context, handed_in: Submission) -> ConnectorPayload:
    """Register a connector for an app of the caller."""
    need_app(context, handed_in.app, "registerConnector")
    _one_more(context)
    return await _registrar(context).register(handed_in, context.caller)


async def update(
    context: Context, key: str, version: int, handed_in: Submission
) -> ConnectorPayload:
    """A new version of a connector of the caller."""
    await _own(context, key, "updateConnector")
    need_app(context, handed_in.app, "updateConnector")
    _one_more(context)
    return await _registrar(context).update(key, version, handed_in, context.caller)


async def test(context: Context, handed_in: Submission) -> ConnectorTestReport:
    """Try a connector without keeping anything."""
    need_app(context, handed_in.app, "testConnector")
    known = await _registrar(context).dossier(handed_in.key)
    if known is not None:
        # A trial speaks with the secrets of its key.
        _need_own(context, known, "testConnector")
    _one_more(context)
    return await _registrar(context).test(handed_in, context.caller)


async def set_state(
    context: Context, key: str, state: ConnectorState, reason: str
) -> ConnectorPayload:
    """Switch a connector on or off, or set it aside."""
    need(context, Role.ADMIN, "setConnectorState")
    words = _words("reason", reason)
    return await _registrar(context).set_state(key, state, words, context.caller)


async def approve(context: Context, key: str, version: int, note: str | None) -> ConnectorPayload:
    """Let a waiting version serve."""
    need(context, Role.ADMIN, "approveConnector")
    words = None if note is None else _words("note", note)
    return await _registrar(context).approve(key, version, words, context.caller)


async def refuse(context: Context, key: str, version: int, reason: str) -> ConnectorPayload:
    """Turn a waiting version down."""
    need(context, Role.ADMIN, "refuseConnector")
    words = _words("reason", reason)
    return await _registrar(context).refuse(key, version, words, context.caller)


async def withdraw(context: Context, key: str, reason: str) -> ConnectorPayload:
    """Take a connector out of the city."""
    need(context, Role.ADMIN, "withdrawConnector")
    words = _words("reason", reason)
    return await _registrar(context).withdraw(key, words, context.caller)


async def roll_back(context: Context, key: str, version: int) -> ConnectorPayload:
    """Let an earlier version serve again."""
    await _own(context, key, "rollbackConnector")
    return await _registrar(context).roll_back(key, version, context.caller)


async def refresh(context: Context, key: str) -> ConnectorPayload:
    """Look at a connector's system now."""
    await _own(context, key, "refreshConnector")
    _one_more(context)
    return await _registrar(context).refresh(key, context.caller)


# ------------------------------------------------------------------------------- apps


async def publish_app(context: Context, draft: AppDraft) -> AppPayload:
    """Publish an application beyond the register."""
    need_app(context, draft.slug, "publishApp")
    if (draft.publiccode is None) == (draft.publiccode_url is None):
        raise bad_input("Give one of `input.publiccode` and `input.publiccodeUrl`.")
    if draft.publiccode is not None and not isinstance(draft.publiccode, Mapping):
        raise bad_input("`input.publiccode` must be an object, as publiccode.yml is one.")
    return await _registrar(context).publish_app(draft, context.caller)


async def approve_app(context: Context, slug: str, note: str | None) -> AppPayload:
    """Let a published application be seen."""
    need(context, Role.ADMIN, "approveApp")
    words = None if note is None else _words("note", note)
    return await _registrar(context).approve_app(slug, words, context.caller)


async def refuse_app(context: Context, slug: str, reason: str) -> AppPayload:
    """Turn a published application down."""
    need(context, Role.ADMIN, "refuseApp")
    words = _words("reason", reason)
    return await _registrar(context).refuse_app(slug, words, context.caller)


# ------------------------------------------------------------------------------- reading


async def dossier(context: Context, source: Any, field: str) -> Dossier | None:
    """What the registry knows of a source; None for one that was not registered.

    Raises FORBIDDEN unless it is the caller's own.
    """
    need_app(context, source.binding.app, field)
    if context.registrar is None:
        return None
    found = await context.registrar.dossier(source.key)
    if found is not None:
        _need_own(context, found, field)
    return found


async def versions(context: Context, source: Any) -> tuple[ConnectorVersion, ...] | None:
    """The history of a source, newest first; None for one that was not registered."""
    if await dossier(context, source, "Connector.versions") is None:
        return None
    return await _registrar(context).versions(source.key)


async def _own(context: Context, key: str, what: str) -> None:
    """What is registered under a key. Raises FORBIDDEN unless the caller may manage it.

    An operator hears NOT_FOUND from the registrar; a team is told the same for a connector of
    another team and for none.
    """
    need_team(context, what)
    found = await _registrar(context).dossier(key)
    if found is None:
        need_app(context, None, what)
    else:
        _need_own(context, found, what)


def _is_own(context: Context, found: Dossier) -> bool:
    """Whether the caller may manage a connector: its app and its team are the caller's."""
    if may(context, Role.ADMIN):
        return True
    return may_manage(context, found.app) and found.team == context.caller.team


def _need_own(context: Context, found: Dossier, what: str) -> None:
    need_app(context, found.app if _is_own(context, found) else None, what)


def _one_more(context: Context) -> None:
    """Raises TOO_COMPLEX for an operation that would try very many connectors, one by one."""
    context.trials += 1
    if context.trials > TRIALS_MOST:
        message = f"One operation may try or register at most {TRIALS_MOST} connectors; ask again."
        raise Refusal(ErrorCode.TOO_COMPLEX, message)


def _words(place: str, text: str) -> str:
    bounded(place, text, WORDS_LONGEST, "say it shorter")
    if not text.strip():
        raise bad_input(f"`{place}` must say something: it is kept in the history.")
    return text.strip()


def _registrar(context: Context) -> Registrar:
    if context.registrar is None:
        raise Refusal(ErrorCode.INTERNAL, "Nothing can be registered here: no registry is open.")
    return context.registrar
