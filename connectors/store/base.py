"""What all tables of the embedded store share: origin and place columns, where, order, pages."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any, TypeVar

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    Date,
    DateTime,
    Dialect,
    Float,
    Index,
    Integer,
    MetaData,
    Numeric,
    Row,
    Select,
    String,
    Table,
    TypeDecorator,
    and_,
    column,
    false,
    func,
    literal,
    or_,
    select,
    true,
    tuple_,
    values,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.sql.operators import OperatorType
from sqlalchemy.types import TypeEngine

from connectors import errors
from connectors.kinds.sql import Database
from connectors.kinds.turns import in_turns
from connectors.ports import geometry
from connectors.ports.common import (
    Address,
    BBox,
    GeoPoint,
    Hit,
    InArea,
    Licence,
    Near,
    Origin,
    Page,
    Position,
    Slice,
    SortValue,
    SourceQuality,
    Text,
    TriState,
    Where,
    Within,
)

R = TypeVar("R")

metadata = MetaData()


class Instant(TypeDecorator[datetime]):
    """A moment in time: stored in UTC, given back with a zone. SQLite forgets zones; this does not."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            message = "a moment without a zone cannot be stored"
            raise ValueError(message)
        moved = value.astimezone(UTC)
        return moved.replace(tzinfo=None) if dialect.name == "sqlite" else moved

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - SQLAlchemy's signature
        if value is None or value.tzinfo is not None:
            return value
        return value.replace(tzinfo=UTC)


class Words(TypeDecorator[Text]):
    """A Text, stored as a JSON object {lang: text}; languages made by machine under "~"."""

    impl = JSON(none_as_null=True)
    cache_ok = True

    def process_bind_param(self, value: Text | None, dialect: Dialect) -> Any:  # noqa: ARG002 - as above
        if value is None:
            return None
        stored: dict[str, Any] = dict(value.by_lang)
        if value.machine:
            stored["~"] = sorted(value.machine)
        return stored

    def process_result_value(self, value: Any, dialect: Dialect) -> Text | None:  # noqa: ARG002 - as above
        if value is None:
            return None
        machine = frozenset(value.pop("~", ()))
        return Text(value, machine)


LOCAL = String(255).with_variant(String(255, collation="C"), "postgresql")
"""A local id, wherever one is kept; compared by code point, so that lists can be read by index."""

SORTED = String().with_variant(String(collation="C"), "postgresql")
"""A text that lists are sorted by; compared by code point, as above."""


def origin_columns() -> list[Column[Any]]:
    """The primary key (source, local_id), and where a record came from. First in every table."""
    return [
        Column("source", String(64), primary_key=True),
        Column("local_id", LOCAL, primary_key=True),
        Column("as_of", Instant, nullable=False),
        Column("fetched_at", Instant, nullable=False),
        Column("quality", String(16), nullable=False),
        Column("stale", Boolean, nullable=False, default=False),
        Column("url", String),
        Column("spdx", String(64)),
        Column("attribution", String),
        Column("redistribution", String(8)),
    ]


def place_columns() -> list[Column[Any]]:
    """A point in degrees and on the unit sphere, and the code of the kelurahan it is in."""
    return [
        Column("lat", Float),
        Column("lng", Float),
        Column("x", Float),
        Column("y", Float),
        Column("z", Float),
        Column("area", String(16)),
    ]


def place_index(table: str) -> Index:
    """The index that nearness and boxes use, within the rows of one source."""
    return Index(f"ix_{table}_place", "source", "lat", "lng")


def point_values(point: GeoPoint | None, area: str | None) -> dict[str, Any]:
    """The values of `place_columns`."""
    x, y, z = geometry.unit_vector(point) if point else (None, None, None)
    lat, lng = (point.lat, point.lng) if point else (None, None)
    return {"lat": lat, "lng": lng, "x": x, "y": y, "z": z, "area": area}


def origin_values(origin: Origin) -> dict[str, Any]:
    """The values of `origin_columns`."""
    licence = origin.licence
    return {
        "source": origin.connector,
        "local_id": origin.local_id,
        "as_of": origin.as_of,
        "fetched_at": origin.fetched_at,
        "quality": origin.quality.value,
        "stale": origin.stale,
        "url": origin.url,
        "spdx": licence.spdx if licence else None,
        "attribution": licence.attribution if licence else None,
        "redistribution": licence.redistribution.value if licence else None,
    }


def origin_of(row: Row[Any]) -> Origin:
    """The origin of a row that was selected with `origin_columns`."""
    licence = None
    if row.redistribution is not None:
        licence = Licence(row.spdx, row.attribution, TriState(row.redistribution))
    return Origin(
        connector=row.source,
        local_id=row.local_id,
        as_of=row.as_of,
        fetched_at=row.fetched_at,
        quality=SourceQuality(row.quality),
        stale=row.stale,
        licence=licence,
        url=row.url,
    )


def point_of(row: Row[Any]) -> GeoPoint | None:
    """The point of a row, None where nobody knows it."""
    return None if row.lat is None else GeoPoint(row.lat, row.lng)


def address_of(stored: Any) -> Address | None:
    """An address from how `address_value` stored it."""
    if stored is None:
        return None
    return Address(**{**stored, "text": Text(stored["text"])})


def address_value(address: Address | None) -> dict[str, Any] | None:
    """An address as a JSON object."""
    if address is None:
        return None
    return {
        "text": dict(address.text.by_lang),
        "street": address.street,
        "kelurahan": address.kelurahan,
        "kecamatan": address.kecamatan,
        "postal_code": address.postal_code,
    }


# ------------------------------------------------------------------------------- where


def located(table: Table, where: Where | None) -> ColumnElement[bool]:
    """The rows that are where the question says; the same arithmetic as `geometry.is_in`."""
    if where is None:
        return true()
    if isinstance(where, InArea):
        code = table.c.area
        return or_(code == where.code, code.startswith(where.code + ".", autoescape=True))
    if isinstance(where, Near):
        close = chord2(table, where.point) <= geometry.chord2_of_metres(where.radius_m)
        around = geometry.box_around(where)
        return close if around is None else and_(_boxed(table, around), close)
    if isinstance(where, BBox):
        return _boxed(table, where)
    return _polygons(table, where)


def _boxed(table: Table, box: BBox) -> ColumnElement[bool]:
    lat, lng = table.c.lat, table.c.lng
    if box.west <= box.east:
        return and_(lat.between(box.south, box.north), lng.between(box.west, box.east))
    return and_(lat.between(box.south, box.north), or_(lng >= box.west, lng <= box.east))


def _polygons(table: Table, area: Within) -> ColumnElement[bool]:
    corners = geometry.edges(area)
    if not corners:
        return false()
    edge = values(
        column("polygon", Integer), column("x1", Float), column("y1", Float),
        column("x2", Float), column("y2", Float), name="edge",
    ).data(corners).cte("edge")  # fmt: skip
    e, lat, lng = edge.c, table.c.lat, table.c.lng
    inside = (
        select(e.polygon)
        .where(
            e.y1 <= lat,
            lat < e.y2,
            lng < (e.x2 - e.x1) * (lat - e.y1) / (e.y2 - e.y1) + e.x1,
        )
        .group_by(e.polygon)
        .having(func.count() % 2 == 1)
        .correlate(table)
        .exists()
    )
    return and_(_boxed(table, geometry.bounds(area)), inside)


def chord2(table: Table, point: GeoPoint) -> ColumnElement[float]:
    """The squared chord from a point, NULL where a row has none; sort value of DISTANCE."""
    x, y, z = geometry.unit_vector(point)
    c = table.c
    dx, dy, dz = c.x - literal(x), c.y - literal(y), c.z - literal(z)
    return dx * dx + dy * dy + dz * dz


# ------------------------------------------------------------------------------- pages


def paged(
    statement: Select[Any],
    table: Table,
    page: Page,
    sort: ColumnElement[Any] | None = None,
    *,
    source: str,
) -> list[Select[Any]]:
    """The statement cut into the ranges the page may lie in, in the order they are read.

    The order is the total one of `Page`. Each range is one stretch of an index on the source, the
    value and the local id, so that a page far down costs what the first one costs; `rows_of` reads
    the next range only when the one before was short. No range: nothing is left there.

    `sort` becomes the column `sort_value`; without it the order is by local id alone. Text is
    compared by code point in every database. Raises Rejected for a place in the list whose value
    is of another kind than what is sorted by: no record was ever there.
    """
    if page.after is not None and sort is not None and not fits(page.after.value, sort.type):
        raise errors.Rejected("no place in this list", source=source)
    local: ColumnElement[Any] = by_code_point(table.c.local_id)
    up = not page.backward
    by_local = local.asc() if up else local.desc()
    if sort is None:
        if page.after is not None:
            statement = statement.where(_beyond_local(local, page.after, source, up=up))
        return [statement.add_columns(literal(None).label("sort_value")).order_by(by_local)]
    value = by_code_point(sort) if isinstance(sort.type, String) else sort
    rising = page.descending == page.backward  # the direction in which rows are read
    statement = statement.add_columns(sort.label("sort_value"))
    if isinstance(sort, Column):
        some, none = _ranges(
            value, local, page, source, rising=rising, nullable=bool(sort.nullable)
        )
        valued = [
            statement.where(one).order_by(value.asc() if rising else value.desc(), by_local)
            for one in some
        ]
        # Where there is no value any direction is true, and that of the ids is the index's own.
        blank = [
            statement.where(one).order_by(value.asc() if up else value.desc(), by_local)
            for one in none
        ]
        return valued + blank if up else blank + valued
    # No index knows what is worked out for each row: whatever is asked, all of them are looked at.
    if page.after is not None:
        statement = statement.where(_beyond(value, local, page.after, source, rising=rising, up=up))
    by_value = value.asc() if rising else value.desc()
    return [statement.order_by(by_value.nulls_last() if up else by_value.nulls_first(), by_local)]


async def rows_of(database: Database, ranges: Iterable[Select[Any]], page: Page) -> list[Row[Any]]:
    """The rows of a page and one more, if there are so many, in the order they are read.

    A record that moves on while two ranges are read is shown once, where it was met first.
    """
    found: dict[str, Row[Any]] = {}
    for statement in ranges:
        for row in await database.rows(statement.limit(page.first + 1)):
            found.setdefault(row.local_id, row)
        if len(found) > page.first:
            break
    return list(found.values())[: page.first + 1]


def _ranges(
    value: ColumnElement[Any],
    local: ColumnElement[Any],
    page: Page,
    source: str,
    *,
    rising: bool,
    nullable: bool,
) -> tuple[list[ColumnElement[bool]], list[ColumnElement[bool]]]:
    """What holds for the ranges with a value, as they are read, and for the one without.

    Never "beyond, or equal and a later id", nor "or none at all": for an OR no database goes to
    the place in its index, it begins at the front.
    """
    up, after = not page.backward, page.after
    some: list[ColumnElement[bool]] = [value.is_not(None) if nullable else true()]
    none: list[ColumnElement[bool]] = [value.is_(None)] if nullable else []
    if after is None:
        return some, none
    # The order is by source first: rows of another source are all before or all after.
    here = source == after.source
    whole = (source > after.source) == up
    if after.value is None:
        if here:
            none = [and_(one, _beyond_local(local, after, source, up=up)) for one in none]
        elif not whole:
            none = []
        return ([] if up else some), none
    if not here:
        if whole:
            some = [value >= after.value if rising else value <= after.value]
        else:
            some = [value > after.value if rising else value < after.value]
    elif rising == up:
        place = tuple_(literal(after.value, value.type), literal(after.local, local.type))
        both = tuple_(value, local)
        some = [both > place if rising else both < place]
    else:
        # Value and id run against each other, of which a comparison of pairs knows nothing.
        some = [
            and_(value == after.value, _beyond_local(local, after, source, up=up)),
            value > after.value if rising else value < after.value,
        ]
    return some, (none if up else [])


def fits(value: SortValue, kind: TypeEngine[Any]) -> bool:
    """Whether a sort value is of the kind a column or an expression answers."""
    match kind.impl if isinstance(kind, TypeDecorator) else kind:
        case String():
            return value is None or isinstance(value, str)
        case Integer():
            most = 2**63 if isinstance(kind, BigInteger) else 2**31
            return value is None or (isinstance(value, int) and -most <= value < most)
        case Float() | Numeric():
            return value is None or isinstance(value, (int, float))
        case DateTime():
            return value is None or isinstance(value, datetime)
        case Date():
            # A moment is a date to Python, not to a database.
            return value is None or (isinstance(value, date) and not isinstance(value, datetime))
        case _:
            return True


class by_code_point(FunctionElement[str]):  # noqa: N801 - reads as a function, as SQLAlchemy's own
    """Text compared by code point: PostgreSQL's "C"; SQLite's own way, BINARY, is the same."""

    type = String()
    inherit_cache = True
    name = "by_code_point"


@compiles(by_code_point)
def _plain(element: by_code_point, compiler: SQLCompiler, **kw: Any) -> str:
    return compiler.process(element.clauses, **kw)


@compiles(by_code_point, "postgresql")
def _collated(element: by_code_point, compiler: SQLCompiler, **kw: Any) -> str:
    return f'({compiler.process(element.clauses, **kw)}) COLLATE "C"'


class mostly(FunctionElement[bool]):  # noqa: N801 - reads as a function, as above
    """A condition most rows meet: SQLite, which keeps no statistics, is told not to begin there."""

    type = Boolean()
    inherit_cache = True
    name = "mostly"


@compiles(mostly)
def _as_it_is(element: mostly, compiler: SQLCompiler, **kw: Any) -> str:
    return compiler.process(element.clauses, **kw)


@compiles(mostly, "sqlite")
def _likely(element: mostly, compiler: SQLCompiler, **kw: Any) -> str:
    # https://www.sqlite.org/lang_corefunc.html#likely
    return f"likely({compiler.process(element.clauses, **kw)})"


class within_time(FunctionElement[bool]):  # noqa: N801 - reads as a function, as above
    """A bound on when, for lists that are sorted by it.

    SQLite begins a range of an index at one bound, and of two on the same side it takes either.
    It is told that this one leaves out little, so that it takes the place the page begins at.
    """

    type = Boolean()
    inherit_cache = True
    name = "within_time"

    def self_group(self, against: OperatorType | None = None) -> within_time:  # noqa: ARG002 - SQLAlchemy's signature
        """Itself: with "= 1" after it, as SQLite's truths get one, no index would be used."""
        return self


@compiles(within_time)
def _as_said(element: within_time, compiler: SQLCompiler, **kw: Any) -> str:
    return compiler.process(element.clauses, **kw)


@compiles(within_time, "sqlite")
def _weak(element: within_time, compiler: SQLCompiler, **kw: Any) -> str:
    return f"likely({compiler.process(element.clauses, **kw)})"


def _beyond_local(
    local: ColumnElement[Any], after: Position, source: str, *, up: bool
) -> ColumnElement[bool]:
    # The order is by source first: rows of another source are all before or all after.
    if source != after.source:
        return true() if (source > after.source) == up else false()
    return local > after.local if up else local < after.local


def _beyond(
    value: ColumnElement[Any],
    local: ColumnElement[Any],
    after: Position,
    source: str,
    *,
    rising: bool,
    up: bool,
) -> ColumnElement[bool]:
    tie = _beyond_local(local, after, source, up=up)
    if after.value is None:
        same = and_(value.is_(None), tie)
        return same if up else or_(same, value.is_not(None))
    further = value > after.value if rising else value < after.value
    found = or_(further, and_(value == after.value, tie))
    return or_(found, value.is_(None)) if up else found


async def slice_of(
    rows: Sequence[Row[Any]],
    page: Page,
    read: Callable[[Row[Any]], R],
    origin: GeoPoint | None = None,
) -> Slice[R]:
    """The records of rows selected by `paged`, in list order; the loop is let round in between.

    `origin` is the point distances are measured from.
    """

    def hit(row: Row[Any]) -> Hit[R]:
        return Hit(
            record=read(row),
            position=Position(row.sort_value, row.source, row.local_id),
            distance_m=_distance(row, origin),
        )

    more = len(rows) > page.first
    kept = list(rows[: page.first])
    if page.backward:
        kept.reverse()
    return Slice(hits=tuple(await in_turns(kept, hit)), more=more)


def _distance(row: Row[Any], origin: GeoPoint | None) -> float | None:
    if origin is None:
        return None
    point = point_of(row)
    return None if point is None else geometry.distance_m(origin, point)


def in_order(found: Iterable[R], keys: Sequence[str], key_of: Callable[[R], str]) -> list[R | None]:
    """The records in the order of the keys, None where there is none."""
    by_key: Mapping[str, R] = {key_of(record): record for record in found}
    return [by_key.get(key) for key in keys]


def sort_text(text: Text) -> str:
    """What names are sorted by: Indonesian first, letter case and outer space aside."""
    return text.pick("id").strip().casefold()


def owned(table: Table, source: str, *, samples: bool = True) -> ColumnElement[bool]:
    """The rows of one source; without the sample ones in production."""
    mine: ColumnElement[bool] = table.c.source == source
    return mine if samples else and_(mine, table.c.quality != SourceQuality.SAMPLE.value)
