"""Fixtures of several rooms: real Redis and Valkey servers."""

from collections.abc import Callable, Iterator

import pytest

from tests.support.servers import KINDS, Server, Servers, binary

Shared = Callable[[str], Server]


@pytest.fixture(scope="session")
def shared_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shared]:
    """The one server of a kind for ordinary tests, started when first asked for; each test uses a tag of its own."""
    servers = Servers(tmp_path_factory.mktemp("servers"))
    running: dict[str, Server] = {}

    def get(kind: str) -> Server:
        if binary(kind) is None:
            pytest.skip(f"no {kind} server on this machine")
        if kind not in running:
            running[kind] = servers.start(kind)
        return running[kind]

    yield get
    servers.end()


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    """Each kind of server that is installed."""
    name = str(request.param)
    if binary(name) is None:
        pytest.skip(f"no {name} server on this machine")
    return name


@pytest.fixture
def server(kind: str, shared_server: Shared) -> Server:
    """The shared server of this kind."""
    return shared_server(kind)


@pytest.fixture
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    """Servers of this test alone, to be frozen and killed."""
    own = Servers(tmp_path_factory.mktemp("servers"))
    yield own
    own.end()
