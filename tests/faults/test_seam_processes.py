"""Processes die and stores stop between ask, end and leave of a sign-out: both sides of the seam agree in the end.

Real `serve` processes. Nobody is signed out wrongly, nobody stays signed in at one side for ever, and no event is lost
that was told. Tripwires between the processes make the moment exact.
"""

import asyncio
import random
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

from tests.faults.conftest import KIND
from tests.support.desk import Answer, Desk
from tests.support.gateway import PASSWORD, GatewayProcess
from tests.support.servers import Server, Servers, free_port
from tests.support.site import Site, site
from tests.support.tripwire import Tripwire, tripwire_to
from tests.support.waiting import until_async

AGENT, WITNESS = 101, 102
KEPT: Final = {"appendonly": "yes", "appendfsync": "always"}
"""A store that has everything again after it was killed."""
QUICK: Final = {"AUTHMODE": "1", "AGENT_POLL_WAIT_TIMES": "3", "STORE_TIMEOUT": "800"}
BEFORE: Final = {"BACKEND": "upstream", "UPSTREAM_TIMEOUT": "3000", "UPSTREAM_POLL_HOLD": "500"}
ASK: Final = f"DELETE /agentgateway/resource/onlineagent/{AGENT}/logout ".encode()
LEAVE: Final = f"DELETE /agentgateway/resource/onlineagent/{AGENT}/forcelogout".encode()
END: Final = b'"member_becomes":"gone"'
"""Only the script that ends a session takes this word: the agent is in the sets of those seen no more."""
REST: Final = "AgentState_SetRest_Success"
REST_OVER: Final = "AgentState_Rest_Timeout"
BUSY: Final = "AgentState_SetNotReady_Success"

Stop = Callable[[Server], None]
FROZEN: Final = (Server.freeze, Server.thaw)
KILLED: Final = (Server.kill, Server.start)


@dataclass
class StoredGateway:
    """One gateway with a store of its own, which it reaches by `to_store`; killed and started again at will."""

    name: str
    port: int
    place: Site
    server: Server
    to_store: Tripwire
    node: GatewayProcess | None = None

    async def start(self) -> None:
        self.node = await self.place.start(self.name, port=self.port)

    async def kill(self) -> None:
        assert self.node is not None
        await self.node.end(signal.SIGKILL)

    async def restart(self) -> None:
        await self.kill()
        await self.start()

    def desk(self, agent_id: int) -> Desk:
        return Desk(self.port, agent_id, PASSWORD)

    async def sign_in(self, agent_id: int) -> Desk:
        desk = self.desk(agent_id)
        answer = await desk.sign_in()
        assert answer.retcode == "0", answer.body
        return desk


@dataclass
class Two:
    """`front` before `behind`, with a tripwire between them."""

    front: StoredGateway
    behind: StoredGateway
    between: Tripwire


@asynccontextmanager
async def stored_gateway(
    folder: Path, servers: Servers, name: str, settings: dict[str, str] | None = None
) -> AsyncIterator[StoredGateway]:
    server = servers.start(KIND, KEPT)
    async with AsyncExitStack() as stack:
        to_store = await stack.enter_async_context(tripwire_to(server.port))
        shared = {**QUICK, "REDIS_URL": f"redis://127.0.0.1:{to_store.port}", **(settings or {})}
        place = await stack.enter_async_context(site(folder, shared))
        made = StoredGateway(name, free_port(), place, server, to_store)
        await made.start()
        yield made


@pytest.fixture
async def alone(tmp_path: Path, servers: Servers) -> AsyncIterator[StoredGateway]:
    """A gateway with the embedded contact centre."""
    async with stored_gateway(tmp_path, servers, "Alone") as made:
        yield made


@pytest.fixture
async def two(tmp_path: Path, servers: Servers) -> AsyncIterator[Two]:
    """A gateway with the embedded contact centre, and one before it."""
    for name in ("behind", "front"):
        (tmp_path / name).mkdir()
    async with stored_gateway(tmp_path / "behind", servers, "Behind") as behind, tripwire_to(behind.port) as between:
        before = {**BEFORE, "UPSTREAM_URL": f"http://127.0.0.1:{between.port}"}
        async with stored_gateway(tmp_path / "front", servers, "Front", before) as front:
            yield Two(front, behind, between)


async def eventually(asking: Callable[[], Awaitable[Answer]], *codes: str) -> Answer:
    """The first answer with one of these codes, while others and connections that fail are passed over."""
    last: list[Answer] = []

    async def is_so() -> bool:
        with suppress(OSError, asyncio.IncompleteReadError):
            last.append(await asking())
            return last[-1].retcode in codes
        return False

    try:
        await until_async(is_so)
    except TimeoutError:
        raise AssertionError((codes, last[-1:])) from None
    return last[-1]


async def on_floor(witness: Desk) -> set[int]:
    """Who is signed in to the contact centre, as somebody there sees it."""
    answer = await eventually(lambda: witness.call("GET", "agentgroup/{id}/onlineagentonvdn"), "0")
    return {int(one["workno"]) for one in answer.json["result"]}


async def leaves_floor(witness: Desk, agent_id: int = AGENT) -> None:
    """Waits until the contact centre has the agent no more."""

    async def is_gone() -> bool:
        return agent_id not in await on_floor(witness)

    await until_async(is_gone)


async def hears(desk: Desk, *kinds: str) -> list[str]:
    """Polls until these events came, in this order; all that came. Nothing but 503 may come between."""
    heard: list[str] = []

    async def came() -> bool:
        with suppress(OSError, asyncio.IncompleteReadError):
            answer = await desk.poll()
            assert answer.retcode in {"0", "100-007"}, answer.body
            heard.extend([answer.json["event"]["eventType"]] if "event" in answer.json else [])
        rest = iter(heard)
        return all(kind in rest for kind in kinds)

    try:
        await until_async(came)
    except TimeoutError:
        raise AssertionError((kinds, heard)) from None
    return heard


async def works_on(desk: Desk) -> None:
    """The agent is signed in at both sides: what it does is done, and it is told so."""
    await eventually(lambda: desk.call("POST", "onlineagent/{id}/saybusy"), "0")
    await hears(desk, BUSY)


async def sign_out(desk: Desk) -> Answer | None:
    """None where the gateway died over it."""
    try:
        return await desk.call("DELETE", "onlineagent/{id}/logout")
    except (OSError, asyncio.IncompleteReadError):
        return None


# The store stops.


@pytest.mark.parametrize(("stop", "start"), [FROZEN, KILLED], ids=["frozen", "killed"])
async def test_a_yes_that_the_store_could_not_keep_ends_the_session_once_the_store_is_back(
    two: Two, stop: Stop, start: Stop
) -> None:
    desk, witness = await two.front.sign_in(AGENT), await two.behind.sign_in(WITNESS)

    async def stop_store() -> None:
        stop(two.front.server)

    two.between.at_answer(ASK, stop_store)
    answer = await sign_out(desk)
    assert answer is not None
    assert (answer.status, answer.retcode) == (503, "100-007")
    start(two.front.server)
    await eventually(desk.status, "100-006")
    assert await on_floor(witness) == {WITNESS}
    await two.front.sign_in(AGENT)


@pytest.mark.parametrize(("stop", "start"), [FROZEN, KILLED], ids=["frozen", "killed"])
async def test_embedded_a_sign_out_that_the_store_did_not_write_leaves_the_agent_as_it_was(
    alone: StoredGateway, stop: Stop, start: Stop
) -> None:
    desk = await alone.sign_in(AGENT)

    async def stop_store() -> None:
        stop(alone.server)

    alone.to_store.at_request(END, stop_store, drops=True)
    answer = await sign_out(desk)
    assert answer is not None
    assert (answer.status, answer.retcode) == (503, "100-007")
    start(alone.server)
    await works_on(desk)
    assert await on_floor(desk) == {AGENT}
    assert (await eventually(lambda: desk.call("DELETE", "onlineagent/{id}/logout"), "0")).status == 200


async def test_no_event_is_lost_that_was_told_while_the_store_was_away(two: Two) -> None:
    await _hears_of_a_rest_that_ran_out_meanwhile(two.front)


async def test_embedded_no_event_is_lost_that_was_told_while_the_store_was_away(alone: StoredGateway) -> None:
    await _hears_of_a_rest_that_ran_out_meanwhile(alone)


async def _hears_of_a_rest_that_ran_out_meanwhile(gate: StoredGateway) -> None:
    desk = await gate.sign_in(AGENT)
    assert (await desk.call("POST", "onlineagent/{id}/rest/1/2")).retcode == "0"
    gate.server.freeze()
    await asyncio.sleep(1.5)  # The rest is over before the store is back: that is the claim.
    gate.server.thaw()
    heard = await hears(desk, REST, REST_OVER)
    assert (heard.count(REST), heard.count(REST_OVER)) == (1, 1)
    await eventually(lambda: desk.call("POST", "onlineagent/{id}/cancelrest"), "0")


# The contact centre behind is killed.


async def test_a_question_that_the_centre_never_heard_leaves_the_agent_signed_in_at_both_sides(two: Two) -> None:
    desk, witness = await two.front.sign_in(AGENT), await two.behind.sign_in(WITNESS)
    two.between.at_request(ASK, two.behind.kill, drops=True)
    answer = await sign_out(desk)
    assert answer is not None
    assert (answer.status, answer.retcode) == (503, "100-007")
    await two.behind.start()
    await works_on(desk)
    assert await on_floor(witness) == {AGENT, WITNESS}


async def test_a_yes_that_was_never_heard_ends_the_session_at_both_sides(two: Two) -> None:
    desk, witness = await two.front.sign_in(AGENT), await two.behind.sign_in(WITNESS)
    two.between.at_answer(ASK, two.behind.kill, drops=True)
    answer = await sign_out(desk)
    assert answer is not None
    assert (answer.status, answer.retcode) == (503, "100-007")
    await two.behind.start()
    await eventually(desk.status, "100-006")
    assert await on_floor(witness) == {WITNESS}


async def test_a_leave_is_told_until_the_centre_has_heard_it(two: Two) -> None:
    desk, witness = await two.front.sign_in(AGENT), await two.behind.sign_in(WITNESS)
    two.between.at_request(LEAVE, two.behind.kill, drops=True)
    assert (await desk.call("DELETE", "onlineagent/{id}/forcelogout")).retcode == "0"
    await two.between.tripped.wait()
    assert (await desk.status()).retcode == "100-006"
    await two.behind.start()
    await leaves_floor(witness)
    await two.front.sign_in(AGENT)


# The gateway is killed.


async def test_a_leave_outlives_the_gateway_that_owes_it(two: Two) -> None:
    desk, witness = await two.front.sign_in(AGENT), await two.behind.sign_in(WITNESS)
    two.between.at_request(LEAVE, two.front.kill, drops=True)
    with suppress(OSError, asyncio.IncompleteReadError):
        await desk.call("DELETE", "onlineagent/{id}/forcelogout")
    await two.between.tripped.wait()
    await two.front.start()
    assert (await desk.status()).retcode == "100-006"
    await leaves_floor(witness)


async def test_a_gateway_killed_between_yes_and_end_signs_out_what_the_centre_has_signed_out(two: Two) -> None:
    desk, witness = await two.front.sign_in(AGENT), await two.behind.sign_in(WITNESS)
    two.between.at_answer(ASK, two.front.kill, drops=True)
    assert await sign_out(desk) is None
    await two.front.start()
    await eventually(desk.status, "100-006")
    assert await on_floor(witness) == {WITNESS}


async def test_embedded_killed_before_the_end_the_agent_is_there_again_as_it_was(alone: StoredGateway) -> None:
    desk, witness = await alone.sign_in(AGENT), await alone.sign_in(WITNESS)
    assert (await desk.call("POST", "onlineagent/{id}/rest/600/2")).retcode == "0"
    alone.to_store.at_request(END, alone.kill, drops=True)
    assert await sign_out(desk) is None
    await alone.start()
    assert await on_floor(witness) == {AGENT, WITNESS}
    await hears(desk, REST)
    await eventually(lambda: desk.call("POST", "onlineagent/{id}/cancelrest"), "0")


async def test_embedded_killed_after_the_end_the_agent_is_gone_from_both_sides(alone: StoredGateway) -> None:
    desk, witness = await alone.sign_in(AGENT), await alone.sign_in(WITNESS)
    alone.to_store.at_answer(END, alone.kill, drops=True)
    assert await sign_out(desk) is None
    await alone.start()
    assert (await desk.status()).retcode == "100-006"
    assert await on_floor(witness) == {WITNESS}
    await alone.sign_in(AGENT)


# All of it, at moments that nobody chose.

ROUNDS: Final = 12
AGENTS: Final = range(103, 111)


@pytest.mark.slow
async def test_whenever_something_dies_both_sides_agree_in_the_end(two: Two) -> None:
    chance = random.Random(7)
    witness = await two.behind.sign_in(WITNESS)
    deaths: list[Callable[[], Awaitable[None]]] = [
        two.front.restart,
        two.behind.restart,
        lambda: asyncio.to_thread(two.front.server.restart),
        lambda: asyncio.to_thread(two.behind.server.restart),
    ]
    for number in range(ROUNDS):
        desks = [await _in(two.front, agent_id) for agent_id in AGENTS]
        leaving, staying = desks[::2], desks[1::2]

        async def later(desk: Desk) -> None:
            await asyncio.sleep(chance.uniform(0, 0.1))  # The moment is to be any.
            await sign_out(desk)

        async def die(how: Callable[[], Awaitable[None]]) -> None:
            await asyncio.sleep(chance.uniform(0, 0.1))
            await how()

        await asyncio.gather(*map(later, leaving), die(deaths[number % len(deaths)]))
        for desk in staying:
            await works_on(desk)
        for desk in leaving:
            await _settles(desk, witness)


async def _in(gate: StoredGateway, agent_id: int) -> Desk:
    desk = gate.desk(agent_id)
    await eventually(lambda: desk.sign_in(force=True), "0")
    return desk


async def _settles(desk: Desk, witness: Desk) -> None:
    """The agent is signed out at both sides, or works on."""
    answer = await eventually(desk.status, "0", "100-006")
    if answer.retcode == "0":
        with suppress(AssertionError):
            await works_on(desk)
            return
        await eventually(desk.status, "100-006")
    await leaves_floor(witness, desk.agent_id)
