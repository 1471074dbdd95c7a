"""`connector.yaml`: what the mapping language cannot say about a connector.

All of it in one example; only the first four are needed:

```yaml
connector: parkir                  # key of the connector: small letters, digits, dashes
app: parkir-kota                   # slug of the entry of the catalogue
name: {id: Parkir Kota, en: City Parking}     # or one text, which is then Indonesian
prefix: Parkir                     # types begin with it, root fields with `parkir`
owner: DISHUB                      # code of the department
contact:
  name: Tim Parkir Dishub
  email: parkir@dishub.example
  webhook: https://dishub.example/surat      # letters about drift are posted here
names:                             # what is asked for outside of the prefix
  types: [Garasi]
  fields: [Query.cariParkir]
  extends: [Place]                 # only by approval
upkeep:                            # times are seconds, 250ms, 10s, 15m, 2h, 3d, 15 menit, 3 hari
  total_timeout: 4s
  fresh_for: 1 menit
  stale_for: 10m
  keep_for: 1 hari
  max_concurrent: 4
  quiet_hours: [23:00-04:30]
fallback:                          # asked while the system is down
  base_url: https://cadangan.dishub.example/api
  source: parkir                   # the source it stands for; without it, the only one
languages: [id, en]
licence:
  spdx: CC-BY-4.0
  attribution: Dinas Perhubungan Kota Tangerang
  redistribution: ya
quality: OFFICIAL                  # OFFICIAL, PUBLISHED, COMMUNITY, ESTIMATED, SAMPLE
personal_data:                     # field: what it is needed for
  ParkirKendaraan.pelat: mencari kendaraan yang dilaporkan hilang
config:                            # `$config` of the mapping language
  kota: "3671"
  kunci: "{secret:api-key}"        # put in by the gateway, never shown
expires: 2027-12-31
private: [Query.parkirSaya]        # answers that belong to one caller
samples:                           # arguments for live calls in a rehearsal
  Query.parkirLot: {id: L1}
```
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from connectors.declarative.bounds import read_upkeep
from connectors.declarative.findings import Finding
from connectors.declarative.mapping.nodes import Place
from connectors.declarative.submission import SETTINGS_FILE
from connectors.declarative.yaml_fields import Fields
from connectors.declarative.yaml_text import Entries, Items, Node, Scalar, is_null, plain, read_yaml
from connectors.ports.common import Licence, SourceQuality, Text, TriState

LONGEST_SETTINGS = 100_000
"""Code points of a `connector.yaml`."""


@dataclass(frozen=True, slots=True)
class Contact:
    """Who is written to when something is wrong."""

    name: str
    email: str | None = None
    webhook: str | None = None
    """https address that letters are posted to."""


@dataclass(frozen=True, slots=True)
class PersonalData:
    """A field that says something about a person, and what it is needed for (UU PDP 27/2022)."""

    field: str
    """`Type.field`."""
    purpose: str
    """Empty when nobody said."""


@dataclass(frozen=True, slots=True)
class Names:
    """Names outside of the team's prefix that it asks for."""

    types: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    """Root fields, `Query.parkir`."""
    extends: tuple[str, ...] = ()
    """Types of the city or of another team that it adds fields to; only by approval."""


@dataclass(frozen=True, slots=True)
class AppSettings:
    """What a team says in `connector.yaml`."""

    key: str
    """`connector`: the key of the connector."""
    app: str
    """Slug of the entry of the catalogue."""
    name: Text
    prefix: str
    """Types begin with it (`Parkir`), root fields with its small form (`parkir`)."""
    owner: str | None = None
    """Code of the department."""
    contact: Contact | None = None
    names: Names = Names()
    upkeep: Mapping[str, Any] = field(default_factory=dict)
    """Names and values of `connectors.upkeep.policy`, freshness and maximum age included."""
    fallback: Mapping[str, Any] | None = None
    """Where to ask while the system is down: `{base_url: …, source: …}`."""
    languages: tuple[str, ...] = ("id",)
    licence: Licence | None = None
    quality: SourceQuality = SourceQuality.OFFICIAL
    personal_data: tuple[PersonalData, ...] = ()
    config: Mapping[str, Any] = field(default_factory=dict)
    """`$config`: plain values, and `{secret:name}` where the gateway puts in a secret."""
    expires: date | None = None
    """From the day after it the connector only gives its last good answers."""
    private: tuple[str, ...] = ()
    """Coordinates whose answers belong to one caller: never shared, never kept."""
    samples: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """Arguments of live calls in a rehearsal, by coordinate or id of the connector."""
    places: Mapping[str, Place] = field(default_factory=dict, compare=False)
    """Where values stand in the file, by JSON pointer: for findings of others."""


KNOWN = (
    "connector", "app", "name", "prefix", "owner", "contact", "names", "upkeep", "fallback",
    "languages", "licence", "quality", "personal_data", "config", "expires", "private", "samples",
)  # fmt: skip
"""What a `connector.yaml` can say."""
_MEANT = {
    "key": "connector", "slug": "app", "id": "connector", "license": "licence", "lisensi": "licence",
    "nama": "name", "aplikasi": "app", "pemilik": "owner", "department": "owner", "opd": "owner",
    "kontak": "contact", "bahasa": "languages", "language": "languages", "policy": "upkeep",
    "timeout": "upkeep", "cache": "upkeep", "personal": "personal_data", "pii": "personal_data",
    "data_pribadi": "personal_data", "expiry": "expires", "expire": "expires",
    "kedaluwarsa": "expires", "secrets": "config", "env": "config", "examples": "samples",
}  # fmt: skip
_KEY = re.compile(r"[a-z0-9][a-z0-9-]{0,62}", re.ASCII)
_PREFIX = re.compile(r"[A-Z][A-Za-z0-9]{1,39}", re.ASCII)
_TYPE = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,99}", re.ASCII)
_FIELD = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,99}\.[A-Za-z_][A-Za-z0-9_]{0,99}", re.ASCII)
_COORDINATE = re.compile(rf"{_TYPE.pattern}(\.{_TYPE.pattern})?", re.ASCII)
_ROOT = re.compile(r"(?:Query|Mutation)\.[A-Za-z_][A-Za-z0-9_]{0,99}", re.ASCII)
_EMAIL = re.compile(r"[^\s@<>,;:\"()]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+", re.ASCII)
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*", re.ASCII)
_SPDX = re.compile(r"[A-Za-z0-9.+-]{1,64}( (OR|AND|WITH) [A-Za-z0-9.+-]{1,64})*", re.ASCII)
_SECRET = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}", re.ASCII)
_CONFIG_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}", re.ASCII)


def read_settings(text: str) -> tuple[AppSettings | None, list[Finding]]:
    """What a `connector.yaml` says, and what is wrong with it, all at once. Never raises.

    The settings are None when they cannot be used: the YAML cannot be read, or one of the four
    names is missing or no name. Other faults leave what is wrong out, so that the rest can still be looked at.
    """
    root, findings = read_yaml(text, SETTINGS_FILE, longest=LONGEST_SETTINGS)
    if root is None:
        return None, findings
    reader = _Reader(Fields(SETTINGS_FILE))
    settings = reader.settings(root)
    found = [*findings, *reader.fields.findings]
    return settings, sorted(found, key=lambda each: (each.line or 0, each.column or 0))


class _Reader:
    def __init__(self, fields: Fields) -> None:
        self.fields = fields

    def settings(self, root: Node) -> AppSettings | None:
        fields = self.fields
        if not isinstance(root, Entries):
            fields.kind(root, "", Entries)
            return None
        said = fields.object(root, KNOWN, "", meant=_MEANT)
        key = fields.needed(said, root, "connector", _KEY, example="parkir", words=_KEY_WORDS)
        app = fields.needed(said, root, "app", _KEY, example="parkir-kota", words=_KEY_WORDS)
        prefix = fields.needed(said, root, "prefix", _PREFIX, example="Parkir", words=_PREFIX_WORDS)
        name = fields.said(said.get("name"), "/name")
        if "name" not in said:
            fields.missing("name", root.at, "", "name: Parkir Kota")
        parts: dict[str, Any] = {
            "owner": fields.text(said.get("owner"), "/owner", longest=60),
            "contact": self.contact(said.get("contact")),
            "names": self.names(said.get("names")),
            "upkeep": read_upkeep(fields, said.get("upkeep"), "/upkeep"),
            "fallback": self.fallback(said.get("fallback")),
            "licence": self.licence(said.get("licence")),
            "personal_data": self.personal(said.get("personal_data")),
            "config": self.config(said.get("config")),
            "expires": self.fields.day(said.get("expires"), "/expires"),
            "private": self.fields.listed(
                said.get("private"), "/private", _COORDINATE, "Query.parkir"
            ),
            "samples": self.samples(said.get("samples")),
        }
        languages = self.fields.listed(said.get("languages"), "/languages", _LANGUAGE, "id")
        quality = self.fields.one_of(said.get("quality"), "/quality", SourceQuality)
        if key is None or app is None or prefix is None or name is None:
            return None
        parts |= {"languages": languages} if languages else {}
        parts |= {"quality": quality} if quality else {}
        return AppSettings(key, app, name, prefix, **parts, places=_places(root))

    # -------------------------------------------------------------------------- the parts

    def contact(self, node: Node | None) -> Contact | None:
        said = self.fields.object(node, ("name", "email", "webhook"), "/contact", meant=_MEANT)
        if not said or node is None:
            return None
        email = self.fields.formed(
            said.get("email"), "/contact/email", _EMAIL, "parkir@dishub.example", _EMAIL_WORDS
        )
        webhook = self.fields.address(said.get("webhook"), "/contact/webhook", secure=True)
        name = self.fields.text(said.get("name"), "/contact/name")
        if "name" not in said:
            self.fields.missing("name", node.at, "/contact", "name: Tim Parkir")
        return Contact(name, email, webhook) if name else None

    def names(self, node: Node | None) -> Names:
        said = self.fields.object(node, ("types", "fields", "extends"), "/names")
        return Names(
            self.fields.listed(said.get("types"), "/names/types", _TYPE, "Garasi"),
            self.fields.listed(said.get("fields"), "/names/fields", _ROOT, "Query.cariParkir"),
            self.fields.listed(said.get("extends"), "/names/extends", _TYPE, "Place"),
        )

    def fallback(self, node: Node | None) -> dict[str, Any] | None:
        said = self.fields.object(node, ("base_url", "source"), "/fallback", meant=_ADDRESS)
        if not said or node is None:
            return None
        if "base_url" not in said:
            example = "base_url: https://cadangan.example/api"
            self.fields.missing("base_url", node.at, "/fallback", example)
            return None
        base = self.fields.address(said["base_url"], "/fallback/base_url")
        source = self.fields.text(said.get("source"), "/fallback/source", longest=64)
        if base is None:
            return None
        return {"base_url": base} | ({"source": source} if source else {})

    def licence(self, node: Node | None) -> Licence | None:
        if isinstance(node, Scalar) and not is_null(node):
            spdx = self.fields.formed(node, "/licence", _SPDX, "CC-BY-4.0")
            return Licence(spdx) if spdx else None
        said = self.fields.object(node, ("spdx", "attribution", "redistribution"), "/licence")
        if not said:
            return None
        spread = said.get("redistribution")
        if isinstance(spread, Scalar) and spread.text.upper() == "UNKNOWN":
            spread = None
        may = self.fields.flag(spread, "/licence/redistribution")
        found = Licence(
            self.fields.formed(said.get("spdx"), "/licence/spdx", _SPDX, "CC-BY-4.0"),
            self.fields.text(said.get("attribution"), "/licence/attribution"),
            TriState.UNKNOWN if may is None else TriState.YES if may else TriState.NO,
        )
        return None if found == Licence() else found

    def personal(self, node: Node | None) -> tuple[PersonalData, ...]:
        """`Type.field: purpose`, or a list of `{field, purpose}` or of fields alone."""
        path = "/personal_data"
        if isinstance(node, Items):
            listed = [self.named(item, f"{path}/{index}") for index, item in enumerate(node.items)]
            pairs = [pair for pair in listed if pair is not None]
        elif isinstance(node, Entries):
            pairs = [
                (Scalar(name, at=node.places[name]), value, f"{path}/{name}")
                for name, value in node.entries.items()
            ]
        else:
            self.fields.object(node, None, path)
            return ()
        found = []
        for name, purpose, place in pairs:
            coordinate = self.fields.formed(name, place, _FIELD, "ParkirKendaraan.pelat")
            if coordinate is not None:
                why = self.fields.text(purpose, place, longest=1_000) or ""
                found.append(PersonalData(coordinate, why))
        return tuple(found)

    def named(self, item: Node, path: str) -> tuple[Scalar, Node | None, str] | None:
        """A field and its purpose, from an item of a list."""
        if isinstance(item, Scalar):
            return item, None, path
        said = self.fields.object(item, ("field", "purpose"), path)
        name = said.get("field")
        if isinstance(name, Scalar):
            return name, said.get("purpose"), path
        if isinstance(item, Entries):
            self.fields.missing("field", item.at, path, "field: ParkirKendaraan.pelat")
        return None

    def config(self, node: Node | None) -> dict[str, Any]:
        """Plain values; `{secret: name}` and `{secret:name}` without quotes are the text."""
        found = {}
        for name, value in self.fields.object(node, None, "/config").items():
            path = f"/config/{name}"
            if not _CONFIG_NAME.fullmatch(name):
                words = (
                    f"`{name[:60]}` tidak dapat dipakai sebagai nama di $config.",
                    f"`{name[:60]}` cannot be a name of $config.",
                )
                fix = ("Pakai huruf, angka dan _.", "Use letters, digits and _.")
                self.fields.wrong(value, path, words, fix)
                continue
            found[name] = self.configured(value, path)
        return found

    def configured(self, node: Node, path: str) -> Any:
        if isinstance(node, Items):
            return [self.configured(item, f"{path}/{i}") for i, item in enumerate(node.items)]
        if isinstance(node, Scalar):
            value = plain(node)
            if isinstance(value, str) and "{secret:" in value:
                _, _, rest = value.partition("{secret:")
                name, closed, after = rest.partition("}")
                whole = bool(closed) and "{secret:" not in after
                self.secret(name if whole else value, node, path)
            return value
        secret = _secret_name(node)
        if secret is not None:
            return self.secret(secret, node, path)
        return {
            name: self.configured(value, f"{path}/{name}") for name, value in node.entries.items()
        }

    def secret(self, name: str, node: Node, path: str) -> str | None:
        if _SECRET.fullmatch(name):
            return f"{{secret:{name}}}"
        words = (
            f"`{name[:60]}` bukan nama rahasia.",
            f"`{name[:60]}` is not the name of a secret.",
        )
        fix = (
            'Tulis "{secret:nama}" dengan huruf kecil, angka, - dan _.',
            'Write "{secret:name}" with small letters, digits, - and _.',
        )
        self.fields.wrong(node, path, words, fix)
        return None

    def samples(self, node: Node | None) -> dict[str, dict[str, Any]]:
        found = {}
        for name, value in self.fields.object(node, None, "/samples").items():
            if isinstance(value, Entries):
                found[name] = plain(value)
            else:
                self.fields.kind(value, f"/samples/{name}", Entries)
        return found


_KEY_WORDS = (
    "Hanya huruf kecil, angka dan tanda hubung, diawali huruf kecil atau angka.",
    "Only small letters, digits and dashes, beginning with a letter or a digit.",
)
_PREFIX_WORDS = (
    "Awalan diawali huruf besar dan berisi 2 sampai 40 huruf atau angka.",
    "A prefix begins with a capital and has 2 to 40 letters or digits.",
)
_EMAIL_WORDS = ("Ini bukan alamat surel.", "This is not an e-mail address.")
_ADDRESS = {"baseURL": "base_url", "url": "base_url", "baseUrl": "base_url"}


def _secret_name(node: Entries) -> str | None:
    """The name in `{secret:name}` or `{secret: name}`, which YAML takes for objects."""
    if len(node.entries) != 1:
        return None
    (key, value), *_ = node.entries.items()
    if key == "secret" and isinstance(value, Scalar):
        return value.text
    if key.startswith("secret:") and is_null(value):
        return key.removeprefix("secret:")
    return None


def _places(root: Entries, path: str = "", depth: int = 2) -> dict[str, Place]:
    """Where the keys stand, two levels deep."""
    found = {}
    for name, place in root.places.items():
        found[f"{path}/{name}"] = place
        value = root.entries.get(name)
        if depth > 1 and isinstance(value, Entries):
            found |= _places(value, f"{path}/{name}", depth - 1)
    return found
