"""How often Redis is asked by a sign-in (docs/design/redis_link.md)."""

from collections import Counter
from pathlib import Path
from typing import Final

from tests.support.asked import opened
from tests.support.servers import Server

HOLD_S: Final = 0.1
ANOTHER: Final = 102
ALWAYS: Final = {"attempt": 2, "password": 1, "swap": 2}
"""The attempt counts before the password is judged, and ends after; the agent is reserved, and the session opened."""


def asked(found: Counter[str]) -> dict[str, int]:
    """Without what waits to be written, for whomever, and the audit trail, which nothing waits for."""
    return {kind: count for kind, count in found.items() if kind not in {"seen", "audit"}}


async def test_the_first_sign_in_of_an_agent_reads_its_record(server: Server, tmp_path: Path) -> None:
    async with opened(server, tmp_path, HOLD_S) as place:
        await place.gateway.desk(ANOTHER).sign_in()
        assert asked(await place.counted()) == {**ALWAYS, "get": 1}


async def test_the_next_one_on_the_same_node_starts_from_what_it_knows(server: Server, tmp_path: Path) -> None:
    async with opened(server, tmp_path, HOLD_S) as place:
        desk = place.gateway.desk(ANOTHER)
        await desk.sign_in()
        await desk.call("DELETE", "onlineagent/{id}/logout")
        await place.counted()
        await desk.sign_in()
        assert asked(await place.counted()) == ALWAYS
