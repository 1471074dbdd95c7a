"""A desk for complaints that keeps them in memory: the plain way, and for rehearsals."""

from __future__ import annotations

from collections.abc import Sequence

from connectors.ports.complaint_categories import ComplaintCategory, IntakeMode
from connectors.ports.complaint_desk import ComplaintDraft, Receipt, faults_of


class MemoryComplaintDesk:
    """A ComplaintDesk. `taken` are the drafts it took, by id, in their order."""

    def __init__(self, name: str, categories: Sequence[ComplaintCategory]) -> None:
        self.name = name
        self.taken: dict[str, ComplaintDraft] = {}
        self._categories = {category.code: category for category in categories}
        self._tokens: dict[str, str] = {}

    async def submit_complaint(self, draft: ComplaintDraft) -> Receipt:
        category = self._categories.get(draft.category)
        faults = faults_of(draft, category)
        if faults or category is None:
            return Receipt(faults=faults)
        id_ = f"{len(self.taken) + 1:06}"
        self.taken[id_] = draft
        if category.intake is IntakeMode.REALTIME:
            return Receipt(upstream_id=id_)
        if category.intake is IntakeMode.BLACKBOX:
            return Receipt()
        token = f"token-{id_}"
        self._tokens[token] = id_
        return Receipt(token=token)

    async def complaint_ids_by_token(self, tokens: Sequence[str]) -> Sequence[str | None]:
        return [self._tokens.get(token) for token in tokens]
