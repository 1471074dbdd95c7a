"""Kept answers over HTTP: who may share one, by what it is found, and what its headers say.

| answer | Cache-Control | ETag | Age |
|--|--|--|--|
| kept | public, max-age: seconds it holds from when it was made | yes | seconds since then |
| by GET, not kept, for everybody | public, no-cache | yes | |
| by GET, errors | no-store | | |
| for one caller | private, no-store | | |
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from gateway.execution.answers import Asker
from gateway.execution.answers.kept import etag
from gateway.execution.exchange import Outcome
from gateway.language import preferred
from gateway.transport.negotiation import JSON
from gateway.transport.writing import Written, head_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from starlette.types import Scope

    from gateway.execution.answers import AnswerCache, Kept
    from gateway.execution.exchange import Answer

MOST_BODY = 8_192
"""Bytes of a request that is remembered as it came."""
PRIVATE = {"Cache-Control": "private, no-store"}
NOT_STORED = {"Cache-Control": "no-store"}


def asker_of(scope: Scope, public_url: str = "") -> Asker | None:
    """What an answer to a caller without a name rests on; None for one who says who it is."""
    accepted: bytes | None = None
    host = b""
    for name, value in scope["headers"]:
        if name == b"accept-language":
            if accepted is not None:
                return None  # several of them: only the first would be read
            accepted = value
        elif name == b"host":
            host = value
        elif name == b"authorization":
            return None
    base = public_url or (scope["scheme"], host, scope.get("root_path", ""))
    return Asker(_language(accepted or b""), base)


@lru_cache(maxsize=512)
def _language(accepted: bytes) -> str:
    return preferred(accepted.decode("latin-1"))


class Keeping:
    """The answer cache as the endpoint sees it.

    `asker` says what of a request, beside its question, an answer rests on; None: it is not for
    others.
    """

    def __init__(self, cache: AnswerCache, asker: Callable[[Scope], Asker | None]) -> None:
        self.cache = cache
        self.asker = asker

    def at_hand(self, scope: Scope, asked: bytes, media_type: str) -> Written | None:
        """The answer to a request, if one that was equal byte by byte had one that still holds."""
        asker = self.asker(scope)
        if asker is None:
            return None
        kept = self.cache.at_hand((asker, asked))
        return None if kept is None else self.shown(kept, media_type)

    def remember(self, kept: Kept, asker: Asker, asked: bytes) -> None:
        """Let `at_hand` find an answer by the bytes of a body or of a query string."""
        if len(asked) <= MOST_BODY:
            self.cache.remember(kept, (asker, asked), len(asked))

    def shown(self, kept: Kept, media_type: str) -> Written:
        """A kept answer as it is sent now; the same object within a second of its age."""
        age = int(kept.age(self.cache.clock.monotonic()))
        known = kept.faces.get(media_type)
        if known is not None and known[0] == age:
            shown = known[1]
            assert isinstance(shown, Written)  # noqa: S101 - nobody else puts something there
            return shown
        seconds = int(kept.seconds)
        fresh = f"public, max-age={seconds}" if seconds > 0 else "public, no-cache"
        more = {"ETag": _tag(kept.etag, media_type), "Cache-Control": fresh, "Age": str(age)}
        shown = Written(kept.body, 200, media_type, more)
        shown.head = head_of(shown)
        kept.faces[media_type] = age, shown
        return shown


def headers_for(
    said: Written, answer: Answer, scope: Scope, *, shared: bool
) -> Mapping[str, str] | None:
    """What is said of an answer that is not kept here; `shared`: another could have asked for it."""
    if any(name == b"authorization" for name, _ in scope["headers"]):
        return PRIVATE
    if scope["method"] == "POST":
        return None  # nobody keeps the answer to a POST that says nothing
    if said.status != 200 or answer.outcome is not Outcome.ANSWERED or answer.errors:
        return NOT_STORED
    if not shared:
        return PRIVATE
    return {"ETag": _tag(etag(said.body), said.media_type), "Cache-Control": "public, no-cache"}


def is_known(scope: Scope, answer: Written) -> bool:
    """Whether the caller has this answer already (If-None-Match, RFC 9110, section 13.1.2)."""
    own = (answer.more or {}).get("ETag")
    if own is None or answer.status != 200 or scope["method"] not in {"GET", "HEAD"}:
        return False
    told = [value for name, value in scope["headers"] if name == b"if-none-match"]
    if not told:
        return False
    tags = {
        each.strip().removeprefix("W/") for each in b",".join(told).decode("latin-1").split(",")
    }
    return own in tags or tags == {"*"}


def _tag(digest: str, media_type: str) -> str:
    """One for each way of sending the same bytes."""
    return f'"{digest}"' if media_type == JSON else f'"{digest}-r"'
