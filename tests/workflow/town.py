"""A small town for the tests of the workflow: a database, its people, and systems that fail."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from catalog.everything import metadata
from catalog.workflow import acts, creating, watching
from catalog.workflow.acts import Doing
from catalog.workflow.creating import NewComplaint, Taken
from catalog.workflow.people import Actor
from catalog.workflow.rules import Rules
from catalog.workflow.tables import changes, deliveries, intakes
from catalog.workflow.writing import writing
from connectors.errors import ConnectorError
from connectors.kinds.sql import Database
from connectors.ports.common import (
    GeoPoint,
    Media,
    MediaKind,
    Page,
    ScopedId,
    must_text,
)
from connectors.ports.complaint_categories import ComplaintCategory
from connectors.ports.complaint_desk import ComplaintDraft, Contact, Receipt
from connectors.ports.complaints import Complaint, ComplaintEvent, Visibility
from connectors.ports.departments import Department
from connectors.ports.roles import Role
from connectors.store.complaints import StoreComplaints
from tests.builders import NOON, origin
from tests.upstream import MovedClock

HOME = "laksa"
DESK = "laksa-kirim"
INSIDE = GeoPoint(-6.17, 106.64)
OUTSIDE = GeoPoint(-6.9, 107.6)

ROADS = ComplaintCategory(
    origin("laksa", "jalan"), "jalan", must_text("Jalan rusak"), sla=timedelta(days=3)
)
LAMPS = ComplaintCategory(origin("laksa", "lampu"), "lampu", must_text("Lampu padam"))

PUPR = Department(origin("opd", "pupr"), "pupr", must_text("Dinas PUPR"))
DISHUB = Department(origin("opd", "dishub"), "dishub", must_text("Dinas Perhubungan"))

SITI = Actor("siti", frozenset({Role.CITIZEN}))
BUDI = Actor("budi", frozenset({Role.CITIZEN}))
OFFICER = Actor("wati", frozenset({Role.OFFICER}))
WORKER = Actor("joko", frozenset({Role.OPD_STAFF}), frozenset({"pupr"}))
OTHER_WORKER = Actor("rini", frozenset({Role.OPD_STAFF}), frozenset({"dishub"}))
HEAD = Actor("agus", frozenset({Role.OPD_HEAD}), frozenset({"pupr"}))
MAYOR = Actor("mayor", frozenset({Role.MAYOR}))
ADMIN = Actor("admin", frozenset({Role.ADMIN}))
APP_TEAM = Actor("team", frozenset({Role.APP_TEAM}))
NOBODY = Actor()
PEOPLE = (SITI, BUDI, OFFICER, WORKER, OTHER_WORKER, HEAD, MAYOR, ADMIN, APP_TEAM, NOBODY)

_numbers = itertools.count(1)


def photo(kind: MediaKind = MediaKind.PHOTO) -> Media:
    """An upload nobody has used."""
    local = f"upload-{next(_numbers)}"
    return Media(ScopedId("uploads", local), f"/media/{local}.jpg", kind)


def draft(description: str = "Lubang di Jalan Merdeka", **told: Any) -> ComplaintDraft:
    made: dict[str, Any] = {"category": "jalan", "point": INSIDE}
    return ComplaintDraft(description=description, **{**made, **told})


def new(description: str = "Lubang di Jalan Merdeka", **told: Any) -> NewComplaint:
    """A complaint with which nothing is wrong; what is named of the draft goes there."""
    own = {
        name: told.pop(name) for name in ("visibility", "media", "consent_version") if name in told
    }
    return NewComplaint(draft(description, **told), **{"consent_version": "v1", **own})


CONTACT = Contact(first_name="Siti", last_name="Aminah", phone="+628120000001")


@dataclass
class Town:
    """The workflow over one database."""

    engine: AsyncEngine
    rules: Rules = field(
        default_factory=lambda: Rules(
            HOME, DESK, area_at=lambda point: "36.71.01.1001" if point.lat > -6.5 else None
        )
    )
    clock: MovedClock = field(default_factory=MovedClock)

    async def create(
        self,
        what: NewComplaint | None = None,
        actor: Actor = SITI,
        *,
        mutation: str | None = None,
        category: ComplaintCategory | None = ROADS,
    ) -> Taken:
        what = what or new(f"Lubang nomor {next(_numbers)}")
        async with writing(self.engine) as connection:
            return await creating.create(
                connection,
                self.rules,
                what,
                category,
                actor,
                mutation=mutation or f"m-{next(_numbers)}",
                now=self.clock.now(),
            )

    def doing(
        self, complaint: Complaint | ScopedId, actor: Actor, *, version: int | None = None,
        mutation: str | None = None,
    ) -> Doing:  # fmt: skip
        id_ = complaint if isinstance(complaint, ScopedId) else id_of(complaint)
        return Doing(id_, actor, self.clock.now(), version, mutation)

    async def do(
        self, act: Any, complaint: Any, actor: Actor, *args: Any, **told: Any
    ) -> Complaint:
        """One act in a transaction of its own, a minute after the one before."""
        self.clock.move(60)
        how = {name: told.pop(name) for name in ("version", "mutation") if name in told}
        async with writing(self.engine) as connection:
            done: Complaint = await act(
                connection, self.doing(complaint, actor, **how), *args, **told
            )
            return done

    async def verify(self, complaint: Any, actor: Actor = OFFICER, **told: Any) -> Complaint:
        told = {"accept": True, "reason": None, **told}
        return await self.do(acts.verify, complaint, actor, **told)

    async def forward(
        self, complaint: Any, actor: Actor = OFFICER, to: Department | None = PUPR, **told: Any
    ) -> Complaint:
        return await self.do(acts.forward, complaint, actor, to, **told)

    async def start(self, complaint: Any, actor: Actor = WORKER, **told: Any) -> Complaint:
        return await self.do(acts.start, complaint, actor, **told)

    async def resolve(self, complaint: Any, actor: Actor = WORKER, **told: Any) -> Complaint:
        told = {"proof": [photo()], "note": "Sudah ditambal.", **told}
        return await self.do(acts.resolve, complaint, actor, **told)

    async def reject(self, complaint: Any, reason: Any, **told: Any) -> Complaint:
        told = {"note": "Bukan wewenang kota.", **told}
        actor = told.pop("actor", OFFICER)
        return await self.do(acts.reject, complaint, actor, reason, **told)

    async def reopen(self, complaint: Any, actor: Actor = SITI, **told: Any) -> Complaint:
        return await self.do(acts.reopen, complaint, actor, **{"reason": "Belum selesai.", **told})

    async def rate(self, complaint: Any, actor: Actor = SITI, **told: Any) -> Complaint:
        return await self.do(acts.rate, complaint, actor, **{"stars": 4, "solved": True, **told})

    async def resolved(self) -> Complaint:
        """A complaint of Siti's that went all the way."""
        made = (await self.create()).complaint
        await self.forward(made)
        await self.start(made)
        return await self.resolve(made)

    async def follow(
        self, complaint: Complaint, actor: Actor = BUDI, *, on: bool = True
    ) -> Complaint:
        async with writing(self.engine) as connection:
            return await watching.follow(
                connection, id_of(complaint), actor, on=on, now=self.clock.now()
            )

    async def comment(
        self, complaint: Complaint, actor: Actor = BUDI, *, text: str = "Saya juga.", **told: Any
    ) -> tuple[Complaint, str]:
        told = {"mutation": f"m-{next(_numbers)}", **told}
        async with writing(self.engine) as connection:
            return await watching.comment(
                connection, id_of(complaint), actor, text=text, now=self.clock.now(), **told
            )

    # ----------------------------------------------------------------------- looking

    @property
    def shown(self) -> StoreComplaints:
        """The complaints as the graph reads them."""
        return StoreComplaints(HOME, Database(self.engine))

    async def see(self, complaint: Complaint | ScopedId) -> Complaint:
        local = complaint.local if isinstance(complaint, ScopedId) else complaint.origin.local_id
        (found,) = await self.shown.complaints_by_id([local])
        assert found is not None
        return found

    async def history(self, complaint: Complaint) -> list[ComplaintEvent]:
        (part,) = await self.shown.history_by_complaint_id(
            [complaint.origin.local_id], Page(first=1_000)
        )
        return [hit.record for hit in part.hits]

    async def rows(self, table: Any) -> list[Any]:
        order = {"complaint_changes": changes.c.number, "complaint_deliveries": deliveries.c.id}
        asked = select(table)
        if table.name in order:
            asked = asked.order_by(order[table.name])
        async with self.engine.connect() as connection:
            return list(await connection.execute(asked))

    async def intakes(self) -> list[Any]:
        return await self.rows(intakes)


def id_of(complaint: Complaint) -> ScopedId:
    return ScopedId(complaint.origin.connector, complaint.origin.local_id)


TABLES = [
    table
    for table in metadata.sorted_tables
    if table.name.startswith("complaint") and table.name != "complaint_categories"
]


async def furnish(engine: AsyncEngine) -> None:
    async with engine.begin() as connection:
        await connection.run_sync(metadata.create_all, tables=TABLES)


# ------------------------------------------------------------------------------- systems


@dataclass
class FailingDesks:
    """Desks that do what they are told: an error before, or after they took the complaint."""

    fails: list[ConnectorError | None] = field(default_factory=list)
    """What happens to the next submissions; nothing when the list is over."""
    takes_before_failing: bool = False
    finds: ConnectorError | None = None
    answers: list[Receipt] = field(default_factory=list)
    taken: dict[str, ComplaintDraft] = field(default_factory=dict)
    tokens: dict[str, str | None] = field(default_factory=dict)

    async def submit(self, desk: str, said: ComplaintDraft) -> Receipt:
        assert desk == DESK
        failure = self.fails.pop(0) if self.fails else None
        if failure is not None and not self.takes_before_failing:
            raise failure
        if self.answers:
            answer = self.answers.pop(0)
            if not answer.accepted:
                return answer
        else:
            answer = Receipt(f"up-{len(self.taken) + 1}")
        self.taken[answer.upstream_id or answer.token or "?"] = said
        if failure is not None:
            raise failure
        return answer

    async def id_of_token(self, desk: str, token: str) -> str | None:
        assert desk == DESK
        return self.tokens.get(token)

    async def find(
        self, desk: str, complaint: Complaint, reference: str, *, after: datetime
    ) -> str | None:
        assert desk == DESK
        assert after > complaint.created_at
        assert complaint.tracking_id in reference
        if self.finds is not None:
            raise self.finds
        return next((id_ for id_, one in self.taken.items() if reference in one.description), None)


@dataclass
class Mailbox:
    """Takes letters, or does not."""

    fails: list[ConnectorError] = field(default_factory=list)
    letters: list[Mapping[str, Any]] = field(default_factory=list)

    async def deliver(self, department: str, letter: Mapping[str, Any], attempts: int) -> str:
        assert attempts > 0
        if self.fails:
            raise self.fails.pop(0)
        self.letters.append(letter)
        return f"kotak {department}"


PRIVATE = Visibility.PRIVATE
START: datetime = NOON
