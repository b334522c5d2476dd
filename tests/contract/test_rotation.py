"""How GUIDs change on the wire, under an injected clock (docs/protocol.md, Rotation)."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest

from tests.support.desk import PREFIX, Desk, Line
from tests.support.gateway import Gateway, running_gateway
from tests.support.waiting import until_async

INTERVAL, TIMEOUT = 60_000, 120_000


@dataclass
class Bench:
    """A gateway whose time the test moves (ms), with a desk that keeps every GUID it was given."""

    gateway: Gateway
    now: list[int] = field(default_factory=list)

    def later(self, ms: int) -> None:
        self.now[0] += ms

    async def noted(self, agent_id: int = 101) -> None:
        """Waits until the gateway knows that the last hand-out has arrived."""

        async def knows() -> bool:
            session = (await self.gateway.app.sessions.store.read(agent_id)).session
            assert session is not None
            return not session.superseded[-1].waiting

        await until_async(knows)

    async def desk(self, agent_id: int = 101) -> Desk:
        """A signed-in desk without waiting events that does not adopt by itself."""
        desk = self.gateway.desk(agent_id)
        await desk.sign_in(force=True)
        desk.adopts = False
        await desk.drain_events()
        return desk


@pytest.fixture
async def bench() -> AsyncIterator[Bench]:
    now = [1_800_000_000_000]
    settings = {"AGENT_POLL_WAIT_FLAG": "OFF", "TIMEOUT_FLAG": "OFF"}
    async with running_gateway(settings, clock=lambda: now[0], jobs=False) as gateway:
        yield Bench(gateway, now)


async def test_an_empty_poll_is_exactly_these_bytes_and_hands_out_nothing_before_its_time(bench: Bench) -> None:
    desk = await bench.desk()
    bench.later(INTERVAL - 1)
    answer = await desk.poll()
    assert answer.body == b'{"message":"","retcode":"0"}'
    assert "Set-GUID" not in answer.headers


async def test_at_guidinterval_the_poll_hands_out_a_new_guid(bench: Bench) -> None:
    desk = await bench.desk()
    bench.later(INTERVAL)
    answer = await desk.poll()
    assert answer.body == b'{"message":"","retcode":"0"}'
    assert answer.set_guid not in {"", desk.guid}
    assert (await desk.status(guid=answer.set_guid)).retcode == "0"


async def test_other_calls_hand_out_nothing(bench: Bench) -> None:
    desk = await bench.desk()
    bench.later(INTERVAL)
    assert "Set-GUID" not in (await desk.status()).headers


@pytest.mark.parametrize(("method", "path"), [("POST", "handshake"), ("PUT", "heartbeat")])
async def test_both_heartbeats_hand_out_as_the_poll_does(bench: Bench, method: str, path: str) -> None:
    desk = await bench.desk()
    bench.later(INTERVAL)
    assert (await desk.call(method, f"onlineagent/{{id}}/{path}")).set_guid not in {"", desk.guid}


async def test_the_older_heartbeat_tells_the_sign_in_time(bench: Bench) -> None:
    desk = await bench.desk()
    answer = await desk.call("PUT", "onlineagent/{id}/heartbeat")
    assert answer.json["result"] == {"loginTime": str(bench.now[0])}


async def test_a_lost_answer_is_repeated_until_the_new_guid_is_used(bench: Bench) -> None:
    desk = await bench.desk()
    bench.later(INTERVAL)
    handed = {(await desk.poll()).set_guid for _ in range(3)}
    assert len(handed) == 1
    [new] = handed
    await desk.status(guid=new)
    assert "Set-GUID" not in (await desk.poll()).headers


async def test_replaced_on_time_a_guid_lives_exactly_guidtimeout(bench: Bench) -> None:
    desk = await bench.desk()
    bench.later(INTERVAL)
    await desk.poll()
    await bench.noted()
    bench.later(TIMEOUT - INTERVAL - 1)
    assert (await desk.status()).retcode == "0"
    bench.later(1)
    assert (await desk.status()).retcode == "000-003"


@pytest.mark.parametrize(("method", "path"), [("POST", "handshake"), ("PUT", "updateGuid")])
async def test_the_grace_runs_from_a_hand_out_by_heartbeat_and_updateguid_too(
    bench: Bench, method: str, path: str
) -> None:
    desk = await bench.desk()
    bench.later(INTERVAL)
    assert (await desk.call(method, f"onlineagent/{{id}}/{path}")).set_guid
    await bench.noted()
    bench.later(TIMEOUT - INTERVAL)
    assert (await desk.status()).retcode == "000-003"


async def test_a_guid_whose_successor_never_arrived_lives_on(bench: Bench) -> None:
    desk = await bench.desk()
    bench.later(INTERVAL)
    line = await Line.open(bench.gateway.port)
    await line.send("GET", f"{PREFIX}/agentevent/101", {"guid": desk.guid}, b"")
    line.abort()
    await until_async(lambda: rotated(bench))
    bench.later(10 * TIMEOUT)
    assert (await desk.status()).retcode == "0"
    assert (await desk.poll()).set_guid


async def rotated(bench: Bench) -> bool:
    session = (await bench.gateway.app.sessions.store.read(101)).session
    return session is not None and session.number > 0


async def test_the_current_guid_does_not_expire(bench: Bench) -> None:
    desk = await bench.desk()
    bench.later(100 * TIMEOUT)
    assert (await desk.status()).retcode == "0"


async def test_updateguid_answers_the_new_guid_twice_and_a_retry_gets_the_same(bench: Bench) -> None:
    desk = await bench.desk()
    first = await desk.call("PUT", "onlineagent/{id}/updateGuid")
    again = await desk.call("PUT", "onlineagent/{id}/updateGuid")
    assert first.json["result"]["guid"] == first.set_guid == again.set_guid
    await desk.status(guid=first.set_guid)
    assert (await desk.call("PUT", "onlineagent/{id}/updateGuid")).retcode == "000-003"


@pytest.mark.parametrize(
    ("overrides", "rotates"),
    [
        ({"AUTHMODE": "1"}, False),
        ({"AUTHMODE": "2"}, True),
        ({"AUTHMODE_STATIC_AGENTS": "101;105-110"}, False),
        ({"AUTHMODE_STATIC_AGENTS": "102"}, True),
    ],
)
async def test_authmode_and_its_static_agents_decide_whether_age_makes_a_guid(
    overrides: dict[str, str], rotates: bool
) -> None:
    now = 1_800_000_000_000
    settings = {"AGENT_POLL_WAIT_FLAG": "OFF", **overrides}
    async with running_gateway(settings, clock=lambda: now, jobs=False) as gateway:
        desk = gateway.desk(101)
        await desk.sign_in()
        await desk.drain_events()
        now += INTERVAL
        assert ("Set-GUID" in (await desk.poll()).headers) is rotates


async def test_in_rehearsal_a_superseded_guid_does_not_expire() -> None:
    now = 1_800_000_000_000
    settings = {"AGENT_POLL_WAIT_FLAG": "OFF", "GUIDREHEARSAL": "ON"}
    async with running_gateway(settings, clock=lambda: now, jobs=False) as gateway:
        desk = gateway.desk(101)
        await desk.sign_in()
        await desk.drain_events()
        desk.adopts = False
        now += INTERVAL
        assert (await desk.poll()).set_guid
        now += 10 * TIMEOUT
        assert (await desk.status()).retcode == "0"


async def test_with_guidreuse_signout_a_guid_long_left_ends_the_session_when_polled() -> None:
    now = 1_800_000_000_000
    settings = {"AGENT_POLL_WAIT_FLAG": "OFF", "GUIDREUSE": "SIGNOUT"}
    async with running_gateway(settings, clock=lambda: now, jobs=False) as gateway:
        desk = gateway.desk(101)
        await desk.sign_in()
        await desk.drain_events()
        stolen = desk.guid
        now += INTERVAL
        await desk.poll()
        await desk.status()
        now += 2_000
        assert (await desk.poll(guid=stolen)).retcode == "0"
        now += 1
        assert (await desk.poll(guid=stolen)).retcode == "100-006"
        assert (await desk.status()).retcode == "100-006"
