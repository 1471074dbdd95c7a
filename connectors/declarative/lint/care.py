"""Rules about care: descriptions, personal data, contact, times, licence, recorded answers."""

from __future__ import annotations

import re

from graphql import (
    FieldDefinitionNode,
    InputValueDefinitionNode,
    StringValueNode,
    TypeDefinitionNode,
)

from connectors.declarative.lint.case import Case
from connectors.declarative.lint.world import INPUT, OBJECT
from connectors.declarative.mapping.nodes import Place
from connectors.declarative.settings import AppSettings
from connectors.declarative.strings import place_of
from connectors.declarative.submission import SETTINGS_FILE
from connectors.upkeep.policy import duration

_SENTENCES = re.compile(r"[.!?;\n]+")
_WORDS = re.compile(r"[a-z]+")
_ENGLISH = frozenset(
    ("the", "of", "and", "with", "for", "by", "is", "are", "was", "were", "this", "that", "these",
     "which", "from", "to", "in", "on", "at", "an", "or", "its", "their", "all", "each", "when",
     "who", "what", "has", "have", "be", "not")
)  # fmt: skip
"""Words that no Indonesian sentence has."""
_CERTAIN = re.compile(
    r"(?:no(?:mor)?[-_]?)?(?:nik|ktp|kk|npwp|paspor|passport|bpjs|rekening)|nik\w*|ssn|"
    r"(?:e[-_]?mail|surel)(?:address)?|(?:no(?:mor)?[-_]?)?(?:tele?pon|telp|hp|ponsel|handphone|"
    r"whatsapp|wa)|(?:mobile|phone)(?:[-_]?(?:number|no))?|mobile|"
    r"(?:tanggal|tgl|tempat)[-_]?lahir|(?:date[-_]?of[-_]?birth|birth[-_]?(?:date|day|place)|dob)|"
    r"(?:nama|name)[-_]?(?:lengkap|ibu\w*|ayah|pasien|pemohon|pelapor|warga|anak|wali)|"
    r"(?:full|first|last|sur|maiden)[-_]?name|password|kata[-_]?sandi|"
    r"jenis[-_]?kelamin|gender|agama|religion|diagnosa|diagnosis|rekam[-_]?medis|"
    r"(?:home|rumah)[-_]?address|alamat[-_]?rumah|sidik[-_]?jari|plat(?:nomor)?|pelat(?:nomor)?",
    re.IGNORECASE,
)
"""Names of fields that say something about a person wherever they stand."""
_OF_PEOPLE = re.compile(
    r"nama|name|alamat|address|umur|usia|age|foto|photo|pekerjaan|occupation|"
    r"status[-_]?(?:kawin|perkawinan)|lat|lng|lon|latitude|longitude|username",
    re.IGNORECASE,
)
"""Names of fields that say something about a person when they stand in a type of persons."""
_PERSON = re.compile(
    r"warga|penduduk|pasien|pemohon|pelapor|pengguna|orang|anggota|nasabah|siswa|murid|"
    r"pegawai|pelanggan|korban|keluarga|peserta|pemilik|peminjam|person|people|patient|citizen|"
    r"resident|user|member|customer|student|employee|applicant|owner|borrower|profile|profil",
    re.IGNORECASE,
)


def note_care(case: Case) -> None:
    """Look at descriptions and settings."""
    _descriptions(case)
    _personal(case)
    if case.settings is not None:
        _settings(case, case.settings)
    _tests(case)


# ------------------------------------------------------------------------------- descriptions


def _descriptions(case: Case) -> None:
    told: set[str] = set()
    for node in case.document.definitions:
        if isinstance(node, TypeDefinitionNode):
            kind = case.world.find(node.name.value)
            if kind is not None and kind.own and kind.name not in told:
                told.add(kind.name)
                _description(case, node.description, kind.name, place_of(node.name))
    for kind in case.world.kinds:
        for field in kind.added if kind.root or kind.city else ():
            if isinstance(field.node, FieldDefinitionNode):
                path = f"{kind.name}.{field.name}"
                _description(case, field.node.description, path, place_of(field.node.name))


def _description(case: Case, node: StringValueNode | None, what: str, at: Place) -> None:
    if node is None or not node.value.strip():
        case.notes.add("DESCRIPTION_MISSING", at, path=what, what=what)
    elif not _has_indonesian(node.value):
        case.notes.add("DESCRIPTION_LANGUAGE", place_of(node), path=what, what=what)


def _has_indonesian(text: str) -> bool:
    """Whether at least one sentence has none of the small words of English."""
    sentences = (set(_WORDS.findall(part.lower())) for part in _SENTENCES.split(text))
    return any(words and not words & _ENGLISH for words in sentences)


# ------------------------------------------------------------------------------- personal data


def _personal(case: Case) -> None:
    settings = case.settings
    said = (
        {entry.field: entry.purpose.strip() for entry in settings.personal_data} if settings else {}
    )
    for kind in case.world.kinds:
        if kind.kind not in (OBJECT, INPUT):
            continue
        names = [field.name for field in kind.added]
        person = bool(_PERSON.search(kind.name)) or any(_CERTAIN.fullmatch(n) for n in names)
        for field in kind.added:
            path = f"{kind.name}.{field.name}"
            base = case.world.find(field.base)
            leaf = base is not None and base.kind not in (OBJECT, INPUT)
            hit = _CERTAIN.fullmatch(field.name) or (person and _OF_PEOPLE.fullmatch(field.name))
            if leaf and hit and not said.get(path) and not kind.root:
                _told_personal(case, path, field.node)


def _told_personal(
    case: Case,
    path: str,
    node: FieldDefinitionNode | InputValueDefinitionNode | None,
) -> None:
    if node is not None:
        case.notes.add("PERSONAL_DATA", place_of(node.name), path=path, what=path)


# ------------------------------------------------------------------------------- settings


def _settings(case: Case, settings: AppSettings) -> None:
    if settings.contact is None:
        place_settings(case, "CONTACT_MISSING", "/contact")
    if not {"total_timeout", "read_timeout"} & set(settings.upkeep):
        place_settings(case, "TIME_LIMIT_MISSING", "/upkeep")
    if settings.licence is None:
        place_settings(case, "LICENCE_MISSING", "/licence")
    if settings.expires is None:
        place_settings(case, "EXPIRY_MISSING", "/expires")
    try:
        none = "fresh_for" in settings.upkeep and duration(settings.upkeep["fresh_for"]) == 0
    except ValueError:
        none = False  # told where the settings are read
    if none:
        place_settings(case, "FRESH_FOR_NONE", "/upkeep/fresh_for")
    _coordinates(case, settings)


def _coordinates(case: Case, settings: AppSettings) -> None:
    """What the settings name must be in the description."""
    fields = {f"{kind.name}.{field.name}" for kind in case.world.kinds for field in kind.added}
    for entry in settings.personal_data:
        if entry.field not in fields:
            pointer = f"/personal_data/{entry.field}"
            place_settings(case, "PERSONAL_DATA_UNKNOWN", pointer, what=entry.field)
    coordinates = {asking.connect.coordinate for asking in case.directives.askings}
    coordinates |= {
        f"{owner}.{field.name.value}" if field else owner for owner, field in case.directives.unread
    }
    for index, name in enumerate(settings.private):
        if name not in coordinates:
            place_settings(case, "PRIVATE_UNKNOWN", f"/private/{index}", what=name)
    names = settings.names
    known = {kind.name for kind in case.world.kinds}
    unused = [name for name in (*names.types, *names.extends) if name not in known]
    unused += [name for name in names.fields if name not in fields]
    for name in unused:
        place_settings(case, "NAMES_UNUSED", "/names", what=name)


def place_settings(case: Case, code: str, pointer: str, **words: str) -> None:
    """Tell something about `connector.yaml`, at a value or at the nearest one around it."""
    places = case.settings.places if case.settings is not None else {}
    at, where = Place(1, 1), pointer
    while where:
        if where in places:
            at = places[where]
            break
        where = where.rpartition("/")[0]
    case.notes.add(code, at, file=SETTINGS_FILE, path=pointer, **words)


def _tests(case: Case) -> None:
    """Connectors that no recorded answer names, by their coordinate or their id."""
    words: set[str] = set()
    for file in case.submission.tests:
        words |= set(re.findall(r"[A-Za-z_][A-Za-z0-9_.-]*", file.text))
    for asking in case.directives.askings:
        connect = asking.connect
        if connect.coordinate not in words and connect.id not in words:
            what = connect.coordinate
            case.notes.add("TEST_MISSING", asking.at, path=what, what=what)
