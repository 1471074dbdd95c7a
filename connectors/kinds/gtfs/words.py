"""translations.txt: the same text in other languages."""

from __future__ import annotations

import re

from connectors.kinds.gtfs.faults import FeedFault
from connectors.kinds.gtfs.files import Files
from connectors.kinds.gtfs.tables import rows
from connectors.ports.common import Text

_WANTED = {
    ("stops", "stop_name"), ("routes", "route_long_name"), ("trips", "trip_headsign"),
    ("stop_times", "stop_headsign"),
}  # fmt: skip
_LANG = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,4}", re.ASCII)


def language_tag(text: str | None) -> str | None:
    """A language tag the way tags are usually written, None when the text is none.

    Feeds write EN as often as en, and BCP 47 makes no difference.

    >>> language_tag("EN-gb"), language_tag("zh-hant-tw"), language_tag("Bahasa Indonesia")
    ('en-GB', 'zh-Hant-TW', None)
    """
    if text is None or _LANG.fullmatch(text) is None:
        return None
    first, *rest = text.lower().split("-")
    styled = {2: str.upper, 4: str.title}
    return "-".join([first, *(styled.get(len(part), str)(part) for part in rest)])


class Translations:
    """The translations of a feed, by record or by the text itself.

    Kept in memory: one entry per translated name, which is few beside the calls.
    """

    def __init__(self, files: Files) -> None:
        self._by_record: dict[tuple[str, str, str, str], dict[str, str]] = {}
        self._by_value: dict[tuple[str, str, str], dict[str, str]] = {}
        for row in rows(files, "translations.txt"):
            text = row.text("translation")
            lang = language_tag(row.text("language") or row.text("lang"))
            if lang is None:
                raise row.fault("language", "must be a language tag such as id or en")
            if text is None:
                continue
            if (value := row.text("trans_id")) is not None:  # the older form, before 2020
                for table, field in _WANTED:
                    self._by_value.setdefault((table, field, value), {})[lang] = text
                continue
            table, field = row.need("table_name"), row.need("field_name")
            if (table, field) not in _WANTED:
                continue
            record, value = row.text("record_id"), row.text("field_value")
            if record is not None:
                key = (table, field, record, row.text("record_sub_id") or "")
                self._by_record.setdefault(key, {})[lang] = text
            elif value is not None:
                self._by_value.setdefault((table, field, value), {})[lang] = text
            else:
                raise FeedFault(
                    "record_id or field_value is needed",
                    file=row.file,
                    line=row.line,
                    field="record_id",
                )

    def text(self, place: tuple[str, str], lang: str, value: str, *record: str) -> Text:
        """A text of a table's field with its translations; those of the record go before.

        `record` is the id of the record, and its second part where it has two.
        """
        table, field = place
        words = {lang: value}
        if self._by_value:
            words |= self._by_value.get((table, field, value), {})
        if self._by_record:
            id_, sub = (*record, "")[:2]
            words |= self._by_record.get((table, field, id_, sub), {})
        # Who asks for English is glad of British English before any other language.
        for tag, found in [*words.items()]:
            words.setdefault(tag.partition("-")[0], found)
        return Text(words)
