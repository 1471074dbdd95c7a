"""What journeys do to the sources of their city: switch them off, count what they are asked."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from tests.cities import City, Counting


@pytest.fixture
def switched_off(city: City) -> Iterator[Callable[..., None]]:
    """Switches sources off, by their keys, until the test is over."""
    with ExitStack() as stack:

        def off(*keys: str) -> None:
            stack.enter_context(city.without(*keys))

        yield off


@pytest.fixture
def counted(city: City) -> Iterator[Callable[[str], Counting]]:
    """Notes what a source is asked from now on until the test is over."""
    with ExitStack() as stack:

        def count(key: str) -> Counting:
            return stack.enter_context(city.counting(key))

        yield count
