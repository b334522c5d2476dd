from collections.abc import AsyncIterator

import pytest

from tests.conftest import Shared
from tests.support.servers import KINDS
from tests.unit.sessions.houses import House, memory_house, redis_house


@pytest.fixture(params=["memory", *KINDS])
async def house(request: pytest.FixtureRequest, shared_server: Shared) -> AsyncIterator[House]:
    """Every store there is: the conformance tests hold for each."""
    if request.param == "memory":
        async with memory_house() as made:
            yield made
    else:
        async with redis_house(shared_server(request.param).url) as made:
            yield made
