"""What a job pays, from the many ways in which people write it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from connectors.kinds.jsonld.nodes import Node
from connectors.kinds.jsonld.values import each, number, words
from connectors.ports.common import Money
from connectors.ports.jobs import MOST_AMOUNT, SalaryPeriod

_AMOUNT = re.compile(
    r"(?P<number>\d{1,3}(?:[.,]\d{3}){1,4}(?:[.,]\d{1,2})?(?!\d)|\d{1,12}(?:[.,]\d{1,2})?(?!\d))"
    r"\s*(?P<times>juta|jt|million|mio|ribu|rb|k)?(?![a-z])",
    re.IGNORECASE,
)
_TIMES = {"juta": 6, "jt": 6, "million": 6, "mio": 6, "ribu": 3, "rb": 3, "k": 3}
_WORDS: tuple[tuple[SalaryPeriod, str], ...] = (
    (SalaryPeriod.HOUR, r"hour(?:ly)?|hr|hur|jam|per\s*jam"),
    (SalaryPeriod.DAY, r"day|daily|hari|harian"),
    (SalaryPeriod.WEEK, r"week(?:ly)?|wee|minggu|mingguan"),
    (SalaryPeriod.MONTH, r"month(?:ly)?|mon|mth|bulan|bulanan|bln"),
    (SalaryPeriod.YEAR, r"year(?:ly)?|ann|annum|annual(?:ly)?|yr|tahun|tahunan|thn"),
)
_PERIODS = tuple(
    (period, re.compile(rf"(?<![a-z])(?:{form})(?![a-z])", re.IGNORECASE))
    for period, form in _WORDS
)
_CURRENCIES = (
    ("IDR", re.compile(r"(?<![a-z])(?:rp|idr|rupiah)(?![a-z])", re.IGNORECASE)),
    ("USD", re.compile(r"(?<![a-z])(?:usd|us\$)(?![a-z])|\$", re.IGNORECASE)),
    ("EUR", re.compile(r"(?<![a-z])eur(?:o)?(?![a-z])|€", re.IGNORECASE)),
)
_AT_LEAST = re.compile(r"(?<![a-z])(?:mulai|minimal|minimum|min|from|starting|>)", re.IGNORECASE)
_AT_MOST = re.compile(r"(?<![a-z])(?:hingga|maksimal|maximum|maks|max|up to|<)", re.IGNORECASE)
_CODE = re.compile(r"[A-Za-z]{3}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Salary:
    """From, to, and for how long a time."""

    low: Money | None = None
    high: Money | None = None
    period: SalaryPeriod | None = None


def salary_of(job: Node, currency: str) -> Salary:
    """The salary of a job; nothing where none is stated, or what is stated contradicts itself.

    `currency` is that of amounts that name none.
    """
    stated = _currency(words(job.get("salaryCurrency"))) or currency
    for one in each(job.get("baseSalary")):
        if isinstance(one, dict):
            found = _object(Node(one, job.world), stated)
        elif isinstance(one, str):
            found = salary_in(one, stated)
        else:
            found = _salary([number(one)], stated, None)
        if found.low or found.high:
            return found
    return Salary()


def salary_in(text: str, currency: str) -> Salary:
    """The salary that a text tells: `Rp 4,5 - 6 juta per bulan`.

    >>> salary_in("Rp 5.000.000", "IDR").low
    Money(amount=Decimal('5000000'), currency='IDR')
    """
    text = text[:200]
    amounts = list(_amounts(text))
    if not 1 <= len(amounts) <= 2:
        return Salary()
    named = next((code for code, form in _CURRENCIES if form.search(text)), currency)
    found = _salary(amounts, named, period_in(text))
    if len(amounts) == 1 and _AT_LEAST.search(text):
        return replace(found, high=None)
    if len(amounts) == 1 and _AT_MOST.search(text):
        return replace(found, low=None)
    return found


def period_in(text: str | None) -> SalaryPeriod | None:
    """The span of time a word means: MONTH, `per bulan`, the code MON; None when it is unknown."""
    found = [period for period, form in _PERIODS if form.search((text or "")[:200])]
    return found[0] if len(found) == 1 else None


# ------------------------------------------------------------------------------- parts


def _object(stated: Node, currency: str) -> Salary:
    """Of a MonetaryAmount, a QuantitativeValue or a price."""
    own = _currency(words(stated.get("currency", "priceCurrency"))) or currency
    period = period_in(words(stated.get("unitText", "unitCode", "duration")))
    value = next(each(stated.get("value")), None)
    if isinstance(value, dict):
        inner = _object(Node(value, stated.world), own)
        return Salary(inner.low, inner.high, inner.period or period)
    low = _number(stated.get("minValue", "minPrice"))
    high = _number(stated.get("maxValue", "maxPrice"))
    if low is not None or high is not None:
        return _salary([low, high], own, period)
    amount = _number(value if value is not None else stated.get("price", "amount", "@value"))
    if amount is None and isinstance(value, str):
        found = salary_in(value, own)
        return Salary(found.low, found.high, found.period or period)
    return _salary([amount], own, period)


def _salary(
    amounts: Sequence[Decimal | None], currency: str, period: SalaryPeriod | None
) -> Salary:
    known = [_money(amount, currency) for amount in amounts]
    low, high = (known[0], known[-1])
    if low and high and low.amount > high.amount:
        return Salary()
    return Salary(low, high, period if low or high else None)


def _money(amount: Decimal | None, currency: str) -> Money | None:
    # Nobody is paid nothing: 0 is how forms say that a field was left out.
    if amount is None or not 0 < amount <= MOST_AMOUNT:
        return None
    return Money(amount, currency)


def _currency(text: str | None) -> str | None:
    if text is None:
        return None
    if _CODE.fullmatch(text):
        return text.upper()
    return next((code for code, form in _CURRENCIES if form.search(text[:20])), None)


def _number(value: Any) -> Decimal | None:
    """A number as the standard has it, or as people write it, `5.000.000`."""
    for one in each(value):
        if isinstance(one, str):
            # With separators of thousands a point is not that of decimals.
            amounts = list(_amounts(one[:100]))
            if len(amounts) == 1:
                return amounts[0]
        elif (found := number(one)) is not None:
            return found
    return None


def _amounts(text: str) -> Iterator[Decimal]:
    matches = list(_AMOUNT.finditer(text))
    # In "4 - 6 juta" both are millions.
    last = matches[-1]["times"] if matches else None
    for match in matches:
        digits, decimals = match["number"], ""
        cents = re.search(r"[.,](\d{1,2})$", digits)
        if cents:
            digits, decimals = digits[: cents.start()], f".{cents[1]}"
        whole = Decimal(re.sub(r"[.,]", "", digits) + decimals)
        times = match["times"] or (last if whole < 1000 else None)
        yield whole * 10 ** _TIMES[times.lower()] if times else whole
