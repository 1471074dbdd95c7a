"""Where complaints are handed in: what a citizen sends, and what comes back for it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from connectors.ports.common import ErrorCode, GeoPoint, Source, Text, must_text
from connectors.ports.complaint_categories import ComplaintCategory, FormField, FormFieldKind

MOST_CHARACTERS = 4_000
"""Of a description, in code points (Open311)."""
_NUMBER = re.compile(r"[+-]?\d{1,30}([.]\d{1,30})?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Contact:
    """Who complains, as far as they say. Personal data: handed on, never kept and never printed."""

    first_name: str | None = field(default=None, repr=False)
    last_name: str | None = field(default=None, repr=False)
    email: str | None = field(default=None, repr=False)
    phone: str | None = field(default=None, repr=False)
    """E.164."""


@dataclass(frozen=True, slots=True)
class DraftAnswer:
    """An answer to a question of the category's form."""

    code: str
    values: tuple[str, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class ComplaintDraft:
    """A complaint about to be sent. Its place is a point, an address, or the id of an address."""

    category: str
    """Local id of the category, of the source it is sent to."""
    description: str = field(repr=False)
    """Plain text, at most `MOST_CHARACTERS`."""
    point: GeoPoint | None = field(default=None, repr=False)
    address_text: str | None = field(default=None, repr=False)
    address_id: str | None = field(default=None, repr=False)
    media_urls: tuple[str, ...] = field(default=(), repr=False)
    answers: tuple[DraftAnswer, ...] = ()
    contact: Contact | None = None


@dataclass(frozen=True, slots=True)
class DraftFault:
    """Why a draft was not taken."""

    field: str
    """Of the draft, such as `description` or `answers.depth`; empty when it is the whole."""
    code: ErrorCode
    message: Text


@dataclass(frozen=True, slots=True)
class Receipt:
    """What came back for a draft.

    With `faults` nothing was taken. Otherwise it was: with its id at once, with a token that the
    id can be had for later, or with neither, where the system tells nobody (BLACKBOX).
    """

    upstream_id: str | None = None
    token: str | None = None
    notice: Text | None = None
    faults: tuple[DraftFault, ...] = ()

    @property
    def accepted(self) -> bool:
        """Whether the complaint was taken."""
        return not self.faults


class ComplaintDesk(Source, Protocol):
    """A system that complaints can be handed in to. Raises ConnectorError when it cannot answer."""

    async def submit_complaint(self, draft: ComplaintDraft) -> Receipt:
        """Hand in a complaint, once: it is never sent a second time on our own account.

        What `faults_of` finds is told in the receipt and nothing is sent. After TimedOut, Broken
        and Unreadable nobody knows whether it was taken; after any other error it was not.
        """
        ...

    async def complaint_ids_by_token(self, tokens: Sequence[str]) -> Sequence[str | None]:
        """The ids that tokens have become, in their order; None where there is none (yet)."""
        ...


# ------------------------------------------------------------------------------- rules


def faults_of(draft: ComplaintDraft, category: ComplaintCategory | None) -> tuple[DraftFault, ...]:
    """What is wrong with a draft, as far as its category can tell; None: there is no such one."""
    return tuple(_faults(draft, category))


def _faults(draft: ComplaintDraft, category: ComplaintCategory | None) -> Iterator[DraftFault]:
    if category is None:
        yield DraftFault(
            "category",
            ErrorCode.NOT_FOUND,
            must_text("Kategori ini tidak ada.", "There is no such category."),
        )
    said = draft.description.strip()
    if not said:
        yield _bad("description", "Uraian harus diisi.", "A description is needed.")
    elif len(said) > MOST_CHARACTERS:
        yield _bad(
            "description",
            f"Uraian paling banyak {MOST_CHARACTERS} karakter.",
            f"The description may have at most {MOST_CHARACTERS} characters.",
        )
    addresses = (draft.address_text, draft.address_id)
    if draft.point is None and not any(one and one.strip() for one in addresses):
        yield _bad(
            "point",
            "Lokasi harus diisi: titik atau alamat.",
            "A place is needed: a point or an address.",
        )
    if category is not None:
        yield from _answer_faults(draft, category)


def _answer_faults(draft: ComplaintDraft, category: ComplaintCategory) -> Iterator[DraftFault]:
    questions = {one.code: one for one in category.fields if one.input}
    given: dict[str, tuple[str, ...]] = {}
    for answer in draft.answers:
        place = f"answers.{answer.code}"
        if answer.code in given:
            yield _bad(place, "Isian ini dijawab dua kali.", "This question is answered twice.")
        elif answer.code not in questions:
            yield _bad(
                place,
                "Isian ini tidak ada di formulir.",
                "The form has no such question.",
            )
        given[answer.code] = tuple(value for value in answer.values if value.strip())
    for code, question in questions.items():
        values = given.get(code, ())
        if values:
            yield from _value_faults(question, values)
        elif question.required:
            yield _bad(
                f"answers.{code}",
                "Isian ini wajib dijawab.",
                "This question must be answered.",
            )


def _value_faults(question: FormField, values: Sequence[str]) -> Iterator[DraftFault]:
    place, kind = f"answers.{question.code}", question.kind
    if len(values) > 1 and kind is not FormFieldKind.MULTI_VALUE_LIST:
        yield _bad(place, "Hanya satu jawaban.", "One answer only.")
    if kind in (FormFieldKind.SINGLE_VALUE_LIST, FormFieldKind.MULTI_VALUE_LIST):
        keys = {option.key for option in question.options}
        if not keys.issuperset(values):
            yield _bad(place, "Pilih dari daftar.", "Choose from the list.")
    elif kind is FormFieldKind.NUMBER:
        if not all(_NUMBER.fullmatch(value.strip()) for value in values):
            yield _bad(place, "Harus angka, mis. 12.5.", "A number is needed, such as 12.5.")
    elif kind is FormFieldKind.DATETIME:
        if not all(map(_is_moment, values)):
            yield _bad(
                place,
                "Harus waktu, mis. 2026-11-23T08:00:00+07:00.",
                "A time is needed, such as 2026-11-23T08:00:00+07:00.",
            )
    elif kind is FormFieldKind.STRING and any("\n" in value for value in values):
        yield _bad(place, "Tanpa baris baru.", "No line breaks.")


def _is_moment(value: str) -> bool:
    try:
        datetime.fromisoformat(value.strip())
    except ValueError:
        return False
    return True


def _bad(place: str, indonesian: str, english: str) -> DraftFault:
    return DraftFault(place, ErrorCode.BAD_INPUT, must_text(indonesian, english))
