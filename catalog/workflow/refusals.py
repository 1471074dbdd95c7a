"""Why the workflow does not do something, each with what to do about it."""

from __future__ import annotations

from collections.abc import Sequence

from catalog.registrations.declined import Declined, declined
from connectors.ports.common import ErrorCode, must_text
from connectors.ports.complaint_desk import DraftFault
from connectors.ports.complaint_workflow import Act, possible
from connectors.ports.complaints import Complaint, ComplaintStatus


class Faulty(Declined):
    """A draft with faults: nothing was taken. The first one speaks for all."""

    def __init__(self, faults: Sequence[DraftFault]) -> None:
        first = faults[0]
        super().__init__(first.code, first.message, field=first.field)
        self.faults = tuple(faults)


def bad(field: str, indonesian: str, english: str) -> Declined:
    """BAD_INPUT in a field of what was sent."""
    return declined(ErrorCode.BAD_INPUT, indonesian, english, field=field)


def changed(complaint: Complaint) -> Declined:
    """CONFLICT: somebody else did something since the caller looked."""
    return declined(
        ErrorCode.CONFLICT,
        f"Pengaduan telah berubah (versi {complaint.version}). Lihat lagi, lalu ulangi.",
        f"The complaint has changed meanwhile (version {complaint.version}). Look again, and repeat.",
        field="version",
        current=complaint.version,
    )


def impossible(status: ComplaintStatus, act: Act, version: int) -> Declined:
    """CONFLICT: the act is not among those of this status."""
    there = ", ".join(one.value for one in possible(status))
    return declined(
        ErrorCode.CONFLICT,
        f"{act.value} tidak mungkin selagi {status.value}; yang mungkin: {there}.",
        f"{act.value} is not possible while {status.value}; possible are: {there}.",
        field="id",
        current=version,
    )


def other_call() -> Declined:
    """CONFLICT: a `clientMutationId` came twice, with different contents."""
    return declined(
        ErrorCode.CONFLICT,
        "`clientMutationId` ini sudah dipakai untuk isian lain; buat yang baru.",
        "This `clientMutationId` was used with other contents; make a new one.",
        field="clientMutationId",
    )


def out_of_area() -> DraftFault:
    """A point outside of the city."""
    return DraftFault(
        "point",
        ErrorCode.OUT_OF_AREA,
        must_text(
            "Titik ini di luar wilayah kota; sampaikan ke pemerintah setempat.",
            "This point is outside of the city; tell the government there.",
        ),
    )


def no_proof() -> Declined:
    """Resolving without a photo or video."""
    return declined(
        ErrorCode.PROOF_REQUIRED,
        "Sertakan foto atau video pekerjaan yang selesai.",
        "Add a photo or video of the finished work.",
        field="proof",
    )


def sent_already(tracking_id: str) -> Declined:
    """DUPLICATE: the same caller sent the same a moment ago."""
    return declined(
        ErrorCode.DUPLICATE,
        f"Pengaduan yang sama baru saja Anda kirim: {tracking_id}.",
        f"You sent the same a moment ago: {tracking_id}.",
        field="description",
    )
