"""`geojson.places`: places of a GeoJSON document, with OpenStreetMap's tags or names of its own."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from connectors.base import Tools
from connectors.errors import Unreadable
from connectors.kinds.collection import Collected, OriginOf, Part, each, origins, sound
from connectors.kinds.geojson import Feature, read_features
from connectors.kinds.kelurahan import Kelurahan, kelurahan_of
from connectors.kinds.mapping import FieldMap, canonical, read_fields
from connectors.kinds.osm import moment
from connectors.kinds.phones import several
from connectors.kinds.plain import plain
from connectors.kinds.whereabouts import Whereabouts, text_option, whereabouts
from connectors.memory.cells import Cells
from connectors.memory.places import MemoryPlaces, read_place
from connectors.ports.connectors import Binding
from connectors.ports.places import Place, PlaceKind
from connectors.systems.places.kinds import MAIN_KEYS, NAMELESS, kind_named, kind_of
from connectors.systems.places.tags import charge, place_of, web_address
from connectors.upkeep.documents import Document, Stamp

MOST_TAGS = 60
_TAG_LENGTH = 255

_NAMES: Mapping[str, tuple[str, ...]] = {
    "id": (
        "id",
        "@id",
        "osm_id",
        "gid",
        "fid",
        "ogc_fid",
        "objectid",
        "kode",
        "code",
        "uuid",
        "identifier",
    ),
    "kind": ("kind", "jenis", "kategori", "category", "type", "tipe"),
    "name": ("name", "nama", "nama_tempat", "namobj", "title", "judul", "name:id"),
    "name_en": ("name_en", "name:en", "nama_en"),
    "description": ("description", "deskripsi", "keterangan", "description:id"),
    "description_en": ("description_en", "description:en"),
    "area": ("area", "kode_kelurahan", "adm4"),
    "address": ("address", "alamat", "addr:full", "lokasi"),
    "street": ("street", "jalan", "addr:street"),
    "postal_code": ("postal_code", "kode_pos", "postcode", "addr:postcode"),
    "opening_hours": ("opening_hours", "openinghours", "jam_buka"),
    "phone": ("phone", "telepon", "telp", "no_telp", "telephone", "contact:phone"),
    "email": ("email", "surel", "contact:email"),
    "website": ("website", "situs", "situs_web", "web", "url", "contact:website"),
    "entry_fee": ("entry_fee", "harga_tiket", "tiket", "htm", "charge"),
    "is_free": ("is_free", "gratis", "isaccessibleforfree"),
    "religion": ("religion", "agama"),
    "wheelchair": ("wheelchair", "kursi_roda"),
    "as_of": ("as_of", "updated_at", "@timestamp", "diperbarui"),
}
"""Our columns, and what others call them; letter case aside."""

_WORDS = frozenset({"address", "street"}).union(
    *({name, f"{name}_id", f"{name}_en"} for name in ("name", "description"))
)
"""The columns that people read."""

_USED = frozenset(name for names in _NAMES.values() for name in names)


@dataclass(frozen=True, slots=True)
class Options:
    """What a catalogue line says about a document of places."""

    where: Whereabouts
    fields: FieldMap = field(default_factory=dict)
    """Ours and theirs, as of a feed; without, names are known by themselves."""
    kind: PlaceKind | None = None
    """Of all features that do not say."""


def read_options(said: Mapping[str, Any]) -> Options:
    """The options of a catalogue line. Raises ValueError saying which is wrong and what it takes."""
    where = whereabouts(said, others=("fields", "kind"))
    fields = said.get("fields", {})
    if not isinstance(fields, Mapping):
        raise ValueError("`fields` must be a table")  # noqa: TRY004 - as all others
    word = text_option(said, "kind").upper()
    if word and word not in PlaceKind.__members__:
        raise ValueError(f"`kind` must be one of {', '.join(PlaceKind.__members__)}")
    return Options(where, read_fields(fields), PlaceKind[word] if word else None)


async def open_geojson(binding: Binding, tools: Tools) -> Collected:
    """The places of one or more documents. Raises ValueError when an option is wrong.

    Options: `url` (one or several) or `path`, `headers`, `fields`, `kind`.
    """
    options = read_options(binding.options)
    ways = options.where.ways((tools.data_folder, tools.city_folder), tools.upkeep)
    read = reader(binding, options, kelurahan_of(tools.city_folder))

    async def gather() -> Sequence[Part[Place]]:
        return await each([way.read(read) for way in ways])

    return Collected(binding.key, gather, MemoryPlaces)


def reader(
    binding: Binding, options: Options, kelurahan: Kelurahan
) -> Callable[[Document, Stamp], Part[Place]]:
    """What makes places of a document."""

    def read(document: Document, stamp: Stamp) -> Part[Place]:
        found = read_features(document, kelurahan.near if kelurahan else None)
        mapping = _Mapping(options, kelurahan, origins(binding, stamp))
        places, rejected = [], list(found.refused)
        for feature in found.features:
            try:
                places.append(mapping.place(feature))
            except Unreadable as error:
                rejected.append((_short(feature), str(error)))
        return sound(Part(places, rejected))

    return read


def _short(feature: Feature) -> Mapping[str, Any]:
    names = {key: value for key, value in feature.properties.items() if key in ("id", "name")}
    return {"id": feature.id, **names}


class _Mapping:
    """Makes places of features."""

    def __init__(self, options: Options, kelurahan: Kelurahan, origin: OriginOf) -> None:
        self._options = options
        self._kelurahan = kelurahan
        self._origin = origin

    def place(self, feature: Feature) -> Place:
        """The place of a feature. Raises Unreadable."""
        tags = _osm_tags(feature.properties)
        if tags is not None and not self._options.fields:
            return self._tagged(feature, tags)
        return self._named(feature)

    def _tagged(self, feature: Feature, tags: Mapping[str, str]) -> Place:
        local = _osm_id(feature)
        cells = Cells({"id": local, "as_of": feature.properties.get("@timestamp")}, "place")
        url = f"https://www.openstreetmap.org/{local}" if _is_osm_id(local) else None
        origin = self._origin(cells.local_id(), as_of=moment(cells.raw("as_of")), url=url)
        kind, area = self._options.kind, self._kelurahan.at(feature.point)
        return place_of(tags, origin, feature.point, area=area, kind=kind)

    def _named(self, feature: Feature) -> Place:
        row, rest = self._row(feature)
        as_of = moment(row.pop("as_of", None))
        address = row.get("source_url")
        url = address if isinstance(address, str) else None
        return read_place(
            {**row, "tags": rest}, lambda local: self._origin(local, as_of=as_of, url=url)
        )

    def _row(self, feature: Feature) -> tuple[dict[str, Any], list[str]]:
        """The row as `read_place` takes it, and the properties that it has no column for."""
        if self._options.fields:
            row = dict(canonical({"id": feature.id, **feature.properties}, self._options.fields))
            rest: list[str] = []
            row.setdefault("id", feature.id)
        else:
            said = {str(key).casefold(): value for key, value in feature.properties.items()}
            row = {name: _first(said, others) for name, others in _NAMES.items()}
            row["id"] = feature.id if feature.id is not None else row["id"]
            rest = _tags(feature.properties)
        for name in _WORDS & row.keys():
            row[name] = _read(row[name])
        self._fit(row, rest, feature)
        return row, rest

    def _fit(self, row: dict[str, Any], rest: list[str], feature: Feature) -> None:
        """Bring the words of others into the form of our columns."""
        kind = self._kind(row, rest)
        row["kind"] = kind.value
        if not any(row.get(name) for name in ("name", "name_id", "name_en")) and kind in NAMELESS:
            row["name"] = dict(NAMELESS[kind])
        row["lat"] = row["lng"] = None
        if feature.point is not None:
            row["lat"], row["lng"] = feature.point.lat, feature.point.lng
        row["area"] = row.get("area") or self._kelurahan.at(feature.point)
        if isinstance(row.get("phone"), str):
            numbers = several(row["phone"])
            row["phone"] = numbers[0] if numbers else None
        if isinstance(row.get("website"), str):
            row["website"] = web_address(row["website"])
        self._fee(row, rest)
        for name in ("is_free", "wheelchair"):
            _drop_unknown(row, name, rest)
        row["id"] = row.get("id") if row.get("id") is not None else _made_id(row)

    def _kind(self, row: Mapping[str, Any], rest: list[str]) -> PlaceKind:
        word = row.get("kind")
        if isinstance(word, str) and word.strip():
            found = kind_named(word)
            if found is not None:
                return found
            rest.append(f"kind={word}"[:_TAG_LENGTH])
        return self._options.kind or PlaceKind.OTHER

    @staticmethod
    def _fee(row: dict[str, Any], rest: list[str]) -> None:
        fee = row.get("entry_fee")
        if not isinstance(fee, str):
            return
        word, money = fee.strip().casefold(), charge(fee)
        if money is None and word.replace(".", "").isdecimal():
            money = charge(f"Rp {fee}")
        row["entry_fee"] = money.amount if money and money.currency == "IDR" else None
        if word in ("gratis", "free", "bebas"):
            row["is_free"] = True
        elif row["entry_fee"] is None:
            rest.append(f"charge={fee}"[:_TAG_LENGTH])


# ------------------------------------------------------------------------------- parts


def _read(value: Any) -> Any:
    """The words of a column as people read them, also by language."""
    if isinstance(value, dict):
        return {key: _read(inner) for key, inner in value.items()}
    return plain(value) if isinstance(value, str) else value


def _first(properties: Mapping[str, Any], names: Sequence[str]) -> Any:
    return next((v for name in names if (v := properties.get(name)) not in (None, "")), None)


def _osm_tags(properties: Mapping[str, Any]) -> Mapping[str, str] | None:
    """The tags of OpenStreetMap, when that is what the properties are."""
    inner = properties.get("tags")
    raw = inner if isinstance(inner, dict) else properties
    tags = {
        str(key): value.strip()
        for key, value in raw.items()
        if isinstance(value, str) and value.strip() and not str(key).startswith("@")
    }
    known = _is_osm_id(properties.get("@id")) or _is_osm_id(properties.get("id"))
    return tags if known or isinstance(inner, dict) or _has_main_tag(tags) else None


def _has_main_tag(tags: Mapping[str, str]) -> bool:
    return not MAIN_KEYS.isdisjoint(tags) and kind_of(tags) is not None


def _osm_id(feature: Feature) -> str:
    for value in (feature.id, feature.properties.get("@id"), feature.properties.get("id")):
        if value is not None and str(value).strip():
            return str(value).strip()
    named = {"name": feature.properties.get("name"), "lat": feature.point and feature.point.lat}
    return _made_id({**named, "lng": feature.point and feature.point.lng})


def _is_osm_id(value: object) -> bool:
    kind, _, number = str(value).partition("/")
    return kind in ("node", "way", "relation") and number.isdecimal()


def _made_id(row: Mapping[str, Any]) -> str:
    """An id for a feature without one: the same as long as its name and position stay."""
    words = repr((row.get("name"), row.get("lat"), row.get("lng")))
    return hashlib.blake2b(words.encode("utf-8", "replace"), digest_size=10).hexdigest()


def _tags(properties: Mapping[str, Any]) -> list[str]:
    """What no column of ours holds, as `key=value`."""
    found = []
    for key, value in properties.items():
        if str(key).casefold() in _USED or value is None or isinstance(value, bool):
            continue
        if isinstance(value, (str, int, float)) and (words := plain(str(value))):
            found.append(f"{key}={words}"[:_TAG_LENGTH])
        if len(found) == MOST_TAGS:
            break
    return found


def _drop_unknown(row: dict[str, Any], name: str, rest: list[str]) -> None:
    """A word that says neither yes nor no becomes a tag instead of costing the whole place."""
    value = row.get(name)
    if isinstance(value, bool) and name == "wheelchair":
        row[name] = "YES" if value else "NO"
        return
    words = {"yes", "no", "limited"} if name == "wheelchair" else {"yes", "no", "true", "false"}
    meaning = {"ya": "yes", "tidak": "no", "terbatas": "limited"}
    if isinstance(value, str):
        word = meaning.get(value.strip().casefold(), value.strip().casefold())
        if word not in words:
            rest.append(f"{name}={value}"[:_TAG_LENGTH])
        row[name] = word if word in words else None
    elif value is not None and not isinstance(value, bool):
        row[name] = None
