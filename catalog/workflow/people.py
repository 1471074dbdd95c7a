"""Who acts on complaints, and what they may do: roles by one table, ties by the complaint."""

from __future__ import annotations

from dataclasses import dataclass, field

from catalog.registrations.declined import Declined, declined
from connectors.ports.common import ErrorCode
from connectors.ports.complaint_workflow import WHO, Act, Tie
from connectors.ports.complaints import Channel, Complaint, Visibility
from connectors.ports.roles import Role, has


@dataclass(frozen=True, slots=True)
class Actor:
    """A caller, as far as the workflow needs to know."""

    subject: str | None = field(default=None, repr=False)
    """Who it is to the identity provider; None for a caller without a token."""
    roles: frozenset[Role] = frozenset({Role.PUBLIC})
    departments: frozenset[str] = frozenset()
    """Codes of the departments it acts for."""
    channel: Channel = Channel.APP
    """How it reached the gateway."""

    @property
    def role(self) -> Role:
        """The one that is written into histories."""
        return next((role for role in _SHOWN if role in self.roles), Role.PUBLIC)

    @property
    def official(self) -> bool:
        """Whether it speaks for the city."""
        return has(self.roles, Role.OFFICER) or has(self.roles, Role.OPD_STAFF)

    @property
    def sees_all(self) -> bool:
        """Whether every complaint is shown to it, private ones too."""
        return has(self.roles, Role.OFFICER) or has(self.roles, Role.MAYOR)


_SHOWN = (Role.OFFICER, Role.OPD_HEAD, Role.OPD_STAFF, Role.CITIZEN, Role.MAYOR, Role.ADMIN)

LABELS: dict[Role, str] = {
    Role.OFFICER: "Petugas",
    Role.OPD_HEAD: "OPD",
    Role.OPD_STAFF: "OPD",
    Role.CITIZEN: "Warga",
}
"""What histories and comments show of a person: never a name."""


def label_of(actor: Actor, department: str | None, act: Act | None = None) -> str:
    """How an actor is shown: the department for its staff, a word for everybody else."""
    if act is not None and WHO[act][1] is Tie.OWN:
        return "Pelapor"
    if has(actor.roles, Role.OPD_STAFF) and not has(actor.roles, Role.OFFICER):
        own = department if department in actor.departments else None
        return own or next(iter(sorted(actor.departments)), LABELS[Role.OPD_STAFF])
    return LABELS.get(actor.role, "Warga")


def sees(actor: Actor, complaint: Complaint, reporter: str | None) -> bool:
    """Whether a complaint is shown to a caller."""
    if complaint.visibility is not Visibility.PRIVATE or actor.sees_all:
        return True
    if reporter is not None and actor.subject == reporter:
        return True
    return has(actor.roles, Role.OPD_STAFF) and complaint.department in actor.departments


def need_role(actor: Actor, act: Act) -> str:
    """The subject of a caller who may do such things at all. Raises UNAUTHENTICATED or FORBIDDEN."""
    role, _ = WHO[act]
    if actor.subject is None:
        raise declined(
            ErrorCode.UNAUTHENTICATED,
            "Masuk dahulu untuk melakukan ini.",
            "Sign in first: this needs a token.",
        )
    if not has(actor.roles, role):
        raise declined(
            ErrorCode.FORBIDDEN,
            f"Tindakan ini memerlukan peran {role.value}.",
            f"This needs the role {role.value}: send a token of someone who has it.",
        )
    return actor.subject


def need_tie(actor: Actor, act: Act, complaint: Complaint, reporter: str | None) -> None:
    """Raises NOT_FOUND for what is not shown to the caller, FORBIDDEN for what is not theirs."""
    if not sees(actor, complaint, reporter):
        raise unknown(complaint.origin.local_id)
    tie = WHO[act][1]
    if tie is Tie.OWN and actor.subject != reporter:
        raise declined(
            ErrorCode.FORBIDDEN,
            "Hanya pelapor yang dapat melakukan ini.",
            "Only who sent the complaint may do this.",
        )
    if tie is Tie.DEPARTMENT and complaint.department not in actor.departments:
        raise declined(
            ErrorCode.FORBIDDEN,
            "Pengaduan ini tidak berada di OPD Anda.",
            "The complaint does not lie with your department.",
        )


def unknown(complaint: str) -> Declined:
    """NOT_FOUND: the same sentence for what is not there and for what is not shown."""
    return declined(
        ErrorCode.NOT_FOUND,
        f"Tidak ada pengaduan {complaint[:40]!r} di sini.",
        f"There is no complaint {complaint[:40]!r} here; those of other systems are handled there.",
        field="id",
    )
