"""What one request carries down: who asks, in which language, on which switchboard."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from typing import TYPE_CHECKING, Any, Protocol, TypeVar
from zoneinfo import ZoneInfo

from connectors import errors
from connectors.ports import roles
from connectors.ports.common import ErrorCode, GeoPoint, Text, must_text
from connectors.ports.connectors import SourceState, SourceStatus
from connectors.switchboard import Answered, Source, Switchboard
from resolvers import problems
from resolvers.rests import Rests

if TYPE_CHECKING:
    from resolvers.registrar import Registrar

P = TypeVar("P")
T = TypeVar("T")


Role = roles.Role
"""Who a caller may be; a partial order, see `connectors.ports.roles`."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks. A caller without a token is PUBLIC and nothing else."""

    roles: frozenset[Role] = frozenset({Role.PUBLIC})
    name: str = ""
    """As it is written into histories: the label of a key, never a citizen's name."""
    team: str | None = None
    """The app team it acts for."""
    apps: frozenset[str] = frozenset()
    """Slugs of the apps it may manage."""
    key_id: str | None = None
    """Number of the key it came with; no part of the key's text."""
    subject: str | None = field(default=None, repr=False)
    """Who it is, for what belongs to a person: the same at every sign-in, of no meaning elsewhere.

    Made of what the identity provider calls it, which cannot be read back from it. None for keys
    and for callers without a token.
    """
    mark: str = ""
    """What logs may say of a person: made of the subject, and not the other way round."""
    departments: frozenset[str] = frozenset()
    """Codes of the departments it acts for."""
    person: str | None = field(default=None, repr=False)
    """Its name as the identity provider tells it. Personal: shown to the caller alone, kept nowhere."""
    language: str | None = None
    """The language it asked its identity provider for, as the graph calls it."""
    expires_at: datetime | None = None
    """When its token ends; None for one that does not end by itself, or is looked up each time."""


def _now() -> datetime:
    return datetime.now(UTC)


async def _ready() -> bool:
    return True


class HasPath(Protocol):
    """What a GraphQL path looks like from here."""

    prev: Any
    key: str | int


@dataclass(slots=True)
class Context:
    """One request. Made by the front door, never shared between requests."""

    switchboard: Switchboard
    lang: str = "id"
    caller: Caller = Caller()
    base_url: str = ""
    """Address of the gateway as the caller sees it, without a slash at the end."""
    version: str = ""
    ready: Callable[[], Awaitable[bool]] = _ready
    """Whether the gateway has what it needs to answer."""
    now: Callable[[], datetime] = _now
    zone: tzinfo = ZoneInfo("Asia/Jakarta")
    """The city's zone: what "today" means."""
    centre: GeoPoint | None = None
    """The middle of the city, for callers who do not say where they are."""
    headers: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Those of the caller's request that may be passed on to the systems of app teams; names in
    small letters."""
    schema_hash: str = ""
    """Mark of the graph this request is answered by; empty: that of the city's own parts."""
    most_upstream_calls: int = 200
    """So many questions to the systems of app teams one request may cause."""
    upstream_calls: int = 0
    """How many it has caused."""
    loaders: dict[Any, Any] = field(default_factory=dict)
    """The batched look-ups of this request, by declaration."""
    statuses: dict[str, SourceStatus] = field(default_factory=dict)
    """Sources that had a problem while this request was answered, by key."""
    registrar: Registrar | None = None
    """Registers what app teams hand in; None where nothing can be registered."""
    trials: int = 0
    """Connectors that were tried or handed in by this request."""
    root_langs: dict[str | int, str] = field(default_factory=dict)
    """Language chosen by the `lang` argument of a root field, by response key."""
    rests: Rests = field(default_factory=Rests)
    """What the answer rests on."""

    def __post_init__(self) -> None:
        self.now = self.rests.noted(self.now)

    def lang_at(self, path: Any) -> str:
        """The language for a field: that of its root field's `lang`, else the caller's."""
        if not self.root_langs:
            return self.lang
        while path.prev is not None:
            path = path.prev
        return self.root_langs.get(path.key, self.lang)

    def note(self, status: SourceStatus) -> None:
        """Remember a source that had a problem, for `extensions.sources`; the worst one counts."""
        known = self.statuses.get(status.connector)
        if _BADNESS[status.state] > (_BADNESS[known.state] if known is not None else 0):
            self.statuses[status.connector] = status

    def spend(self, calls: int = 1) -> None:
        """Count questions that are about to be asked. Raises TOO_COMPLEX where they are too many."""
        if self.upstream_calls + calls > self.most_upstream_calls:
            message = (
                f"This operation needs more than {self.most_upstream_calls} questions to the "
                "systems of the city; ask for fewer items at a time, or for fewer fields."
            )
            raise problems.Refusal(ErrorCode.TOO_COMPLEX, message)
        self.upstream_calls += calls

    @property
    def problem_sources(self) -> list[dict[str, Any]]:
        """The sources that had a problem, ready for `extensions.sources`."""
        return [
            {
                "connector": status.connector,
                "state": status.state.value,
                "code": status.code.value if status.code else None,
                "message": status.message.pick(self.lang) if status.message else None,
                "asOf": self._written(status.as_of),
                "retryAfter": status.retry_after,
            }
            for status in self.statuses.values()
        ]

    def _written(self, moment: datetime | None) -> str | None:
        """A moment as the graph writes it: in the city's zone, in whole seconds."""
        return moment.astimezone(self.zone).isoformat(timespec="seconds") if moment else None


_BADNESS = {
    SourceState.OK: 0,
    SourceState.STALE: 1,
    SourceState.PARTIAL: 2,
    SourceState.TIMEOUT: 3,
    SourceState.DOWN: 3,
    SourceState.DISABLED: 3,
}
"""Whether a source answered well, with less than it should, or not at all."""


def failed(error: errors.ConnectorError) -> SourceStatus:
    """The status of a source that could not answer."""
    code, message = problems.explain(error)
    state = SourceState.DOWN
    if isinstance(error, errors.TimedOut):
        state = SourceState.TIMEOUT
    elif isinstance(error, (errors.SwitchedOff, errors.NotConfigured)):
        state = SourceState.DISABLED
    return SourceStatus(
        connector=error.source,
        state=state,
        code=None if isinstance(error, errors.NotConfigured) else code,
        message=message,
        retry_after=error.retry_after,
    )


_STILL = must_text(
    "Yang ditampilkan adalah data baik yang terakhir.", "What is shown is the last good data."
)
_MISSING = must_text("Sebagian data belum ada.", "A part of the data is missing.")


def degraded(source: str, answered: Answered[Any]) -> SourceStatus | None:
    """The status of a source that answered with less than it should; None for one that is well."""
    if answered.trouble is None:
        return None
    code, cause = problems.explain(answered.trouble)
    rest = _MISSING if answered.partial else _STILL
    return SourceStatus(
        connector=source,
        state=SourceState.PARTIAL if answered.partial else SourceState.STALE,
        code=code,
        message=Text({lang: f"{cause.pick(lang)} {words}" for lang, words in rest}),
        as_of=answered.fetched_at,
        retry_after=answered.trouble.retry_after,
    )


async def ask(
    context: Context,
    source: Source[P],
    question: Callable[[P], Awaitable[T]],
    *,
    records: Iterable[str] | None = None,
) -> Answered[T]:
    """A source's answer; what is wrong with it is noted. Raises ConnectorError.

    `records` are the local ids it is about, where it is about those alone.
    """
    context.rests.on_source(source.key, records)
    answered = await source.answer(question)
    if answered.fresh_for is not None:
        context.rests.for_seconds(answered.fresh_for)
    status = degraded(source.key, answered)
    if status is not None:
        context.note(status)
    return answered


def picked(words: Text | None, lang: str) -> str | None:
    """A text in a language, None when there is none."""
    return words.pick(lang) if words else None
