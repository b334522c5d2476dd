"""Sign-ins of one agent at the same moment, on two nodes (design section 5, Session)."""

import asyncio
import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.faults.conftest import Pairs
from tests.support.desk import PREFIX, Answer, Desk, Line, read_answer
from tests.support.farm import agents_from_afar
from tests.support.gateway import PASSWORD, Gateway, GatewayProcess
from tests.support.site import Site

AT_ONCE = 100
FORCED_AT_ONCE = 30
ALL_ANSWERED_S = 60


async def sign_in_at_once(
    nodes: Sequence[Gateway | GatewayProcess], count: int, agent_id: int, *, force: bool
) -> list[Answer]:
    """Every connection is open before the first request leaves."""
    lines = [await Line.open(nodes[number % len(nodes)].port) for number in range(count)]
    path = f"{PREFIX}/onlineagent/{agent_id}{'/forcelogin' if force else ''}"
    body = json.dumps({"password": PASSWORD, "phonenum": "6001"}).encode()
    for line in lines:
        await line.send("PUT", path, {}, body)
    async with asyncio.timeout(ALL_ANSWERED_S):
        answers = [await read_answer(line.reader) for line in lines]
    for line in lines:
        await line.close()
    return answers


async def accepted_by(desk: Desk, guids: list[str]) -> list[str]:
    return [guid for guid in guids if (await desk.status(guid=guid)).retcode == "0"]


@pytest.fixture
def cheap(tmp_path: Path) -> dict[str, str]:
    """Passwords that are verified at once: after 15 s a session that nobody used would be replaced by right."""
    (tmp_path / "cheap").mkdir()
    return {"AGENTS_FILE": str(agents_from_afar(tmp_path / "cheap"))}


async def test_exactly_one_of_100_sign_ins_gets_in(shared: Site, cheap: dict[str, str]) -> None:
    shared.edit(**cheap)
    nodes = await asyncio.gather(shared.start("NodeA"), shared.start("NodeB"))
    codes = Counter(answer.retcode for answer in await sign_in_at_once(nodes, AT_ONCE, 101, force=False))
    assert (codes["0"], codes["100-002"] + codes["100-021"]) == (1, AT_ONCE - 1), codes


async def test_of_many_forced_sign_ins_one_session_is_left_on_every_node(pairs: Pairs, cheap: dict[str, str]) -> None:
    async with pairs(cheap) as pair:
        answers = await sign_in_at_once(pair.nodes, FORCED_AT_ONCE, 102, force=True)
        assert {answer.retcode for answer in answers} <= {"0", "100-021"}
        guids = [answer.set_guid for answer in answers if answer.retcode == "0"]
        left = [await accepted_by(node.desk(102), guids) for node in pair.nodes]
    assert len(left[0]) == 1
    assert left[0] == left[1]
