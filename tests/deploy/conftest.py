"""One farm of gateways for all tests of a worker, and before it what config/deploy ships, in the real programs."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.support.farm import Farm, farm
from tests.support.fronts import Fronts, fronts_before
from tests.support.servers import Servers

KIND = "valkey"
"""Comes with the test dependencies."""
SETTINGS = {"GUIDINTERVAL": "1000", "GUIDTIMEOUT": "30000", "AUTHMODE_STATIC_AGENTS": "116-118"}
"""GUIDs change each second, but for three agents whose polls are held to the end."""


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def gateways(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Farm]:
    folder = tmp_path_factory.mktemp("deploy")
    servers = Servers(folder)
    try:
        async with farm(folder, servers.start(KIND), SETTINGS) as made:
            yield made
    finally:
        servers.end()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def fronts(gateways: Farm, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Fronts]:
    """Those of which the program is installed."""
    folder: Path = tmp_path_factory.mktemp("fronts")
    places = (gateways.http_addresses, gateways.https_addresses)
    async with fronts_before(folder, *places, gateways.tls, gateways.trust) as made:
        yield made
