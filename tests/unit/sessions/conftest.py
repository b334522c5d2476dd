from collections.abc import AsyncIterator

import pytest

from tests.conftest import Shared
from tests.support.servers import KINDS
from tests.unit.sessions.node_pairs import NodePair, memory_pair, redis_pair

SHARDED = "4 shards"


@pytest.fixture(params=["memory", *KINDS, SHARDED])
async def pair(request: pytest.FixtureRequest, shared_server: Shared) -> AsyncIterator[NodePair]:
    """Every store there is: the conformance tests hold for each."""
    if request.param == "memory":
        async with memory_pair() as made:
            yield made
    else:
        kind, shards = (KINDS[0], 4) if request.param == SHARDED else (request.param, 1)
        async with redis_pair(shared_server(kind).url, shards) as made:
            yield made
