"""Sign-ins of one agent at the same moment, on one node and on two (docs/protocol.md, Sessions)."""

import asyncio
import json
from collections import Counter
from collections.abc import Sequence

import pytest

from tests.faults.conftest import Pairs
from tests.support.desk import PREFIX, Answer, Desk, Line, read_answer
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


async def test_exactly_one_of_100_sign_ins_gets_in(shared: Site) -> None:
    nodes = await asyncio.gather(shared.start("NodeA"), shared.start("NodeB"))
    codes = Counter(answer.retcode for answer in await sign_in_at_once(nodes, AT_ONCE, 101, force=False))
    assert (codes["0"], codes["100-002"] + codes["100-021"]) == (1, AT_ONCE - 1), codes


async def left_of_forced_sign_ins(nodes: Sequence[Gateway], count: int) -> list[list[str]]:
    """By node, the GUIDs that it accepts after so many forced sign-ins of agent 102 at once."""
    answers = await sign_in_at_once(nodes, count, 102, force=True)
    assert {answer.retcode for answer in answers} <= {"0", "100-021"}
    guids = [answer.set_guid for answer in answers if answer.retcode == "0"]
    return [await accepted_by(node.desk(102), guids) for node in nodes]


async def test_of_many_forced_sign_ins_one_session_is_left(centre: Gateway) -> None:
    """At the gateway that has the contact centre."""
    [left] = await left_of_forced_sign_ins([centre], FORCED_AT_ONCE)
    assert len(left) == 1


@pytest.mark.parametrize(("count", "rounds"), [(2, 40), (3, 20), (FORCED_AT_ONCE, 4)])
async def test_of_many_forced_sign_ins_at_two_nodes_one_session_is_left(pairs: Pairs, count: int, rounds: int) -> None:
    """At both nodes and at the centre, which answers for the state of whom it let in last alone."""
    async with pairs({}) as pair:
        for number in range(rounds):
            left = await left_of_forced_sign_ins(pair.nodes, count)
            assert (len(left[0]), left[1]) == (1, left[0]), f"round {number}"


async def test_after_many_forced_sign_ins_at_two_nodes_the_next_gets_in(pairs: Pairs) -> None:
    async with pairs({}) as pair:
        left = await left_of_forced_sign_ins(pair.nodes, FORCED_AT_ONCE)
        desk = pair.second.desk(102)
        assert (await desk.sign_in(force=True)).retcode == "0"
        assert await accepted_by(pair.first.desk(102), [*left[0], desk.guid]) == [desk.guid]
