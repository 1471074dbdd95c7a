"""The life of a complaint (alur pengaduan) as one table: status x act x role -> status.

    RECEIVED ── verify ──> VERIFIED ── forward ──> FORWARDED ── start ──> IN_PROGRESS ── resolve ──> RESOLVED
        └────────────────── reject, from every open status ──────────────────> REJECTED | DUPLICATE
    RESOLVED | REJECTED ── reopen ──> REOPENED ── verify | forward | start ──> ...

Nothing else moves a complaint but news of the source it was handed on to: see `after_news`.
"""

from __future__ import annotations

from enum import Enum

from connectors.ports.complaints import OPEN, ComplaintStatus
from connectors.ports.roles import Role

S = ComplaintStatus


class Act(Enum):
    """What can be done to a complaint, and who does it is in `WHO`."""

    CREATE = "CREATE"
    VERIFY = "VERIFY"
    DECLINE = "DECLINE"
    """`verifyComplaint(accept: false)`: not taken up."""
    FORWARD = "FORWARD"
    START = "START"
    RESOLVE = "RESOLVE"
    REJECT = "REJECT"
    MARK_DUPLICATE = "MARK_DUPLICATE"
    """`rejectComplaint(reason: DUPLICATE)`."""
    REOPEN = "REOPEN"
    RATE = "RATE"
    COMMENT = "COMMENT"
    FOLLOW = "FOLLOW"
    NEWS = "NEWS"
    """The system it was handed on to says something; nobody of the gateway does this."""
    DELIVERY = "DELIVERY"
    """It arrived somewhere: at the city's own system, at a department's call centre."""


class Tie(Enum):
    """What the caller must have to do with the complaint, beside the role."""

    NONE = "NONE"
    SEES = "SEES"
    """It is shown to the caller."""
    OWN = "OWN"
    """The caller sent it."""
    DEPARTMENT = "DEPARTMENT"
    """It lies with a department of the caller."""


WHO: dict[Act, tuple[Role, Tie]] = {
    Act.CREATE: (Role.CITIZEN, Tie.NONE),
    Act.VERIFY: (Role.OFFICER, Tie.SEES),
    Act.DECLINE: (Role.OFFICER, Tie.SEES),
    Act.FORWARD: (Role.OFFICER, Tie.SEES),
    Act.START: (Role.OPD_STAFF, Tie.DEPARTMENT),
    Act.RESOLVE: (Role.OPD_STAFF, Tie.DEPARTMENT),
    Act.REJECT: (Role.OFFICER, Tie.SEES),
    Act.MARK_DUPLICATE: (Role.OFFICER, Tie.SEES),
    Act.REOPEN: (Role.CITIZEN, Tie.OWN),
    Act.RATE: (Role.CITIZEN, Tie.OWN),
    Act.COMMENT: (Role.CITIZEN, Tie.SEES),
    Act.FOLLOW: (Role.CITIZEN, Tie.SEES),
}
"""Which role each act needs, and which tie. MAYOR, ADMIN and APP_TEAM contain none of these roles.

NEWS and DELIVERY are not in it: no caller does them.
"""

_STILL_OPEN = tuple(status for status in ComplaintStatus if status in OPEN)

MOVES: dict[tuple[ComplaintStatus | None, Act], ComplaintStatus] = {
    (None, Act.CREATE): S.RECEIVED,
    (S.RECEIVED, Act.VERIFY): S.VERIFIED,
    (S.REOPENED, Act.VERIFY): S.VERIFIED,
    (S.RECEIVED, Act.DECLINE): S.REJECTED,
    (S.REOPENED, Act.DECLINE): S.REJECTED,
    (S.RECEIVED, Act.FORWARD): S.FORWARDED,  # who forwards at once has looked at it
    (S.VERIFIED, Act.FORWARD): S.FORWARDED,
    (S.REOPENED, Act.FORWARD): S.FORWARDED,
    (S.FORWARDED, Act.FORWARD): S.FORWARDED,  # to another department
    (S.SCHEDULED, Act.FORWARD): S.FORWARDED,
    (S.IN_PROGRESS, Act.FORWARD): S.FORWARDED,
    (S.FORWARDED, Act.START): S.IN_PROGRESS,
    (S.SCHEDULED, Act.START): S.IN_PROGRESS,
    (S.REOPENED, Act.START): S.IN_PROGRESS,
    (S.IN_PROGRESS, Act.RESOLVE): S.RESOLVED,
    **{(status, Act.REJECT): S.REJECTED for status in _STILL_OPEN},
    **{(status, Act.MARK_DUPLICATE): S.DUPLICATE for status in _STILL_OPEN},
    (S.RESOLVED, Act.REOPEN): S.REOPENED,
    (S.REJECTED, Act.REOPEN): S.REOPENED,
    (S.RESOLVED, Act.RATE): S.RESOLVED,
    **{(status, Act.COMMENT): status for status in ComplaintStatus},
    **{(status, Act.FOLLOW): status for status in ComplaintStatus},
}
"""Every move there is. What is not here is refused with CONFLICT."""

SILENT = frozenset({Act.COMMENT, Act.FOLLOW, Act.DELIVERY})
"""Acts that leave the version as it is: two officers must not conflict because a stranger follows."""

NEEDS_PROOF = frozenset({Act.RESOLVE})
"""Acts that are refused with PROOF_REQUIRED without a photo or video of the work."""


def after(status: ComplaintStatus | None, act: Act) -> ComplaintStatus | None:
    """The status an act leads to; None where the act cannot be done."""
    return MOVES.get((status, act))


def possible(status: ComplaintStatus) -> list[Act]:
    """What can be done to a complaint of this status, in the order of the acts."""
    return [act for act in Act if (status, act) in MOVES]


# ------------------------------------------------------------------------------- news

RANK: dict[ComplaintStatus, int] = {
    S.UNKNOWN: 0,
    S.RECEIVED: 1,
    S.REOPENED: 1,
    S.VERIFIED: 2,
    S.FORWARDED: 3,
    S.SCHEDULED: 4,
    S.IN_PROGRESS: 5,
    S.RESOLVED: 6,
    S.REJECTED: 6,
    S.DUPLICATE: 6,
}
"""How far a complaint has come."""

CLOSED = frozenset({S.RESOLVED, S.REJECTED, S.DUPLICATE})


def after_news(
    now: ComplaintStatus, said_before: ComplaintStatus | None, said: ComplaintStatus
) -> ComplaintStatus:
    """Where a complaint stands after its source said something newer than what it said before.

    News only leads on. What the source says of an earlier step means that it does not know yet what
    was done here. One way leads back: the source itself had closed the complaint, and has opened it.
    """
    if said is S.UNKNOWN or said is now:
        return now
    if now in CLOSED:
        opened = said_before in CLOSED and said in OPEN
        return S.REOPENED if opened or (said is S.REOPENED and said_before is not said) else now
    if said is S.REOPENED:
        return now  # it is open already, and further on
    return said if RANK[said] > RANK[now] else now
