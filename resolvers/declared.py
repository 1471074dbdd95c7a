"""Asking the systems of app teams: one question, or many keys of one tick at once.

What a team's system says of its failures is the team's own text, so it is cut short and masked
before a caller sees it; how it is reached, kept and counted is the connector's upkeep.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from aiodataloader import DataLoader

from connectors import errors
from connectors.declarative.answers import Failure
from connectors.declarative.mapping import ABSENT
from connectors.declarative.masking import HIDDEN, masked_text
from connectors.declarative.masking import masked as masked_value
from connectors.declarative.model import Connect
from connectors.switchboard import Answered, Source
from resolvers.context import Context, ask, degraded, failed
from resolvers.problems import Refusal, explain

LONGEST_MESSAGE = 300
"""Code points of a team's own message that a caller sees."""
LONGEST_EXTENSIONS = 2_000
"""Characters of what a team says beside it, as JSON."""
_SECRET = re.compile(
    r"\b(?:bearer|basic)\s+[\w.~+/=-]+"
    r"|\b(?:api[_-]?key|token|secret|password|passwd|sandi|kunci)\b[\"']?\s*[:=]\s*\S+"
    r"|\b(?=[\w.-]*\d)[A-Za-z0-9_-]{16,}(?:\.[A-Za-z0-9_-]{8,})*\b"  # a token, a long number
    r"|https?://\S+",
    re.IGNORECASE,
)
_SECRET_NAME = re.compile(
    r"api[_-]?key|token|secret|password|passwd|authorization|cookie|credential|sandi|kunci",
    re.IGNORECASE,
)
"""What stands under such a name is no caller's business, whatever it is."""


class TeamFailure(Refusal):
    """A team's system answered that it could not, and its description says how to tell it."""


def masked(text: str) -> str:
    """A text without what says something of a person, what looks like a secret, and addresses."""
    return _SECRET.sub(HIDDEN, masked_text(text))


async def answer(context: Context, key: str, connect: Connect, variables: Mapping[str, Any]) -> Any:
    """What a connector makes of its system's answer; None when there is nothing.

    Raises ConnectorError, or TeamFailure, or TOO_COMPLEX when the request asked too much already.
    """
    context.spend()
    source = _source(context, key)
    try:
        answered = await ask(
            context, source, lambda app: app.ask(connect, variables, headers=context.headers)
        )
    except errors.ConnectorError as error:
        _note(context, error)
        raise
    outcome = answered.value
    if outcome.failure is not None:
        raise told(context, key, outcome.failure)
    return None if outcome.value is ABSENT else outcome.value


def misshapen(context: Context, key: str) -> None:
    """Note that a part of a source's answer was not what the graph promises."""
    trouble = errors.Unreadable("not of the promised type", source=key)
    status = degraded(key, Answered(None, trouble, partial=True))
    if status is not None:
        context.note(status)


class Keyed:
    """Values of one type by key, asked once per tick for all that are wanted.

    `names` are the fields of the key. `$batch` asks for many at once; `$this` and `$args` once
    for each key. `finish` is called once with every value that was found.
    """

    def __init__(
        self,
        key: str,
        connect: Connect,
        variable: str,
        names: Sequence[str],
        finish: Callable[[Context, Any], Any],
        *,
        needed: Sequence[str] | None = None,
    ) -> None:
        self.key = key
        self.connect = connect
        self.variable = variable
        self.names = tuple(names)
        self.needed = self.names if needed is None else tuple(needed)
        """The fields of the key without which nobody can be asked."""
        self._finish = finish

    def fits(self, row: Mapping[str, Any]) -> bool:
        """Whether these fields hold the key."""
        return all(row.get(name) is not None for name in self.needed)

    async def __call__(self, context: Context, row: Mapping[str, Any]) -> Any:
        """The finished value for the key in `row`; None when the system knows none.

        The answer is shared with all who ask for the same key, so it is shielded from whoever
        is cancelled.
        """
        held = [name for name in self.names if row.get(name) is not None]
        wanted = {name: row[name] for name in held} if self.names else dict(row)
        return await asyncio.shield(self._loader(context).load(wanted))

    def _loader(self, context: Context) -> DataLoader[Any, Any]:
        loader = context.loaders.get(self)
        if loader is None:

            async def load(keys: list[Any]) -> list[Any]:
                return await self._load(context, keys)

            loader = context.loaders[self] = DataLoader(load, get_cache_key=_mark)
        return loader

    async def _load(self, context: Context, keys: list[dict[str, Any]]) -> list[Any]:
        if self.variable == "$batch":
            found = await self._batch(context, keys)
        else:
            each = (answer(context, self.key, self.connect, {self.variable: key}) for key in keys)
            found = await asyncio.gather(*each, return_exceptions=True)
        return [
            value
            if value is None or isinstance(value, BaseException)
            else self._finish(context, value)
            for value in found
        ]

    async def _batch(self, context: Context, keys: list[dict[str, Any]]) -> Sequence[Any]:
        try:
            context.spend(-(-len(keys) // (self.connect.batch_size or len(keys))))
            source = _source(context, self.key)
            answered = await ask(
                context,
                source,
                lambda app: app.ask_batch(self.connect, keys, {}, headers=context.headers),
            )
        except errors.ConnectorError as error:
            _note(context, error)
            return [error] * len(keys)
        except Refusal as refusal:
            return [refusal] * len(keys)
        return [self._item(context, value) for value in answered.value]

    def _item(self, context: Context, value: Any) -> Any:
        """What became of one key of many: its value, or why it has none."""
        if isinstance(value, Failure):
            return told(context, self.key, value)
        if isinstance(value, errors.ConnectorError):
            value.source = value.source or self.key
            _note(context, value)
        return None if value is ABSENT else value


def _note(context: Context, error: errors.ConnectorError) -> None:
    """Name the source as ill; one that was asked what nobody can answer is well."""
    if not isinstance(error, errors.Rejected):
        context.note(failed(error))


def _mark(key: Mapping[str, Any]) -> str:
    return json.dumps(key, sort_keys=True, default=str)


def _source(context: Context, key: str) -> Source[Any]:
    source = context.switchboard.get(key)
    if source is None:
        error = errors.NotConfigured("no longer on the board", source=key)
        context.note(failed(error))
        raise error
    return source


# ------------------------------------------------------------------------------- failures


def told(context: Context, key: str, failure: Failure) -> TeamFailure:
    """A system's own failure as the caller gets it; noted where it is the system that is ill."""
    status = _status(failure)
    if status in (408, 504):
        kind: type[errors.ConnectorError] = errors.TimedOut
    elif status >= 500 or status in (401, 403):
        kind = errors.Broken
    elif status == 429:
        kind = errors.Overloaded
    else:
        kind = errors.Rejected
    trouble = kind(source=key)
    if kind is not errors.Rejected:
        context.note(failed(trouble))
    code, sentence = explain(trouble)
    message = masked(failure.message)[:LONGEST_MESSAGE]
    more = {
        "pesan": sentence.pick("id"),
        "source": key,
        "connectors": {"code": masked(failure.code)[:64], **_shown(failure.extensions)},
    }
    return TeamFailure(code, message, more=more)


def _status(failure: Failure) -> int:
    """The status of the answer; a team's own words for it (`http: …`) change nothing about it."""
    if failure.status:
        return failure.status
    http = failure.extensions.get("http")
    status = http.get("status") if isinstance(http, Mapping) else None
    return status if isinstance(status, int) else 0


def _shown(extensions: Mapping[str, Any]) -> dict[str, Any]:
    """What a team says beside its message, masked; without its own words where they are too long."""
    shown: dict[str, Any] = _covered(extensions)
    if len(json.dumps(shown, default=str)) <= LONGEST_EXTENSIONS:
        return shown
    return {name: shown[name] for name in ("http", "service", "connector") if name in shown}


def _covered(value: Any) -> Any:
    if isinstance(value, str):
        return masked(value)
    if isinstance(value, Mapping):
        return {
            masked(str(name)): HIDDEN if _SECRET_NAME.search(str(name)) else _covered(inner)
            for name, inner in value.items()
        }
    if isinstance(value, (list, tuple)):
        return [_covered(inner) for inner in value]
    return masked_value(value)
