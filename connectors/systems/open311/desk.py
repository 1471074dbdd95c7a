"""Complaints handed in at an Open311 server, and the tokens it gives for them."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from connectors.base import Tools
from connectors.errors import Refused, Rejected, Unreadable
from connectors.kinds.kelurahan import kelurahan_of
from connectors.kinds.open311 import records, wire
from connectors.ports.common import ErrorCode, must_text
from connectors.ports.complaint_categories import ComplaintCategory, FormFieldKind
from connectors.ports.complaint_desk import ComplaintDraft, DraftFault, Receipt, faults_of
from connectors.ports.connectors import Binding
from connectors.systems.open311 import mapping
from connectors.systems.open311.options import read_options
from connectors.systems.open311.source import Open311Complaints
from connectors.systems.open311.talk import LONGEST_ID, Talk
from connectors.upkeep import http
from connectors.upkeep.documents import Answer, Document, Stamp

_SEVERAL = must_text("Hanya satu foto atau video.", "One picture or video only.")
_NOT_TAKEN = must_text("Sistem tujuan menolak isian ini.", "The system did not accept this.")
_GONE = must_text("Kategori ini tidak ada lagi.", "This category is no longer there.")
_PLACES = ("lat", "long", "address", "location", "jurisdiction boundary", "outside")


async def open_complaints(binding: Binding, tools: Tools) -> Open311:
    """An Open311 server as ComplaintSource and ComplaintDesk.

    Nothing is asked yet. Raises ValueError when an option, or the city's map, is wrong.
    """
    options, kelurahan = read_options(binding.options), kelurahan_of(tools.city_folder)
    return Open311(Talk(binding, options, tools.upkeep, kelurahan), tools.now)


class Open311(Open311Complaints):
    """A ComplaintSource that is a ComplaintDesk, too."""

    async def submit_complaint(self, draft: ComplaintDraft) -> Receipt:
        """As promised. Categories and forms are asked for first; without them nothing is sent."""
        category = await self._category_of(draft.category)
        faults = [*faults_of(draft, category)]
        if len(draft.media_urls) > 1:
            faults.append(DraftFault("media", ErrorCode.BAD_INPUT, _SEVERAL))
        if faults or category is None:
            return Receipt(faults=tuple(faults))
        server = await self._talk.server()
        if server.api_key is None:
            raise Refused("sending needs the option `api_key`")
        service = await self._talk.service(category.code)
        code = service.code if service else category.code
        answer = await self._talk.upkeep.send(server.create(_fields(draft, code, category)))
        return self._receipt(answer, category)

    async def complaint_ids_by_token(self, tokens: Sequence[str]) -> Sequence[str | None]:
        """As promised. A token that the server no longer knows is None, too."""
        known = {token for token in tokens if 0 < len(token) <= LONGEST_ID}
        found = dict(zip(known, await asyncio.gather(*map(self._became, known)), strict=True))
        return [found.get(token) for token in tokens]

    async def _became(self, token: str) -> str | None:
        server = await self._talk.server()
        try:
            return await self._talk.upkeep.get(server.token(token), _read_token, absent=True)
        except Rejected:
            return None  # some servers answer 400 for a token they do not know

    async def _category_of(self, code: str) -> ComplaintCategory | None:
        """The category with all questions of its form. Raises ConnectorError without the form."""
        category = (await self._kinds.all()).get(code)
        service = await self._talk.service(code)
        if category is None or service is None:
            return None  # one that is retired takes no complaints any more
        if not service.metadata or category.fields:
            return category
        form = await self._talk.form(service.code)
        return replace(category, fields=mapping.fields_of(form, self._talk.options))

    def _receipt(self, answer: Answer, category: ComplaintCategory) -> Receipt:
        """What the server says; its own words stay with us but for the notice."""
        document = http.document(Answer(200, answer.headers, answer.body), self._now(), pages=True)
        if 200 <= answer.status < 300:
            try:
                said = records.receipt(document)
            except Rejected:  # an errors document with a good status
                return Receipt(faults=tuple(_faults(document, answer.status, category)))
            notice = mapping.text_of(said.notice, self._talk.options)
            if said.request_id:
                return Receipt(said.request_id, None, notice)
            return Receipt(None, said.token, notice)
        return Receipt(faults=tuple(_faults(document, answer.status, category)))


# ------------------------------------------------------------------------------- words


def _fields(
    draft: ComplaintDraft, service_code: str, category: ComplaintCategory
) -> Iterator[tuple[str, str]]:
    """The fields of a POST, in the order of the specification."""
    yield "service_code", service_code
    if draft.point is not None:
        yield "lat", _degrees(draft.point.lat)
        yield "long", _degrees(draft.point.lng)
    yield "address_string", (draft.address_text or "").strip()
    yield "address_id", (draft.address_id or "").strip()
    who = draft.contact
    if who is not None:
        yield "email", (who.email or "").strip()
        yield "first_name", (who.first_name or "").strip()
        yield "last_name", (who.last_name or "").strip()
        yield "phone", (who.phone or "").strip()
    yield "description", draft.description.strip()
    yield "media_url", "".join(draft.media_urls[:1])
    kinds = {question.code: question.kind for question in category.fields}
    for answer in draft.answers:
        several = kinds.get(answer.code) is FormFieldKind.MULTI_VALUE_LIST
        for value in answer.values:
            yield f"attribute[{answer.code}]{'[]' if several else ''}", value.strip()


def _degrees(value: float) -> str:
    return f"{value:.9f}".rstrip("0").rstrip(".")


def _faults(document: Document, status: int, category: ComplaintCategory) -> Iterator[DraftFault]:
    """What an errors document means for the draft, in our words.

    Raises Refused or Rejected when it is not the draft that is wrong, or nobody can tell what is.
    """
    try:
        found = wire.problems(wire.tree(document))
    except Unreadable:
        found = []
    if not found:
        raise Rejected(f"HTTP {status} to a new request, and no reason that can be read")
    for problem in found:
        said = problem.description.casefold()
        if problem.code in ("401", "403") or "api_key" in said or "api key" in said:
            raise Refused("the server does not accept our key")
        if "jurisdiction_id" in said:
            raise Rejected("the server does not accept the option `jurisdiction_id`")
        yield _fault(said, problem.code or str(status), category)


def _fault(said: str, code: str, category: ComplaintCategory) -> DraftFault:
    for question in category.fields:
        if question.code.casefold() in said.split() or f"[{question.code.casefold()}]" in said:
            return DraftFault(f"answers.{question.code}", ErrorCode.BAD_INPUT, _NOT_TAKEN)
    if "service_code" in said or "service code" in said:
        return DraftFault("category", ErrorCode.NOT_FOUND, _GONE)
    words: Mapping[str, Sequence[str]] = {
        "description": ("description",),
        "media": ("media_url", "media"),
        "contact": ("email", "phone", "first_name", "last_name"),
        "point": _PLACES,
    }
    for field, hints in words.items():
        if any(hint in said for hint in hints):
            return DraftFault(field, ErrorCode.BAD_INPUT, _NOT_TAKEN)
    kind = ErrorCode.NOT_FOUND if code == "404" else ErrorCode.BAD_INPUT
    return DraftFault("", kind, _NOT_TAKEN)


def _read_token(document: Document, stamp: Stamp) -> str | None:
    """The id a token has become."""
    del stamp
    if document.status in http.ABSENT:
        return None
    return records.receipt(document).request_id
