"""GeoReport records as complaints: status and its history, media, comments, categories.

Nothing of the citizen is mapped: no name, telephone, e-mail, account or device. Answers to the
form go to the particulars, which only officers read.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from connectors.kinds.collection import OriginOf
from connectors.kinds.kelurahan import Kelurahan
from connectors.kinds.open311.records import (
    Definition,
    Note,
    Picture,
    Service,
    ServiceRequest,
)
from connectors.ports.common import Address, GeoPoint, Media, MediaKind, MediaRole, ScopedId, Text
from connectors.ports.complaint_categories import (
    ComplaintCategory,
    FormField,
    FormFieldKind,
    FormOption,
    IntakeMode,
)
from connectors.ports.complaints import (
    PROOF_ROLES,
    Channel,
    Comment,
    Complaint,
    ComplaintEvent,
    ComplaintMedia,
    ComplaintStatus,
    FormAnswer,
    Particulars,
    Visibility,
    kecamatan_of,
)
from connectors.systems.open311.options import Options
from connectors.systems.open311.statuses import REASONS, folded, meaning

OTHER = "other"
"""Code of the category of requests whose server names no service."""

_KINDS = {
    **dict.fromkeys(("mp4", "m4v", "mov", "webm", "avi", "3gp", "mpg", "mpeg"), MediaKind.VIDEO),
    **dict.fromkeys(("mp3", "m4a", "ogg", "wav", "aac"), MediaKind.AUDIO),
    **dict.fromkeys(("pdf", "doc", "docx", "txt"), MediaKind.DOCUMENT),
}
_ROLES = {
    "before": MediaRole.BEFORE,
    "sebelum": MediaRole.BEFORE,
    "after": MediaRole.AFTER,
    "sesudah": MediaRole.AFTER,
    "proof": MediaRole.PROOF,
    "bukti": MediaRole.PROOF,
    "resolution": MediaRole.PROOF,
}
_CHANNELS = {
    "phone": Channel.CALL_CENTRE,
    "call center": Channel.CALL_CENTRE,
    "call centre": Channel.CALL_CENTRE,
    "web": Channel.WEB,
    "web interface": Channel.WEB,
    "website": Channel.WEB,
    "mobile": Channel.APP,
    "mobile app": Channel.APP,
    "app": Channel.APP,
    "email": Channel.EMAIL,
    "e mail": Channel.EMAIL,
    "sms": Channel.SMS,
    "whatsapp": Channel.WHATSAPP,
    "walk in": Channel.WALK_IN,
    "twitter": Channel.SOCIAL_MEDIA,
    "social media": Channel.SOCIAL_MEDIA,
    "lapor": Channel.LAPOR,
}
_FIELDS = {
    "string": FormFieldKind.STRING,
    "number": FormFieldKind.NUMBER,
    "datetime": FormFieldKind.DATETIME,
    "text": FormFieldKind.TEXT,
    "singlevaluelist": FormFieldKind.SINGLE_VALUE_LIST,
    "multivaluelist": FormFieldKind.MULTI_VALUE_LIST,
}
_STEPS = {"opened": ComplaintStatus.RECEIVED, "closed": ComplaintStatus.RESOLVED}
"""What the types of notes say; any other is a step that changes no status."""


@dataclass(frozen=True, slots=True)
class Told:
    """All that one request says."""

    complaint: Complaint
    category_name: str
    events: tuple[ComplaintEvent, ...]
    comments: tuple[Comment, ...]
    media: tuple[ComplaintMedia, ...]
    particulars: Particulars | None

    @property
    def id(self) -> str:
        """Its local id."""
        return self.complaint.origin.local_id


def told(
    source: str, said: ServiceRequest, origin: OriginOf, options: Options, kelurahan: Kelurahan
) -> Told:
    """A request as a complaint, with all that belongs to it."""
    word = _word(said, options)
    status = meaning(word, options.status_map)
    media = tuple(_media(source, said))
    has_proof = any(one.media.role in PROOF_ROLES for one in media)
    closed = said.updated if status is ComplaintStatus.RESOLVED else None
    code, name = _category(said, options)
    point = _point(said.point, kelurahan)
    area = kelurahan.at(point)
    complaint = Complaint(
        origin=origin(said.id, as_of=said.updated or said.requested),
        tracking_id=said.id,
        upstream_id=said.id,
        title=said.title,
        description=said.description or "",
        category=code,
        status=status,
        source_status=word,
        status_note=text_of(said.status_notes, options),
        reject_reason=REASONS.get(folded(word)) if status is ComplaintStatus.REJECTED else None,
        department=options.departments.get(folded(said.agency)) if said.agency else None,
        notice=text_of(said.notice, options),
        channel=_CHANNELS.get(folded(said.channel or ""), Channel.OPEN311),
        created_at=said.requested,
        updated_at=said.updated or said.requested,
        point=point,
        address=_address(said, area, options),
        area=area,
        has_proof=has_proof,
        forwarded_at=said.sent,
        due_at=said.expected,
        resolved_at=closed,
        duplicate_of=said.duplicate_of,
        visibility=Visibility.PRIVATE if said.private else Visibility.PUBLIC,
    )
    return Told(
        complaint,
        name,
        tuple(_events(source, said, status, options)),
        tuple(_comments(source, said)),
        media,
        _particulars(said),
    )


def category(
    said: Service, form: Definition | None, origin: OriginOf, options: Options
) -> ComplaintCategory:
    """A service as a category, with the questions of its form."""
    code = options.categories.get(said.code, said.code)
    return ComplaintCategory(
        origin=origin(code),
        code=code,
        name=Text({options.language: said.name}),
        description=text_of(said.description, options),
        group=text_of(said.group, options),
        keywords=said.keywords,
        intake=IntakeMode(said.type.upper()),
        fields=fields_of(form, options) if form else (),
    )


def retired(code: str, name: str, origin: OriginOf, options: Options) -> ComplaintCategory:
    """The category of requests whose service is no longer in the list."""
    names = Text({"id": "Lainnya", "en": "Other"}) if code == OTHER else None
    return ComplaintCategory(
        origin=origin(code), code=code, name=names or Text({options.language: name})
    )


# ------------------------------------------------------------------------------- values


def _word(said: ServiceRequest, options: Options) -> str:
    """The server's own word for the status; some have the real one in the notes."""
    if options.state_in_notes and said.status_notes:
        note = folded(said.status_notes)
        if meaning(note, options.status_map) is not ComplaintStatus.UNKNOWN:
            return said.status_notes
    return said.status


def _category(said: ServiceRequest, options: Options) -> tuple[str, str]:
    code = said.service_code or said.service_name
    if code is None:
        return OTHER, OTHER
    return options.categories.get(code, code), said.service_name or code


def text_of(said: str | None, options: Options) -> Text | None:
    """A text in the language of the server, None when it says nothing."""
    return Text({options.language: said}) if said else None


def _point(said: GeoPoint | None, kelurahan: Kelurahan) -> GeoPoint | None:
    """The point of a request, turned round where only so it lies anywhere near the city."""
    if said is None or not kelurahan or kelurahan.near(said) or abs(said.lng) > 90:
        return said
    turned = GeoPoint(said.lng, said.lat)
    return turned if kelurahan.near(turned) else said


def _address(said: ServiceRequest, area: str | None, options: Options) -> Address | None:
    words = text_of(said.address, options)
    if words is None:
        return None
    return Address(words, None, area, kecamatan_of(area), said.zipcode)


def _events(
    source: str, said: ServiceRequest, status: ComplaintStatus, options: Options
) -> Iterator[ComplaintEvent]:
    """The history, oldest first: the notes, and what the request itself says where there are none.

    Only a closed request says when it came to its status (`updated_datetime`).
    """
    notes = sorted(said.notes, key=lambda note: note.at)
    now: ComplaintStatus | None = None
    if not notes or _step(notes[0], options) is not ComplaintStatus.RECEIVED:
        now = ComplaintStatus.RECEIVED
        began = min([said.requested, *(note.at for note in notes)])
        yield ComplaintEvent(
            ScopedId(source, f"{said.id}#opened"), said.id, began, now, actor=_actor(said, "opened")
        )
    ids: set[str] = set()
    for note in notes:
        to = _step(note, options) or now or ComplaintStatus.RECEIVED
        mark = note.id or _mark(note.at.isoformat(), note.type, note.text or "")
        yield ComplaintEvent(
            id=ScopedId(source, _once(f"{said.id}#{mark}", ids)),
            complaint=said.id,
            at=note.at,
            to=to,
            before=now,
            note=text_of(note.text, options),
            actor=_actor(said, note.type),
        )
        now = to
    if not notes and said.updated is not None and status is ComplaintStatus.RESOLVED:
        yield ComplaintEvent(
            id=ScopedId(source, f"{said.id}#closed"),
            complaint=said.id,
            at=max(said.updated, said.requested),
            to=status,
            before=now,
            note=text_of(said.status_notes, options),
            actor=_actor(said, "closed"),
        )


def _step(note: Note, options: Options) -> ComplaintStatus | None:
    """The status a note leads to, None when it changes none."""
    said = meaning(note.status, options.status_map) if note.status else ComplaintStatus.UNKNOWN
    if said is not ComplaintStatus.UNKNOWN:
        return said
    kind = folded(note.type)
    return options.status_map.get(kind) or _STEPS.get(kind)


def _actor(said: ServiceRequest, step: str) -> str:
    """A role or a department, never a person."""
    return "Warga" if step == "opened" else said.agency or "Petugas"


def _comments(source: str, said: ServiceRequest) -> Iterator[Comment]:
    ids: set[str] = set()
    for one in said.remarks:
        mark = one.id or _mark(one.at.isoformat(), one.text)
        yield Comment(
            id=ScopedId(source, _once(f"{said.id}#{mark}", ids)),
            complaint=said.id,
            at=one.at,
            text=one.text,
            author=_actor(said, "" if one.official else "opened"),
            official=one.official,
        )


def _media(source: str, said: ServiceRequest) -> Iterator[ComplaintMedia]:
    for one in said.pictures:
        shown = Media(
            id=ScopedId(source, f"{said.id}#{_mark(one.url)}"),
            url=one.url,
            kind=_kind(one),
            role=_role(one),
            taken_at=one.taken_at,
        )
        yield ComplaintMedia(shown, said.id)


def _kind(picture: Picture) -> MediaKind:
    """What the end of the address says; pictures have often none."""
    suffix = urlsplit(picture.url).path.rpartition("/")[2].rpartition(".")[2].lower()
    return _KINDS.get(suffix, MediaKind.PHOTO)


def _role(picture: Picture) -> MediaRole:
    title = folded(picture.title or "").split()
    return next((_ROLES[word] for word in title if word in _ROLES), MediaRole.REPORT)


def _particulars(said: ServiceRequest) -> Particulars | None:
    answers = tuple(FormAnswer(code, label, values) for code, label, values in said.answers)
    return Particulars(answers=answers) if answers else None


def fields_of(form: Definition, options: Options) -> tuple[FormField, ...]:
    """The questions of a form, in their order."""
    return tuple(
        FormField(
            code=one.code,
            label=Text({options.language: one.description}),
            kind=_FIELDS.get(one.datatype, FormFieldKind.STRING),
            order=one.order,
            help=text_of(one.datatype_description, options),
            input=one.variable,
            required=one.required and one.variable,
            options=tuple(
                FormOption(key, Text({options.language: name})) for key, name in one.values
            ),
        )
        for one in form.attributes
    )


def _mark(*parts: str) -> str:
    """An id made of what it stands for: the same as long as that is the same."""
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:12]


def _once(local: str, ids: set[str]) -> str:
    """The id, with a number behind where it was given already."""
    found, number = local, 1
    while found in ids:
        number += 1
        found = f"{local}-{number}"
    ids.add(found)
    return found
