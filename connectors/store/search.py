"""The city's search index: SQLite's FTS5 or PostgreSQL's text search over the same words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from html import escape
from typing import Any

from sqlalchemy import (
    DDL,
    Boolean,
    Column,
    ColumnElement,
    Float,
    Index,
    Integer,
    MetaData,
    Row,
    Select,
    String,
    Table,
    UniqueConstraint,
    and_,
    bindparam,
    delete,
    event,
    func,
    insert,
    literal_column,
    or_,
    select,
    text,
)
from sqlalchemy import (
    Text as LongText,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from connectors import errors
from connectors.base import Tools
from connectors.kinds import words
from connectors.kinds.sql import Database
from connectors.ports import geometry
from connectors.ports.common import (
    Bucket,
    Hit,
    Near,
    Origin,
    Page,
    Position,
    ScopedId,
    Slice,
    SourceQuality,
)
from connectors.ports.connectors import Binding, SearchType
from connectors.ports.search import Document, Found, SearchCriteria, Suggested
from connectors.store.base import (
    Instant,
    Words,
    by_code_point,
    fits,
    located,
    metadata,
    place_columns,
    point_of,
    point_values,
)

BOOST = {SearchType.COMPLAINT: 0.5}
"""Complaints are many and alike; places and services of the same words come before them."""

documents = Table(
    "search_documents",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("type", String(16), nullable=False),
    Column("source", String(64), nullable=False),
    Column("local_id", String(255), nullable=False),
    Column("title", Words, nullable=False),
    Column("plain", LongText, nullable=False),
    Column("title_words", LongText, nullable=False),
    Column("body_words", LongText, nullable=False),
    Column("boost", Float, nullable=False),
    Column("opening_hours", String),
    Column("sample", Boolean, nullable=False),
    Column("indexed_at", Instant, nullable=False),
    *place_columns(),
    UniqueConstraint("type", "source", "local_id", name="uq_search_documents_record"),
    Index("ix_search_documents_place", "lat", "lng"),
)
"""`plain` holds what highlights are cut from; the `words` columns what is searched."""

_VECTOR = (
    "(setweight(to_tsvector('simple', {0}title_words), 'A')"
    " || setweight(to_tsvector('simple', {0}body_words), 'D'))"
)

CREATE = {
    "sqlite": (
        "CREATE VIRTUAL TABLE search_words USING fts5("
        "title_words, body_words, content='search_documents', content_rowid='id',"
        " tokenize='unicode61', prefix='2 3')"
    ),
    "postgresql": "CREATE INDEX ix_search_documents_words ON search_documents USING gin ("
    + _VECTOR.format("")
    + ")",
}
"""What makes the index, by dialect; the migration runs the same."""

for _dialect, _statement in CREATE.items():
    event.listen(documents, "after_create", DDL(_statement).execute_if(dialect=_dialect))  # type: ignore[no-untyped-call]  # SQLAlchemy leaves it so


async def open_search(binding: Binding, tools: Tools) -> StoreSearch:
    """The store's index as a system, see `connectors.registry`."""
    return StoreSearch(binding.key, tools.database, samples=tools.samples_shown)


class StoreSearch:
    """A SearchSource over the table `search_documents`."""

    def __init__(self, name: str, database: Database, *, samples: bool = True) -> None:
        self.name = name
        self._database = database
        self._samples = samples

    async def find(self, criteria: SearchCriteria, page: Page) -> Slice[Found]:
        asked = words.asked(criteria.q)
        if not asked:
            return Slice()
        score = self._score(asked)
        inner = (
            self._matching(criteria, asked, select(documents, score.label("score")))
        ).subquery()
        key = by_code_point(inner.c.type + ":" + inner.c.source + ":" + inner.c.local_id)
        statement = select(inner, key.label("key"))
        if page.after is not None:
            local = page.after.local
            if page.after.value is None or not fits(page.after.value, Float()):
                raise errors.Rejected("no place in this list", source=self.name)
            statement = statement.where(
                or_(
                    inner.c.score < page.after.value,
                    and_(inner.c.score == page.after.value, key > local),
                )
            )
        statement = statement.order_by(inner.c.score.desc(), key).limit(page.first + 1)
        rows = await self._database.rows(statement)
        near = criteria.where.point if isinstance(criteria.where, Near) else None
        return Slice(
            hits=tuple(
                Hit(
                    _found(row, asked, criteria.lang),
                    Position(row.score, self.name, row.key),
                    _distance(row, near),
                )
                for row in rows[: page.first]
            ),
            more=len(rows) > page.first,
        )

    async def count(self, criteria: SearchCriteria) -> int:
        asked = words.asked(criteria.q)
        if not asked:
            return 0
        statement = self._matching(criteria, asked, select(func.count()).select_from(documents))
        return int(await self._database.value(statement))

    async def buckets(self, criteria: SearchCriteria, field: str) -> Sequence[Bucket]:
        asked = words.asked(criteria.q)
        if not asked:
            return []
        # A kelurahan's code begins with its kecamatan's, eight signs long.
        column: Any = documents.c.type if field == "type" else func.substr(documents.c.area, 1, 8)
        statement = self._matching(
            criteria,
            asked,
            select(column.label("value"), func.count().label("number")).select_from(documents),
        )
        rows = await self._database.rows(
            statement.where(column.is_not(None)).group_by(literal_column("value"))
        )
        return [Bucket(row.value, row.number) for row in rows]

    async def suggest(
        self, prefix: str, types: Sequence[SearchType], lang: str, size: int
    ) -> Sequence[Suggested]:
        asked = [(token, ()) for token in words.tokens(prefix)][:12]
        if not asked:
            return []
        criteria = SearchCriteria(prefix, tuple(types), lang=lang)
        score = self._score(asked)
        statement = (
            self._matching(
                criteria,
                asked,
                select(documents.c.type, documents.c.title, score.label("score")),
                titles_only=True,
            )
            .order_by(score.desc(), documents.c.id)
            .limit(500)
        )
        rows = await self._database.rows(statement)
        counts = Counter((row.title.pick(lang), SearchType(row.type)) for row in rows)
        typed = [token for token, _ in asked]
        best = sorted(
            counts.items(),
            key=lambda pair: (
                not words.begins(pair[0][0], typed), -pair[1], len(pair[0][0]), pair[0][0],
            ),
        )  # fmt: skip
        return [Suggested(label, kind, count) for (label, kind), count in best[:size]]

    def _matching(
        self,
        criteria: SearchCriteria,
        asked: Sequence[tuple[str, tuple[str, ...]]],
        statement: Select[Any],
        *,
        titles_only: bool = False,
    ) -> Select[Any]:
        if self._database.dialect == "sqlite":
            question = _fts5(asked)
            if titles_only:
                question = f"title_words : ({question})"
            statement = statement.join(
                _SEARCH_WORDS, _SEARCH_WORDS.c.rowid == documents.c.id
            ).where(
                literal_column("search_words").op("MATCH")(
                    bindparam("question", question, unique=True)
                )
            )
        else:
            vector = (
                "setweight(to_tsvector('simple', search_documents.title_words), 'A')"
                if titles_only
                else _VECTOR.format("search_documents.")
            )
            statement = statement.where(literal_column(vector).op("@@")(_tsquery(asked)))
        if criteria.types:
            statement = statement.where(documents.c.type.in_([t.value for t in criteria.types]))
        if not self._samples:
            statement = statement.where(documents.c.sample.is_(False))
        if criteria.where is not None:
            statement = statement.where(located(documents, criteria.where))
        return statement

    def _score(self, asked: Sequence[tuple[str, tuple[str, ...]]]) -> ColumnElement[float]:
        rank: ColumnElement[float]
        if self._database.dialect == "sqlite":
            rank = -literal_column("bm25(search_words, 10.0, 1.0)", Float)
        else:
            rank = func.ts_rank(
                literal_column("'{0.1, 0.2, 0.4, 1.0}'::float4[]"),
                literal_column(_VECTOR.format("search_documents.")),
                _tsquery(asked),
                type_=Float,
            ).cast(Float)
        return rank * documents.c.boost


_SEARCH_WORDS = Table("search_words", MetaData(), Column("rowid", Integer))
# A table of its own list: FTS5 makes it, `CREATE` says how.


def _fts5(asked: Sequence[tuple[str, tuple[str, ...]]]) -> str:
    """The question in FTS5's language; tokens are letters and digits, so quoting is safe."""
    return " AND ".join(
        "(" + " OR ".join([f'"{token}" *', *(f'"{stem}"' for stem in stems)]) + ")"
        for token, stems in asked
    )


def _tsquery(asked: Sequence[tuple[str, tuple[str, ...]]]) -> ColumnElement[Any]:
    question = " & ".join(
        "(" + " | ".join([f"'{token}':*", *(f"'{stem}'" for stem in stems)]) + ")"
        for token, stems in asked
    )
    return func.to_tsquery(literal_column("'simple'::regconfig"), question)


def _found(row: Row[Any], asked: Sequence[tuple[str, tuple[str, ...]]], lang: str) -> Found:
    quality = SourceQuality.SAMPLE if row.sample else SourceQuality.PUBLISHED
    return Found(
        origin=Origin(row.source, row.local_id, row.indexed_at, row.indexed_at, quality),
        type=SearchType(row.type),
        id=ScopedId(row.source, row.local_id),
        score=row.score,
        title=row.title,
        highlights=tuple(_highlights([row.title.pick(lang), *row.plain.split("\n")], asked)),
        opening_hours=row.opening_hours,
    )


def _highlights(
    texts: Iterable[str], asked: Sequence[tuple[str, tuple[str, ...]]], most: int = 3
) -> Iterator[str]:
    """Texts that hold a word of the question, HTML-escaped, the words in <em>."""
    wanted = tuple(token for token, _ in asked)
    stems = {stem for _, found in asked for stem in found}
    given = 0
    for one in dict.fromkeys(texts):
        parts = [
            f"<em>{escape(word)}</em>" if _matches(word, wanted, stems) else escape(word)
            for word in one[:300].split(" ")
        ]
        if any(part.startswith("<em>") for part in parts):
            yield " ".join(parts)
            given += 1
        if given == most:
            return


def _matches(word: str, wanted: tuple[str, ...], stems: set[str]) -> bool:
    return any(
        token.startswith(wanted) or not stems.isdisjoint(words.stems(token))
        for token in words.tokens(word)
    )


def _distance(row: Row[Any], near: Any) -> float | None:
    point = point_of(row)
    return None if near is None or point is None else geometry.distance_m(near, point)


# ------------------------------------------------------------------------------- keeping it


async def index(
    connection: AsyncConnection, new: Iterable[Document], *, now: datetime, sources: Sequence[str]
) -> int:
    """Put documents into the place of all those of `sources`; how many they are."""
    await connection.execute(delete(documents).where(documents.c.source.in_(sources)))
    rows = [_values(document, now) for document in new]
    for start in range(0, len(rows), 500):
        await connection.execute(insert(documents), rows[start : start + 500])
    await _rebuild(connection)
    return len(rows)


async def put(connection: AsyncConnection, new: Document, *, now: datetime) -> None:
    """Put one document into the place of the one with its id, if there is one."""
    await _take(connection, new.type, new.id)
    await connection.execute(insert(documents).values(**_values(new, now)))
    await _rebuild(connection)


async def take(connection: AsyncConnection, kind: SearchType, record: ScopedId) -> None:
    """Make a record that is not findable any more one that nobody finds."""
    await _take(connection, kind, record)
    await _rebuild(connection)


async def _take(connection: AsyncConnection, kind: SearchType, record: ScopedId) -> None:
    await connection.execute(
        delete(documents).where(
            documents.c.type == kind.value,
            documents.c.source == record.source,
            documents.c.local_id == record.local,
        )
    )


async def _rebuild(connection: AsyncConnection) -> None:
    if connection.dialect.name == "sqlite":
        # The index reads the words from the table itself; this makes it anew.
        await connection.execute(text("INSERT INTO search_words(search_words) VALUES ('rebuild')"))


def _values(document: Document, now: datetime) -> dict[str, Any]:
    body = [one for one in document.body if one]
    titles = list(dict.fromkeys(words_ for _, words_ in document.title))
    plain = [
        text_
        for one in body
        for text_ in ([one] if isinstance(one, str) else [value for _, value in one])
    ]
    return {
        "type": document.type.value,
        "source": document.id.source,
        "local_id": document.id.local,
        "title": document.title,
        "plain": "\n".join(one.replace("\n", " ") for one in plain),
        "title_words": words.indexed(" ".join(titles)),
        "body_words": words.indexed(" ".join(plain)),
        "boost": BOOST.get(document.type, 1.0),
        "opening_hours": document.opening_hours,
        "sample": document.sample,
        "indexed_at": now,
        **point_values(document.point, document.area),
    }
