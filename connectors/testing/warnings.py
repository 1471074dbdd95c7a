"""The promises of an AlertSource, an EarthquakeSource and a ForecastSource."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest

from connectors.ports.common import BBox, InArea, Near
from connectors.ports.warnings import (
    Alert,
    AlertCategory,
    AlertCriteria,
    AlertSeverity,
    AlertSource,
    Earthquake,
    EarthquakeCriteria,
    EarthquakeSource,
    Forecast,
    ForecastSource,
    alert_order,
    quake_order,
)
from connectors.testing.base import assert_batch


class AlertSourcePromises:
    """Subclass it with the fixtures `source`, `shown` and `hidden` (ids never to be shown)."""

    @pytest.fixture
    def shown(self) -> Sequence[Alert]:
        """All public alerts that the source knows, as it answers them."""
        raise NotImplementedError

    @pytest.fixture
    def hidden(self) -> Sequence[str]:
        """Ids of tests, drafts, exercises and restricted messages that the source has."""
        return ()

    @pytest.fixture
    def now(self, shown: Sequence[Alert]) -> datetime:
        """A moment at which something is in force, if possible."""
        return max(alert.sent_at for alert in shown) + timedelta(minutes=1)

    async def test_a_batch_has_the_order_and_length_of_its_ids(
        self, source: AlertSource, shown: Sequence[Alert], hidden: Sequence[str]
    ) -> None:
        await assert_batch(source.alerts_by_id, {one.origin.local_id: one for one in shown})
        assert list(await source.alerts_by_id(hidden)) == [None for _ in hidden]

    async def test_only_actual_public_alerts_are_shown_most_severe_and_newest_first(
        self, source: AlertSource, shown: Sequence[Alert], now: datetime
    ) -> None:
        found = await source.find_alerts(AlertCriteria(now))
        assert list(found) == sorted(shown, key=alert_order)
        assert not any(alert.test for alert in found)

    async def test_in_force_and_no_longer_in_force_are_all_there_is(
        self, source: AlertSource, shown: Sequence[Alert], now: datetime
    ) -> None:
        active = await source.find_alerts(AlertCriteria(now, active=True))
        past = await source.find_alerts(AlertCriteria(now, active=False))
        assert all(alert.active_at(now) for alert in active)
        assert not any(alert.active_at(now) for alert in past)
        assert len(active) + len(past) == len(shown)

    async def test_severity_and_category_narrow_the_list(
        self, source: AlertSource, now: datetime
    ) -> None:
        for least in AlertSeverity:
            found = await source.find_alerts(AlertCriteria(now, least_severity=least))
            assert all(alert.severity.rank >= least.rank for alert in found)
        for category in AlertCategory:
            found = await source.find_alerts(AlertCriteria(now, categories=(category,)))
            assert all(category in alert.category for alert in found)

    async def test_an_alert_that_is_drawn_nowhere_near_is_not_found(
        self, source: AlertSource, now: datetime
    ) -> None:
        south_pole = BBox(-180, -90, 180, -89)
        assert list(await source.find_alerts(AlertCriteria(now, where=south_pole))) == []
        assert list(await source.find_alerts(AlertCriteria(now, where=InArea("00")))) == []


class EarthquakeSourcePromises:
    """Subclass it with the fixtures `source` and `quakes`: all records that the source knows."""

    @pytest.fixture
    def quakes(self) -> Sequence[Earthquake]:
        """All records that the source knows."""
        raise NotImplementedError

    async def test_a_batch_has_the_order_and_length_of_its_ids(
        self, source: EarthquakeSource, quakes: Sequence[Earthquake]
    ) -> None:
        await assert_batch(source.earthquakes_by_id, {one.origin.local_id: one for one in quakes})

    async def test_the_newest_come_first_and_no_more_than_asked(
        self, source: EarthquakeSource, quakes: Sequence[Earthquake]
    ) -> None:
        expected = sorted(quakes, key=quake_order)
        for first in (0, 1, len(quakes), len(quakes) + 1):
            found = await source.find_earthquakes(EarthquakeCriteria(), first)
            assert list(found) == expected[:first]

    async def test_felt_magnitude_and_nearness_narrow_the_list(
        self, source: EarthquakeSource, quakes: Sequence[Earthquake]
    ) -> None:
        strong = quakes[0].magnitude
        criteria = EarthquakeCriteria(least_magnitude=strong)
        found = await source.find_earthquakes(criteria, 500)
        assert len(found) == sum(1 for quake in quakes if quake.magnitude >= strong)
        found = await source.find_earthquakes(EarthquakeCriteria(felt_only=True), 500)
        assert len(found) == sum(1 for quake in quakes if quake.felt is not None)
        found = await source.find_earthquakes(
            EarthquakeCriteria(near=Near(quakes[0].point, 1)), 500
        )
        assert quakes[0] in found


class ForecastSourcePromises:
    """Subclass it with the fixtures `source` and `forecasts`: all that the source knows."""

    @pytest.fixture
    def forecasts(self) -> Sequence[Forecast]:
        """All records that the source knows."""
        raise NotImplementedError

    async def test_a_batch_has_the_order_and_length_of_its_codes(
        self, source: ForecastSource, forecasts: Sequence[Forecast]
    ) -> None:
        await assert_batch(source.forecasts_by_id, {one.area: one for one in forecasts})

    async def test_hours_come_by_time(
        self, source: ForecastSource, forecasts: Sequence[Forecast]
    ) -> None:
        for forecast in await source.forecasts_by_id([one.area for one in forecasts]):
            assert forecast is not None
            times = [hour.at for hour in forecast.hours]
            assert times == sorted(times)
