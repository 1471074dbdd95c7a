"""Sample complaints: made up, marked [CONTOH], in real kelurahan, with whole consistent lives.

The same chance and the same `now` make the same samples. Nobody's name, number or words are in
them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from random import Random
from typing import Any

from connectors.ports.common import (
    Address,
    BBox,
    GeoPoint,
    Media,
    MediaRole,
    Origin,
    ScopedId,
    Text,
    must_text,
)
from connectors.ports.complaint_categories import ComplaintCategory
from connectors.ports.complaints import (
    PROOF_ROLES,
    Channel,
    Comment,
    Complaint,
    ComplaintEvent,
    ComplaintMedia,
    ComplaintStatus,
    Light,
    Particulars,
    Rating,
    RejectReason,
    Reporter,
    Visibility,
    light_of,
)

MANY = 2_000
DAYS = 180

Status = ComplaintStatus
OriginOf = Callable[[str, datetime], Origin]
KelurahanAt = Callable[[GeoPoint], str | None]
"""Which kelurahan a point is in."""


@dataclass(frozen=True, slots=True)
class Neighbourhood:
    """A kelurahan where something can be complained about."""

    code: str
    name: str
    kecamatan: str
    kecamatan_name: str
    postal_code: str | None
    box: BBox
    """A box around it, in which points are tried."""


@dataclass(slots=True)
class Sample:
    """One sample complaint with all that belongs to it."""

    complaint: Complaint
    events: list[ComplaintEvent] = field(default_factory=list)
    comments: list[Comment] = field(default_factory=list)
    media: list[ComplaintMedia] = field(default_factory=list)
    told: Particulars = field(default_factory=Particulars)


# ------------------------------------------------------------------------------- chances

WEIGHTS = {
    "jalan-rusak": 16, "lampu-pju": 16, "sampah": 14, "pohon-tumbang": 8, "kemacetan": 7,
    "kependudukan": 7, "kebersihan": 7, "infrastruktur": 6, "hewan-liar": 4, "kesehatan": 4,
}  # fmt: skip
"""How often each category comes up, 2 when not said."""

CHANNELS = {
    Channel.APP: 62, Channel.WHATSAPP: 10, Channel.WEB: 7, Channel.CALL_112: 7,
    Channel.SOCIAL_MEDIA: 6, Channel.CALL_CENTRE: 3, Channel.EMAIL: 2, Channel.WALK_IN: 2,
    Channel.LAPOR: 1,
}  # fmt: skip

VISIBILITIES = {Visibility.PUBLIC: 82, Visibility.ANONYMOUS: 11, Visibility.PRIVATE: 7}

URGENT = {"darurat", "ambulans", "kebakaran", "bencana", "kecelakaan", "kriminalitas"}

REASONS: dict[RejectReason, Text] = {
    RejectReason.NOT_OUR_AUTHORITY: must_text("bukan wewenang kota", "not the city's authority"),
    RejectReason.NOT_A_COMPLAINT: must_text("bukan pengaduan", "not a complaint"),
    RejectReason.INCOMPLETE: must_text("laporan tidak lengkap", "the report is incomplete"),
    RejectReason.OUT_OF_AREA: must_text("di luar wilayah kota", "outside the city"),
    RejectReason.CANNOT_FIX: must_text("tidak dapat ditangani", "it cannot be fixed"),
}

NOTES: dict[Status, Text] = {
    Status.RECEIVED: must_text("Laporan diterima.", "The report was received."),
    Status.VERIFIED: must_text("Laporan diperiksa.", "The report was verified."),
    Status.FORWARDED: must_text("Diteruskan ke OPD.", "Forwarded to the department."),
    Status.SCHEDULED: must_text("Pekerjaan dijadwalkan.", "The work was scheduled."),
    Status.IN_PROGRESS: must_text("Sedang dikerjakan.", "Work is under way."),
    Status.RESOLVED: must_text("Selesai, bukti terlampir.", "Done, proof is attached."),
    Status.REOPENED: must_text("Dibuka kembali oleh pelapor.", "Reopened by the reporter."),
    Status.DUPLICATE: must_text("Sudah dilaporkan sebelumnya.", "Already reported before."),
}

NOTICE = must_text(
    "[CONTOH] Tenggat memakai kebijakan contoh; LAKSA tidak menerbitkan tenggat.",
    "[SAMPLE] The due time follows a sample policy; LAKSA publishes none.",
)

OFFICER, CITIZEN = "Petugas LAKSA", "Warga"

SAID = (
    "Mohon segera ditindaklanjuti.",
    "Masih seperti ini sampai hari ini.",
    "Terima kasih sudah ditangani.",
    "Saya juga mengalami hal yang sama.",
)
ANSWERED = "Laporan sedang kami tangani."


def make_samples(
    rng: Random,
    *,
    now: datetime,
    neighbourhoods: Sequence[Neighbourhood],
    at: KelurahanAt,
    categories: Sequence[ComplaintCategory],
    origin: OriginOf,
    source: str,
    many: int = MANY,
) -> Iterator[Sample]:
    """`many` sample complaints of the last 180 days, oldest first."""
    now = now.replace(microsecond=0)
    maker = _Maker(
        rng,
        now=now,
        neighbourhoods=neighbourhoods,
        at=at,
        categories=categories,
        origin=origin,
        source=source,
    )
    ages = sorted((rng.uniform(600, DAYS * 86_400) for _ in range(many)), reverse=True)
    for number, age in enumerate(ages, start=1):
        yield maker.make(number, now - timedelta(seconds=round(age)))


class _Maker:
    def __init__(
        self,
        rng: Random,
        *,
        now: datetime,
        neighbourhoods: Sequence[Neighbourhood],
        at: KelurahanAt,
        categories: Sequence[ComplaintCategory],
        origin: OriginOf,
        source: str,
    ) -> None:
        self._rng = rng
        self._now = now
        self._neighbourhoods = {one.code: one for one in neighbourhoods}
        self._at = at
        self._categories = categories
        self._weights = [WEIGHTS.get(category.code, 2) for category in categories]
        self._origin = origin
        self._source = source
        self._earlier: list[Complaint] = []
        """Complaints that later ones may repeat, the latest last."""

    def make(self, number: int, created: datetime) -> Sample:
        """The sample with this number."""
        begun = self._begun(number, created)
        original = self._repeated(begun) if self._rng.random() < 0.05 else None
        if original is not None:
            begun = self._beside(begun, original)
        life = _Life(Sample(begun), self._rng, self._now, self._source)
        life.live(original)
        sample = life.sample
        self._talk(sample)
        self._tell(sample, number)
        complaint = sample.complaint
        if original is None and complaint.status is not Status.REJECTED:
            self._earlier.append(complaint)
        origin = self._origin(complaint.origin.local_id, complaint.updated_at)
        sample.complaint = replace(complaint, origin=origin, version=len(sample.events))
        return sample

    def _begun(self, number: int, created: datetime) -> Complaint:
        rng = self._rng
        category = rng.choices(self._categories, self._weights)[0]
        place = rng.choice(list(self._neighbourhoods.values()))
        visibility = rng.choices(list(VISIBILITIES), list(VISIBILITIES.values()))[0]
        local = f"contoh-{number:06d}"
        complaint = Complaint(
            origin=self._origin(local, created),
            tracking_id=f"CONTOH-LAKSA-{created.year}-{number:06d}",
            upstream_id=local,
            description="",
            category=category.code,
            status=Status.RECEIVED,
            source_status=WORDS[Status.RECEIVED],
            channel=rng.choices(list(CHANNELS), list(CHANNELS.values()))[0],
            created_at=created,
            updated_at=created,
            notice=NOTICE,
            due_at=created + timedelta(days=1 if category.code in URGENT else 7),
            follower_count=int(rng.expovariate(0.4)),
            visibility=visibility,
            department=category.department,
        )
        return self._placed(
            complaint, category.name.pick("id"), place, point_in(rng, place, self._at)
        )

    @staticmethod
    def _placed(
        complaint: Complaint, topic: str, place: Neighbourhood, point: GeoPoint
    ) -> Complaint:
        where = f"Kelurahan {place.name}, Kecamatan {place.kecamatan_name}"
        return replace(
            complaint,
            title=f"[CONTOH] {topic} di Kelurahan {place.name}",
            description=f"[CONTOH] {topic} di {where}. Laporan buatan untuk peragaan, bukan "
            "laporan warga.",
            point=point,
            area=place.code,
            address=Address(
                text=Text({"id": f"[CONTOH] {where}"}),
                kelurahan=place.code,
                kecamatan=place.kecamatan,
                postal_code=place.postal_code,
            ),
        )

    def _repeated(self, complaint: Complaint) -> Complaint | None:
        """A complaint of the last three weeks that this one may repeat."""
        since = complaint.created_at - timedelta(days=21)
        recent = [one for one in self._earlier[-60:] if one.created_at > since]
        return self._rng.choice(recent) if recent else None

    def _beside(self, complaint: Complaint, original: Complaint) -> Complaint:
        """The complaint about the same thing, some metres away, in the same kelurahan."""
        place = self._neighbourhoods[original.area or ""]
        topic = next(c.name.pick("id") for c in self._categories if c.code == original.category)
        point = near_in(
            self._rng, place, original.point or point_in(self._rng, place, self._at), self._at
        )
        same = replace(complaint, category=original.category, department=original.department)
        return self._placed(same, topic, place, point)

    def _talk(self, sample: Sample) -> None:
        """Add what people said about it."""
        rng, complaint = self._rng, sample.complaint
        if rng.random() > 0.25:
            return
        at = complaint.created_at
        for number in range(1, rng.randint(1, 4) + 1):
            at += timedelta(seconds=round(rng.expovariate(1 / 40_000)) + 60)
            if at > self._now:
                return
            forwarded = complaint.forwarded_at
            official = forwarded is not None and at > forwarded and rng.random() < 0.4
            local = f"{complaint.origin.local_id}-k{number}"
            sample.comments.append(
                Comment(
                    id=ScopedId(self._source, local),
                    complaint=complaint.origin.local_id,
                    at=at,
                    text=f"[CONTOH] {ANSWERED if official else rng.choice(SAID)}",
                    author=(complaint.department or "").upper() if official else CITIZEN,
                    official=official,
                )
            )
            if not official and rng.random() < 0.1:
                shown = _picture(self._source, f"{local}-f1", MediaRole.REPORT, at)
                owner = complaint.origin.local_id
                sample.media.append(ComplaintMedia(shown, owner, comment=local))

    def _tell(self, sample: Sample, number: int) -> None:
        """Add what only officers may read."""
        if sample.complaint.visibility is not Visibility.ANONYMOUS:
            sample.told = Particulars(Reporter(display_name=f"Warga Contoh {number}"))


WORDS: dict[Status, str] = {
    status: {Light.RED: "menunggu", Light.YELLOW: "proses"}.get(light, "selesai")
    if (light := light_of(status, has_proof=True))
    else "selesai"
    for status in Status
}
"""The word LAKSA would use: it has three, and what is closed for any reason is `selesai`."""


class _Life:
    """The steps one complaint takes, as far as time has come."""

    def __init__(self, sample: Sample, rng: Random, now: datetime, source: str) -> None:
        self.sample = sample
        self._rng = rng
        self._now = now
        self._source = source
        self._at = sample.complaint.created_at
        self._office = (sample.complaint.department or "").upper() or OFFICER
        self._department = sample.complaint.department
        # Responsible is who it was forwarded to, and that has not happened yet.
        self._told: dict[str, Any] = {"department": None}

    def live(self, original: Complaint | None) -> None:
        """Take all steps that lie before now."""
        rng = self._rng
        self._step(Status.RECEIVED, 0, CITIZEN)
        self._photos(MediaRole.REPORT, rng.choices((0, 1, 2), (20, 65, 15))[0])
        if original is not None:
            self._repeat(original)
        elif rng.random() < 0.04:
            self._reject()
        else:
            self._work()
        self.sample.complaint = replace(self.sample.complaint, **self._told)

    def _repeat(self, original: Complaint) -> None:
        if self._step(Status.DUPLICATE, 8, OFFICER):
            local = original.origin.local_id
            self._set(duplicate_of=local, reject_reason=RejectReason.DUPLICATE)

    def _reject(self) -> None:
        reason = self._rng.choice(list(REASONS))
        why = REASONS[reason]
        note = must_text(f"Ditolak: {why.pick('id')}.", f"Rejected: {why.pick('en')}.")
        if self._step(Status.REJECTED, 10, OFFICER, note):
            self._set(reject_reason=reason)

    def _work(self) -> None:
        rng = self._rng
        stuck = rng.random() < 0.04
        unread = stuck and rng.random() < 0.25
        if unread or not self._step(Status.VERIFIED, 3, OFFICER):
            return
        if self._department is not None:
            if not self._step(Status.FORWARDED, 4, OFFICER):
                return
            self._set(forwarded_at=self._at, department=self._department)
        planned = rng.random() < (0.5 if stuck else 0.3)
        if (planned and not self._step(Status.SCHEDULED, 12, self._office)) or stuck:
            return
        if self._finish() and rng.random() < 0.04:
            self._again()

    def _finish(self) -> bool:
        started = self._step(Status.IN_PROGRESS, 14, self._office)
        if not (started and self._step(Status.RESOLVED, 50, self._office)):
            return False
        self._set(resolved_at=self._at)
        self._photos(MediaRole.PROOF, 1)
        if self._rng.random() < 0.3:
            self._photos(MediaRole.AFTER, 1)
        self._rate()
        return True

    def _again(self) -> None:
        if self._step(Status.REOPENED, 40, CITIZEN):
            self._set(resolved_at=None, rating=None)
            if self._rng.random() < 0.6:
                self._finish()

    def _rate(self) -> None:
        at = self._at + timedelta(seconds=round(self._rng.expovariate(1 / 86_400)) + 300)
        stars = self._rng.choices((1, 2, 3, 4, 5), (4, 5, 14, 37, 40))[0]
        if self._rng.random() < 0.45 and at <= self._now:
            self._set(rating=Rating(at, stars, solved=stars > 2))

    def _step(self, to: Status, mean_hours: float, actor: str, note: Text | None = None) -> bool:
        """Take a step after a while; False when that time has not come."""
        wait = self._rng.expovariate(1 / (mean_hours * 3600)) + 60 if mean_hours else 0
        at = self._at + timedelta(seconds=round(wait))
        if at > self._now:
            return False
        sample, self._at = self.sample, at
        complaint = sample.complaint
        before: Status | None = self._told.get("status")
        said = _marked(note or NOTES[to])
        local = f"{complaint.origin.local_id}-p{len(sample.events) + 1}"
        sample.events.append(
            ComplaintEvent(
                id=ScopedId(self._source, local),
                complaint=complaint.origin.local_id,
                at=at,
                to=to,
                before=before,
                note=said,
                actor=actor,
            )
        )
        self._set(status=to, source_status=WORDS[to], status_note=said, updated_at=at)
        return True

    def _photos(self, role: MediaRole, many: int) -> None:
        sample = self.sample
        for _ in range(many):
            local = f"{sample.complaint.origin.local_id}-f{len(sample.media) + 1}"
            shown = _picture(self._source, local, role, self._at)
            owner, event = sample.complaint.origin.local_id, sample.events[-1].id.local
            sample.media.append(ComplaintMedia(shown, owner, event=event))
        if many and role in PROOF_ROLES:
            self._set(has_proof=True)

    def _set(self, **changes: object) -> None:
        self._told.update(changes)


def _marked(note: Text) -> Text:
    return must_text(f"[CONTOH] {note.pick('id')}", f"[SAMPLE] {note.pick('en')}")


def _picture(source: str, local: str, role: MediaRole, at: datetime) -> Media:
    shown = must_text("[CONTOH] Gambar contoh, bukan foto.", "[SAMPLE] A drawn sample, no photo.")
    return Media(
        id=ScopedId(source, local),
        url=f"/media/contoh/{local}.png",
        role=role,
        width=1280,
        height=960,
        taken_at=at,
        alt=shown,
    )


def point_in(rng: Random, place: Neighbourhood, at: KelurahanAt) -> GeoPoint:
    """A point inside the kelurahan. Raises ValueError when next to nothing of its box is in it."""
    box = place.box
    for _ in range(10_000):
        lat, lng = rng.uniform(box.south, box.north), rng.uniform(box.west, box.east)
        point = GeoPoint(round(lat, 6), round(lng, 6))
        if at(point) == place.code:
            return point
    raise ValueError(f"no point can be found inside the outline of {place.code}")


def near_in(rng: Random, place: Neighbourhood, centre: GeoPoint, at: KelurahanAt) -> GeoPoint:
    """A point some tens of metres from another, in the same kelurahan; the same one at a corner."""
    for _ in range(20):
        lat, lng = (value + rng.uniform(-0.0005, 0.0005) for value in (centre.lat, centre.lng))
        point = GeoPoint(round(lat, 6), round(lng, 6))
        if at(point) == place.code:
            return point
    return centre
