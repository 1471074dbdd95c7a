"""A registry over each database."""

import pytest

from connectors.kinds.sql import open_engine
from tests.registrations.office import Office, furnish


@pytest.fixture
async def office(database_url):
    engine = open_engine(database_url)
    await furnish(engine)
    yield Office(engine)
    await engine.dispose()


@pytest.fixture
async def other(database_url, office):
    """The same registry as another worker has it."""
    engine = open_engine(database_url)
    yield Office(engine)
    await engine.dispose()
