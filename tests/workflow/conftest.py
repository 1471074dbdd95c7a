"""A town over each database."""

import pytest

from connectors.kinds.sql import open_engine
from tests.workflow.town import Town, furnish


@pytest.fixture
async def town(database_url):
    engine = open_engine(database_url)
    await furnish(engine)
    yield Town(engine)
    await engine.dispose()
