"""The promises of a FactSource."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from connectors.ports.facts import CityFact, FactSource


class FactSourcePromises:
    """Subclass it with the fixtures `source` and `facts`: all it knows, as they were entered."""

    @pytest.fixture
    def facts(self) -> Sequence[CityFact]:
        """All facts that the source knows, in the order they were entered."""
        raise NotImplementedError

    async def test_facts_come_by_topic_and_then_as_they_were_entered(
        self, source: FactSource, facts: Sequence[CityFact]
    ) -> None:
        expected = sorted(facts, key=lambda fact: fact.topic)
        assert list(await source.list_facts(None)) == expected

    async def test_a_topic_has_its_own_facts_only(
        self, source: FactSource, facts: Sequence[CityFact]
    ) -> None:
        for topic in {fact.topic for fact in facts}:
            expected = [fact for fact in facts if fact.topic == topic]
            assert list(await source.list_facts(topic)) == expected

    async def test_a_topic_nobody_wrote_about_has_none(self, source: FactSource) -> None:
        assert list(await source.list_facts("no such topic")) == []
