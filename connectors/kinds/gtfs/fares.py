"""What a single ride on a route costs at least: from fare_attributes, else from fare_products."""

from __future__ import annotations

import re
from collections.abc import Collection
from decimal import Decimal

from connectors.kinds.gtfs.files import Files
from connectors.kinds.gtfs.tables import Row, rows
from connectors.ports.common import Money

_CURRENCY = re.compile(r"[A-Za-z]{3}", re.ASCII)


class Fares:
    """The fares of a feed, by route."""

    def __init__(self, files: Files) -> None:
        self._files = files
        self._read_first_version()
        self._products: dict[str, Money] = {}
        self._legs: list[tuple[str | None, str]] = []
        self._networks: dict[str, str] = {}
        self._ranked = False
        if not self._prices:
            self._read_second_version()

    def lowest(self, route: str, agency: str, network: str | None) -> Money | None:
        """The lowest fare that is valid on a route, None when the feed names none."""
        if self._prices:
            valid = [
                money
                for fare, (money, of) in self._prices.items()
                if (of is None or of == agency)
                and (fare not in self._ruled or route in self._by_fare.get(fare, ()) or
                     fare in self._everywhere)
            ]  # fmt: skip
        else:
            mine = self._networks.get(route, network)
            named = {rule for rule, _ in self._legs if rule is not None}
            valid = [
                self._products[product]
                for rule, product in self._legs
                if product in self._products
                and (rule == mine if rule is not None else self._ranked or mine not in named)
            ]
        return min(valid, key=lambda money: money.amount, default=None)

    def check(self, routes: Collection[str]) -> None:
        """Raises FeedFault for a rule of a route that is not there."""
        for row in rows(self._files, "fare_rules.txt"):
            route = row.text("route_id")
            if route is not None and route not in routes:
                raise row.fault("route_id", f"there is no route {route!r}")

    def _read_first_version(self) -> None:
        self._prices: dict[str, tuple[Money, str | None]] = {}
        self._ruled: set[str] = set()
        self._everywhere: set[str] = set()
        self._by_fare: dict[str, set[str]] = {}
        needed = ("fare_id", "price", "currency_type")
        for row in rows(self._files, "fare_attributes.txt", required=needed):
            fare = row.need_id("fare_id")
            if fare in self._prices:
                raise row.fault("fare_id", f"{fare!r} is there twice")
            self._prices[fare] = (_money(row, "price", "currency_type"), row.text("agency_id"))
        for row in rows(self._files, "fare_rules.txt", required=("fare_id",)):
            fare = row.need_id("fare_id")
            if fare not in self._prices:
                raise row.fault("fare_id", f"there is no fare {fare!r}")
            self._ruled.add(fare)
            route = row.text("route_id")
            if route is None:
                self._everywhere.add(fare)  # a rule of zones alone: any route may be used
            else:
                self._by_fare.setdefault(fare, set()).add(route)

    def _read_second_version(self) -> None:
        for row in rows(self._files, "fare_products.txt", required=("fare_product_id", "amount")):
            id_ = row.need_id("fare_product_id")
            money = _money(row, "amount", "currency")
            known = self._products.get(id_)
            if known is None or money.amount < known.amount:
                self._products[id_] = money
        for row in rows(self._files, "route_networks.txt", required=("network_id", "route_id")):
            self._networks[row.need("route_id")] = row.need("network_id")
        for row in rows(self._files, "fare_leg_rules.txt", required=("fare_product_id",)):
            self._ranked = self._ranked or row.text("rule_priority") is not None
            self._legs.append((row.text("network_id"), row.need("fare_product_id")))


def _money(row: Row, amount: str, currency: str) -> Money:
    found = row.decimal(amount)
    code = row.need(currency)
    if _CURRENCY.fullmatch(code) is None:
        raise row.fault(currency, f"must be a currency like IDR, not {code[:20]!r}")
    return Money(Decimal(found), code.upper())
