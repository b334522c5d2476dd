"""The tours of README.md and docs/tour.md show what really happens, byte for byte but for GUIDs and times."""

from pathlib import Path

from gateway.sessions.guid import new_secret_line
from tests.conftest import Shared
from tests.support.gateway import ROOT, gateway_process
from tests.support.one_centre import before
from tests.support.tour import Terminal, blocks_of, plain, steps_of

README = ROOT / "README.md"
TOUR = ROOT / "docs" / "tour.md"
KIND = "valkey"
"""What differs between kinds is proven where the stores are."""
SPEED = 5
"""The times of the tour, divided: GUIDINTERVAL 10 s, GUIDTIMEOUT 40 s, hold 10 s."""
FAST = {"GUIDINTERVAL": "2000", "GUIDTIMEOUT": "8000", "AGENT_POLL_WAIT_INTERVAL": "20"}


async def replay(terminal: Terminal, page: Path, name: str = "") -> None:
    for block in blocks_of(page, name):
        for command, expected in steps_of(block):
            assert plain(await terminal.run(command)) == plain(expected), command


async def test_the_first_sign_in_of_the_readme(tmp_path: Path) -> None:
    async with gateway_process(tmp_path) as gateway:
        await replay(Terminal({8000: gateway.port}), README, "first")


async def test_the_tour_in_memory(tmp_path: Path) -> None:
    async with gateway_process(tmp_path, FAST) as gateway:
        await replay(Terminal({8000: gateway.port}, SPEED), TOUR)


async def test_the_tour_on_redis_with_two_nodes(tmp_path: Path, shared_server: Shared) -> None:
    secret = tmp_path / "guid.keys"
    secret.touch(0o600)
    secret.write_text(new_secret_line("k1"), "ascii")
    store = {"REDIS_URL": shared_server(KIND).url, "GUID_SECRET_FILE": str(secret), "STORE_TAG": tmp_path.name}
    async with gateway_process(tmp_path, {"AUTHMODE": "1", "NODE_NAME": "Centre"}) as centre:
        shared = {**store, **before(centre)}
        async with (
            gateway_process(tmp_path, shared) as first,
            gateway_process(tmp_path, {**shared, "NODE_NAME": "AgentGateway1"}) as second,
        ):
            await replay(Terminal({8000: first.port, 8001: second.port}), TOUR, "redis")
