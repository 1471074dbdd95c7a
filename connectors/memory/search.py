"""An index in memory: every document looked at for every question."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime

from connectors.kinds import words
from connectors.memory.base import slice_of
from connectors.ports import geometry
from connectors.ports.common import Bucket, GeoPoint, Hit, Near, Origin, Page, Slice, SourceQuality
from connectors.ports.connectors import SearchType
from connectors.ports.search import Document, Found, SearchCriteria, Suggested


class MemorySearch:
    """A SearchSource over documents."""

    def __init__(self, name: str, documents: Sequence[Document], as_of: datetime) -> None:
        self.name = name
        self._documents = tuple(documents)
        self._as_of = as_of

    async def find(self, criteria: SearchCriteria, page: Page) -> Slice[Found]:
        near = criteria.where.point if isinstance(criteria.where, Near) else None
        pairs = list(self._matching(criteria))
        by_key: dict[str, GeoPoint | None] = {
            key_of(document): document.point for document, _ in pairs
        }
        cut = slice_of([found for _, found in pairs], page, lambda found: found.score)
        return Slice(
            hits=tuple(
                Hit(
                    hit.record,
                    hit.position,
                    _distance(near, by_key[hit.position.local]),
                )
                for hit in cut.hits
            ),
            more=cut.more,
        )

    async def count(self, criteria: SearchCriteria) -> int:
        return sum(1 for _ in self._matching(criteria))

    async def buckets(self, criteria: SearchCriteria, field: str) -> Sequence[Bucket]:
        counts = Counter(
            document.type.value if field == "type" else (document.area or "")[:8]
            for document, _ in self._matching(criteria)
        )
        return [Bucket(key, count) for key, count in counts.items() if key]

    async def suggest(
        self, prefix: str, types: Sequence[SearchType], lang: str, size: int
    ) -> Sequence[Suggested]:
        asked = words.tokens(prefix)
        counts = Counter(
            (document.title.pick(lang), document.type)
            for document in self._documents
            if asked and (not types or document.type in types)
            if all(any(t.startswith(a) for t in _title_tokens(document)) for a in asked)
        )
        best = sorted(
            counts.items(),
            key=lambda pair: (
                not words.begins(pair[0][0], asked), -pair[1], len(pair[0][0]), pair[0][0],
            ),
        )  # fmt: skip
        return [Suggested(label, kind, count) for (label, kind), count in best[:size]]

    def _matching(self, criteria: SearchCriteria) -> Iterator[tuple[Document, Found]]:
        asked = words.asked(criteria.q)
        for document in self._documents:
            if not asked or (criteria.types and document.type not in criteria.types):
                continue
            where = criteria.where
            if where is not None and not geometry.is_in(where, document.point, document.area):
                continue
            title, body = _title_tokens(document), _body_tokens(document)
            score = 0.0
            for token, stems in asked:
                in_title = _holds(title, token, stems)
                in_body = _holds(body, token, stems)
                if not in_title and not in_body:
                    break
                score += 10.0 * in_title + in_body
            else:
                yield document, self._found(document, score)

    def _found(self, document: Document, score: float) -> Found:
        quality = SourceQuality.SAMPLE if document.sample else SourceQuality.PUBLISHED
        return Found(
            origin=Origin(self.name, key_of(document), self._as_of, self._as_of, quality),
            type=document.type,
            id=document.id,
            score=score,
            title=document.title,
            highlights=(),
            opening_hours=document.opening_hours,
        )


def key_of(document: Document) -> str:
    """What breaks ties between documents of the same score."""
    return f"{document.type.value}:{document.id}"


def _title_tokens(document: Document) -> list[str]:
    return words.indexed(" ".join(value for _, value in document.title)).split()


def _body_tokens(document: Document) -> list[str]:
    texts = [
        text
        for one in document.body
        if one
        for text in ([one] if isinstance(one, str) else [value for _, value in one])
    ]
    return words.indexed(" ".join(texts)).split()


def _holds(tokens: Sequence[str], token: str, stems: Sequence[str]) -> bool:
    return any(one.startswith(token) for one in tokens) or any(stem in tokens for stem in stems)


def _distance(near: GeoPoint | None, point: GeoPoint | None) -> float | None:
    return None if near is None or point is None else geometry.distance_m(near, point)
