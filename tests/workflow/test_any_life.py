"""Whatever anybody does in whatever order: no state that the table does not know, nothing lost."""

from __future__ import annotations

import asyncio
from itertools import pairwise
from tempfile import TemporaryDirectory

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, rule
from sqlalchemy import event

from catalog.registrations.declined import Declined
from catalog.workflow.news import News, take_news
from catalog.workflow.tables import changes
from catalog.workflow.writing import alter, hold, writing
from connectors.kinds.sql import open_engine
from connectors.ports.common import ErrorCode, MediaKind, ScopedId
from connectors.ports.complaint_workflow import MOVES, SILENT, WHO, Act, Tie
from connectors.ports.complaints import (
    ComplaintEvent,
    ComplaintStatus,
    Light,
    RejectReason,
    Visibility,
    light_of,
)
from connectors.ports.roles import has
from tests.builders import NOON
from tests.workflow.town import DISHUB, PEOPLE, PUPR, SITI, Town, furnish, id_of, new, photo

people = st.sampled_from(PEOPLE)
versions = st.sampled_from([None, "now", "old"])
REFUSALS = {
    ErrorCode.BAD_INPUT, ErrorCode.CONFLICT, ErrorCode.FORBIDDEN, ErrorCode.NOT_FOUND,
    ErrorCode.PROOF_REQUIRED, ErrorCode.UNAUTHENTICATED,
}  # fmt: skip


class AnyLife(RuleBasedStateMachine):
    """A town in which people act at random on a few complaints."""

    complaints = Bundle("complaints")

    @initialize()
    def begin(self) -> None:
        self.runner = asyncio.Runner()
        self.folder = TemporaryDirectory()
        self.town = Town(open_engine(f"sqlite:///{self.folder.name}/life.db"))
        self.run(furnish(self.town.engine))
        self.seen: dict[str, list[ComplaintEvent]] = {}
        self.feed: list[tuple[object, ...]] = []
        event.listen(self.town.engine.sync_engine, "before_cursor_execute", self.looked_at)
        self.statements: list[str] = []

    def looked_at(self, _connection, _cursor, statement, *_rest) -> None:
        self.statements.append(statement)

    def run(self, waiting):
        return self.runner.run(waiting)

    def teardown(self) -> None:
        if hasattr(self, "runner"):
            self.run(self.town.engine.dispose())
            self.runner.close()
            self.folder.cleanup()

    # ------------------------------------------------------------------- what people do

    @rule(target=complaints, private=st.booleans())
    def create(self, private):
        visibility = Visibility.PRIVATE if private else Visibility.PUBLIC
        what = new(f"Nomor {len(self.seen)}", visibility=visibility)
        made = self.run(self.town.create(what)).complaint
        self.seen[made.origin.local_id] = []
        return made

    def refusal_of(self, waiting) -> Declined | None:
        try:
            self.run(waiting)
        except Declined as refused:
            return refused
        return None

    def attempt(self, act, complaint, actor, waiting) -> None:
        """Do it; what happens must be what the table says."""
        before = self.run(self.town.see(complaint))
        refused = self.refusal_of(waiting)
        if refused is not None:
            assert refused.code in REFUSALS
            assert self.run(self.town.see(complaint)) == before, "a refusal changed something"
            return
        now = self.run(self.town.see(complaint))
        assert (before.status, act) in MOVES, "not in the table"
        assert now.status is MOVES[before.status, act]
        role, tie = WHO[act]
        assert has(actor.roles, role)
        if tie is Tie.OWN:
            assert actor is SITI
        if tie is Tie.DEPARTMENT:
            assert before.department in actor.departments
        repeated = act is Act.RATE and now == before
        assert now.version == before.version + (act not in SILENT and not repeated)

    def told(self, complaint, version):
        if version is None:
            return {}
        now = self.run(self.town.see(complaint)).version
        return {"version": now if version == "now" else now - 1}

    @rule(complaint=complaints, actor=people, version=versions, accept=st.booleans())
    def verify(self, complaint, actor, version, accept):
        waiting = self.town.verify(
            complaint, actor, accept=accept, reason="Alasan", **self.told(complaint, version)
        )
        self.attempt(Act.VERIFY if accept else Act.DECLINE, complaint, actor, waiting)

    @rule(complaint=complaints, actor=people, version=versions, to=st.sampled_from([PUPR, DISHUB]))
    def forward(self, complaint, actor, version, to):
        waiting = self.town.forward(complaint, actor, to, **self.told(complaint, version))
        self.attempt(Act.FORWARD, complaint, actor, waiting)

    @rule(complaint=complaints, actor=people, version=versions)
    def start(self, complaint, actor, version):
        waiting = self.town.start(complaint, actor, **self.told(complaint, version))
        self.attempt(Act.START, complaint, actor, waiting)

    @rule(complaint=complaints, actor=people, kind=st.sampled_from([*MediaKind, None]))
    def resolve(self, complaint, actor, kind):
        proof = [photo(kind)] if kind else []
        self.attempt(
            Act.RESOLVE, complaint, actor, self.town.resolve(complaint, actor, proof=proof)
        )

    @rule(complaint=complaints, actor=people, reason=st.sampled_from(RejectReason), of=complaints)
    def reject(self, complaint, actor, reason, of):
        repeats = reason is RejectReason.DUPLICATE
        more = {"duplicate_of": id_of(of)} if repeats else {}
        waiting = self.town.reject(complaint, reason, actor=actor, **more)
        self.attempt(Act.MARK_DUPLICATE if repeats else Act.REJECT, complaint, actor, waiting)

    @rule(complaint=complaints, actor=people)
    def reopen(self, complaint, actor):
        self.attempt(Act.REOPEN, complaint, actor, self.town.reopen(complaint, actor))

    @rule(complaint=complaints, actor=people, stars=st.integers(-1, 6))
    def rate(self, complaint, actor, stars):
        waiting = self.town.rate(complaint, actor, stars=stars)
        self.attempt(Act.RATE, complaint, actor, waiting)

    @rule(complaint=complaints, actor=people, on=st.booleans())
    def follow(self, complaint, actor, on):
        self.attempt(Act.FOLLOW, complaint, actor, self.town.follow(complaint, actor, on=on))

    @rule(complaint=complaints, actor=people)
    def comment(self, complaint, actor):
        self.attempt(Act.COMMENT, complaint, actor, self.town.comment(complaint, actor))

    @rule(complaint=complaints, minutes=st.integers(0, 5), said=st.sampled_from(ComplaintStatus))
    def news(self, complaint, minutes, said):
        self.run(self._news(complaint, minutes, said))

    async def _news(self, complaint, minutes, said):
        async with writing(self.town.engine) as connection:
            held = await hold(connection, "laksa", complaint.origin.local_id)
            if held is None or held.desk is None:
                return
            await alter(connection, held, upstream_id=f"up-{held.id.local}")
            told = News(
                held.desk, f"up-{held.id.local}", NOON.replace(minute=minutes), said, said.value
            )
            await take_news(connection, told, now=self.town.clock.now())

    # ------------------------------------------------------------------- what always holds

    @invariant()
    def the_history_only_grows_and_explains_where_each_complaint_stands(self):
        if not hasattr(self, "seen"):
            return
        for local, before in self.seen.items():
            self.run(self._explained(local, before))

    async def _explained(self, local, before) -> None:
        now = await self.town.see(ScopedId("laksa", local))
        history = await self.town.history(now)
        assert history[: len(before)] == before, "the past was changed"
        before[:] = history
        assert history[0].before is None
        for first, second in pairwise(history):
            assert second.before is first.to, "a step is missing"
            assert second.at >= first.at
        assert history[-1].to is now.status
        assert now.light is light_of(now.status, has_proof=now.has_proof)
        if now.light is Light.GREEN:
            assert now.has_proof
        acts = [row for row in await self.town.rows(changes) if row.complaint == local]
        assert [row.step for row in acts] == [one.id.local for one in history]
        assert now.version == sum(Act(row.act) not in SILENT for row in acts)
        assert (now.duplicate_of is None) or now.status is ComplaintStatus.DUPLICATE

    @invariant()
    def the_feed_has_no_gap_and_nothing_in_it_was_ever_changed(self):
        if not hasattr(self, "feed"):
            return
        rows = [tuple(row) for row in self.run(self.town.rows(changes))]
        assert rows[: len(self.feed)] == self.feed
        self.feed = rows
        assert [row[0] for row in rows] == list(range(1, len(rows) + 1))
        written = [s for s in self.statements if not s.lstrip().upper().startswith("SELECT")]
        for table in ("complaint_events", "complaint_changes"):
            touched = [s for s in written if f" {table} " in f"{s} ".replace("(", " (")]
            assert all(s.startswith("INSERT") for s in touched)
        self.statements.clear()


AnyLife.TestCase.settings = settings(max_examples=12, stateful_step_count=30, deadline=None)
TestAnyLife = AnyLife.TestCase
