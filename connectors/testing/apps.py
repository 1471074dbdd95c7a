"""The promises of an AppSource."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import pytest

from connectors.memory.apps import MemoryApps
from connectors.ports.apps import (
    FACETS,
    AppAudience,
    AppCriteria,
    AppOrderField,
    AppSource,
    AppStatus,
    CityApp,
    Replication,
)
from connectors.ports.common import Order, Page
from connectors.testing.base import assert_batch, assert_pages

ORDERS = [
    None,
    *(
        Order(field, descending=descending)
        for field in AppOrderField
        for descending in (False, True)
    ),
]
CRITERIA = [
    AppCriteria(),
    *(AppCriteria(audience=audience) for audience in AppAudience),
    AppCriteria(in_portal=True),
    AppCriteria(in_portal=False),
    AppCriteria(categories=("health", "tax")),
    AppCriteria(department="dinkes"),
    AppCriteria(status=(AppStatus.STABLE, AppStatus.OBSOLETE)),
    *(AppCriteria(replicable=replication) for replication in Replication),
    AppCriteria(text="Pajak  DAERAH"),
    AppCriteria(text="100%_"),
    AppCriteria(text="   "),
    AppCriteria(audience=AppAudience.PUBLIC_SERVICE, in_portal=True, text="a"),
]


class AppSourcePromises:
    """Subclass it with the fixtures `source` and `apps`: all records that the source knows."""

    @pytest.fixture
    def apps(self) -> Sequence[CityApp]:
        """All records that the source knows."""
        raise NotImplementedError

    async def test_a_batch_has_the_order_and_length_of_its_slugs(
        self, source: AppSource, apps: Sequence[CityApp]
    ) -> None:
        await assert_batch(source.apps_by_id, {app.slug: app for app in apps})

    async def test_pages_follow_every_order_without_loss_or_repeat(
        self, source: AppSource, apps: Sequence[CityApp]
    ) -> None:
        plain = MemoryApps(source.name, apps)
        for order in ORDERS:
            descending = bool(order and order.descending)
            whole = await plain.find_apps(AppCriteria(), order, Page(500, descending=descending))
            find = partial(source.find_apps, AppCriteria(), order)
            await assert_pages(find, whole.hits, descending=descending)

    async def test_criteria_counts_and_buckets_are_those_of_a_plain_look(
        self, source: AppSource, apps: Sequence[CityApp]
    ) -> None:
        plain, page = MemoryApps(source.name, apps), Page(500)
        for criteria in CRITERIA:
            found = await source.find_apps(criteria, None, page)
            assert found == await plain.find_apps(criteria, None, page), criteria
            assert await source.count_apps(criteria) == len(found.hits), criteria
            for field in FACETS:
                buckets = await source.app_buckets(criteria, field)
                assert list(buckets) == list(await plain.app_buckets(criteria, field)), criteria
