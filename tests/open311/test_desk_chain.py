"""A complaint that may have been taken is not handed in at the next desk."""

from __future__ import annotations

import pytest

from connectors.errors import TimedOut
from connectors.memory.complaint_desk import MemoryComplaintDesk
from connectors.ports.complaint_desk import ComplaintDraft, Receipt
from connectors.testing.complaint_desk import draft_for
from connectors.upkeep.fallback import Chain
from tests.complaint_records import CATEGORIES


class SlowDesk(MemoryComplaintDesk):
    async def submit_complaint(self, draft: ComplaintDraft) -> Receipt:
        await super().submit_complaint(draft)
        raise TimedOut("no answer in time")


async def test_what_the_first_desk_may_have_taken_is_not_handed_in_at_the_second() -> None:
    first, second = (kind("laksa", CATEGORIES) for kind in (SlowDesk, MemoryComplaintDesk))
    chain = Chain("laksa", [first, second])
    with pytest.raises(TimedOut):
        await chain.submit_complaint(draft_for(CATEGORIES[0]))
    assert len(first.taken) == 1
    assert second.taken == {}
