from collections.abc import AsyncIterator

import pytest

from tests.conftest import Shared
from tests.support.servers import KINDS
from tests.unit.sessions.houses import House, memory_house, redis_house

SHARDED = "4 shards"


@pytest.fixture(params=["memory", *KINDS, SHARDED])
async def house(request: pytest.FixtureRequest, shared_server: Shared) -> AsyncIterator[House]:
    """Every store there is: the conformance tests hold for each."""
    if request.param == "memory":
        async with memory_house() as made:
            yield made
    else:
        kind, shards = (KINDS[0], 4) if request.param == SHARDED else (request.param, 1)
        async with redis_house(shared_server(kind).url, shards) as made:
            yield made
