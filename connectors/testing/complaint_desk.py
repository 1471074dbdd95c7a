"""What every desk for complaints must keep; used like `connectors.testing.complaints`.

`source` is the desk, with at least one category that has a question which must be answered;
`categories` are what it takes complaints of.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from connectors.ports.common import ErrorCode, GeoPoint
from connectors.ports.complaint_categories import (
    ComplaintCategory,
    FormField,
    FormFieldKind,
    IntakeMode,
)
from connectors.ports.complaint_desk import (
    MOST_CHARACTERS,
    ComplaintDesk,
    ComplaintDraft,
    Contact,
    DraftAnswer,
)
from connectors.testing.base import UNKNOWN

_ANSWERS = {
    FormFieldKind.NUMBER: "3.5",
    FormFieldKind.DATETIME: "2026-11-23T08:00:00+07:00",
}


def draft_for(category: ComplaintCategory) -> ComplaintDraft:
    """A draft with which nothing is wrong."""
    return ComplaintDraft(
        category=category.code,
        description="Lampu jalan padam, “gelap” & licin <malam>",
        point=GeoPoint(-6.17, 106.64),
        answers=tuple(_answer(one) for one in category.fields if one.input and one.required),
        contact=Contact(first_name="Siti", phone="+628120000001"),
    )


def _answer(question: FormField) -> DraftAnswer:
    if question.options:
        return DraftAnswer(question.code, (question.options[0].key,))
    return DraftAnswer(question.code, (_ANSWERS.get(question.kind, "ada"),))


class ComplaintDeskPromises:
    """Tests of a ComplaintDesk."""

    async def test_a_draft_without_fault_is_taken_as_its_category_says(
        self, source: ComplaintDesk, categories: Sequence[ComplaintCategory]
    ) -> None:
        for category in categories:
            receipt = await source.submit_complaint(draft_for(category))
            assert receipt.accepted, receipt.faults
            assert not (receipt.upstream_id and receipt.token), "an id and a token"
            if category.intake is IntakeMode.REALTIME:
                assert receipt.upstream_id
            if category.intake is IntakeMode.BATCH:
                assert receipt.token

    async def test_two_drafts_are_two_complaints(
        self, source: ComplaintDesk, categories: Sequence[ComplaintCategory]
    ) -> None:
        told = [await source.submit_complaint(draft_for(categories[0])) for _ in range(2)]
        assert len({receipt.upstream_id or receipt.token for receipt in told}) == 2

    async def test_a_token_becomes_an_id_and_an_unknown_one_is_none(
        self, source: ComplaintDesk, categories: Sequence[ComplaintCategory]
    ) -> None:
        assert list(await source.complaint_ids_by_token([UNKNOWN])) == [None]
        assert list(await source.complaint_ids_by_token([])) == []
        for category in categories:
            receipt = await source.submit_complaint(draft_for(category))
            if receipt.token:
                found = await source.complaint_ids_by_token([UNKNOWN, receipt.token])
                assert found[0] is None
                assert len(found) == 2

    @pytest.mark.parametrize(
        ("wrong", "field"),
        [
            ({"category": UNKNOWN}, "category"),
            ({"description": " \n "}, "description"),
            ({"description": "\U0001f6b2" * (MOST_CHARACTERS + 1)}, "description"),
            ({"point": None}, "point"),
            ({"answers": (DraftAnswer(UNKNOWN, ("x",)),)}, f"answers.{UNKNOWN}"),
        ],
    )
    async def test_a_faulty_draft_is_refused_by_field(
        self,
        source: ComplaintDesk,
        categories: Sequence[ComplaintCategory],
        wrong: dict[str, object],
        field: str,
    ) -> None:
        draft = replace(draft_for(categories[0]), **wrong)  # type: ignore[arg-type]
        receipt = await source.submit_complaint(draft)
        assert not receipt.accepted
        assert receipt.upstream_id is None
        assert receipt.token is None
        assert field in [fault.field for fault in receipt.faults]

    async def test_a_question_that_must_be_answered_is(
        self, source: ComplaintDesk, categories: Sequence[ComplaintCategory]
    ) -> None:
        asking = [one for one in categories if any(f.required and f.input for f in one.fields)]
        assert asking, "give the promises a category with a required question"
        for category in asking:
            draft = replace(draft_for(category), answers=())
            receipt = await source.submit_complaint(draft)
            assert not receipt.accepted
            assert all(fault.code is ErrorCode.BAD_INPUT for fault in receipt.faults)

    async def test_the_longest_description_is_taken_whatever_its_letters(
        self, source: ComplaintDesk, categories: Sequence[ComplaintCategory]
    ) -> None:
        longest = "\U0001f6b2" * MOST_CHARACTERS
        draft = replace(draft_for(categories[0]), description=longest)
        assert (await source.submit_complaint(draft)).accepted

    def test_a_draft_is_not_printed_with_what_a_citizen_wrote(
        self, categories: Sequence[ComplaintCategory]
    ) -> None:
        shown = repr(draft_for(categories[0]))
        assert "Siti" not in shown
        assert "+62812" not in shown
        assert "Lampu" not in shown
