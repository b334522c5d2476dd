"""Which process pushes for an agent (docs/protocol.md, Push)."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from gateway.backend import EndReason
from gateway.events.claims import LEASE_S
from gateway.events.push import MOST_AT_ONCE
from tests.support.receiver import Receiver, holding, receiving
from tests.support.waiting import until
from tests.unit.events.pushing import Bench


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with receiving() as made:
        yield made


@pytest.fixture
async def bench(receiver: Receiver) -> AsyncIterator[Bench]:
    made = Bench(receiver)
    yield made
    await made.close()


async def test_a_process_without_a_lease_pushes_nothing_until_it_has_one(bench: Bench, receiver: Receiver) -> None:
    process = bench.process()
    await bench.sign_in(process, receiver.url(), "one")
    await asyncio.sleep(0.05)
    assert receiver.got == []
    await process.round()
    await receiver.receives(1)


async def test_a_process_whose_lease_has_run_out_pushes_nothing(bench: Bench, receiver: Receiver) -> None:
    process = bench.process()
    await process.round()
    bench.clock_s += LEASE_S
    await bench.sign_in(process, receiver.url(), "one")
    await asyncio.sleep(0.05)
    assert receiver.got == []


async def test_the_sessions_of_a_dead_process_are_taken_over(bench: Bench, receiver: Receiver) -> None:
    dead, other = bench.process(), bench.process()
    await bench.sign_in(dead, receiver.url(), "one")
    await bench.hold(other)
    await receiver.receives(1)
    way = await bench.way()
    assert way is not None
    assert way.holder == other.process


async def test_the_sessions_of_a_living_process_are_left_alone(bench: Bench, receiver: Receiver) -> None:
    first, other = bench.process(), bench.process()
    await bench.sign_in(first, receiver.url(), "one")
    bench.nodes.living.add(first.process)
    await bench.hold(other)
    assert receiver.got == []


async def test_nothing_is_taken_over_before_a_whole_lease(bench: Bench, receiver: Receiver) -> None:
    dead, other = bench.process(), bench.process()
    await bench.sign_in(dead, receiver.url(), "one")
    await other.round(everything=True)
    way = await bench.way()
    assert way is not None
    assert way.holder == dead.process


async def test_the_heartbeat_of_a_session_whose_process_is_dead_is_enough(bench: Bench, receiver: Receiver) -> None:
    dead, other = bench.process(), bench.process()
    await bench.hold(other)
    session = await bench.sign_in(dead, receiver.url(), "one")
    await other.heard(101, session, "")
    await receiver.receives(1)


async def test_a_heartbeat_does_not_move_a_session_of_a_living_process(bench: Bench, receiver: Receiver) -> None:
    first, other = bench.process(), bench.process()
    bench.nodes.living.add(first.process)
    await bench.hold(other)
    session = await bench.sign_in(first, receiver.url(), "one")
    await other.heard(101, session, "")
    way = await bench.way()
    assert way is not None
    assert way.holder == first.process


async def test_a_process_that_lost_a_session_pushes_no_more_of_it(bench: Bench, receiver: Receiver) -> None:
    frozen, other = bench.process(), bench.process()
    await frozen.round()
    await bench.sign_in(frozen, receiver.url(), "one")
    await bench.until_empty()
    bench.nodes.living.discard(frozen.process)
    await bench.hold(other)
    await frozen.round()
    await bench.happens("two")
    await bench.until_empty()
    await asyncio.sleep(0.02)
    assert receiver.event_types == ["one", "two"]


async def test_of_two_that_take_over_at_once_one_pushes(bench: Bench, receiver: Receiver) -> None:
    dead, *others = (bench.process() for _ in range(3))
    await bench.sign_in(dead, receiver.url(), "one")
    await bench.hold(*others)
    await bench.until_empty()
    await asyncio.sleep(0.02)
    assert receiver.event_types == ["one"]


async def test_a_process_that_stops_leaves_at_once_and_lets_a_push_end(bench: Bench, receiver: Receiver) -> None:
    acknowledged = asyncio.Event()
    receiver.answers.append(holding(acknowledged))
    process = bench.process()
    await process.round()
    await bench.sign_in(process, receiver.url(), "one", "two")
    await receiver.receives(1)
    asyncio.get_running_loop().call_later(0.05, acknowledged.set)
    await process.close()
    assert (receiver.event_types, await bench.queue.depth(101), bench.nodes.living) == (["one"], 1, set())


async def test_a_slow_receiver_delays_nobody_else(receiver: Receiver) -> None:
    async with receiving() as slow:
        bench = Bench(receiver, slow)
        answered = asyncio.Event()
        slow.otherwise = holding(answered)
        process = bench.process()
        await process.round()
        for agent_id in range(201, 201 + MOST_AT_ONCE + 10):
            await bench.sign_in(process, slow.url(), "one", agent_id=agent_id)
        await slow.receives(MOST_AT_ONCE)
        await bench.sign_in(process, receiver.url(), "one")
        await process.round()
        await receiver.receives(1)
        answered.set()
        await slow.receives(MOST_AT_ONCE + 10)
        await bench.close()
    assert slow.most_at_once == MOST_AT_ONCE


async def test_a_heartbeat_renews_the_service_token(bench: Bench, receiver: Receiver) -> None:
    process = bench.process()
    await process.round()
    session = await bench.sign_in(process, receiver.url(), "one")
    await bench.until_empty()
    await process.heard(101, session, "token-2")
    await bench.happens("two")
    tokens = [pushed.headers["service_token"] for pushed in await receiver.receives(2)]
    assert tokens == ["token-1", "token-2"]


async def test_what_was_kept_before_anything_was_sealed_is_sealed_when_it_is_renewed(
    bench: Bench, receiver: Receiver
) -> None:
    process = bench.process()
    await process.round()
    session = await bench.sign_in(process, receiver.url("/events?key=1"))
    await process.heard(101, session, "token-2")
    way = await bench.way()
    assert way is not None
    assert (way.url, "token-2" in way.token) == (receiver.url(), False)
    await bench.happens("one")
    [pushed] = await receiver.receives(1)
    assert (pushed.path, pushed.headers["service_token"]) == ("/events?key=1", "token-2")


async def test_a_heartbeat_with_the_same_token_writes_nothing(bench: Bench, receiver: Receiver) -> None:
    process = bench.process()
    await process.round()
    session = await bench.sign_in(process, receiver.url())
    for _ in range(2):
        await process.heard(101, session, "token-2")
        former, session = session, (await bench.store.read(101)).session or session
    assert session == former


async def test_what_this_node_cannot_unseal_is_pushed_nowhere_and_told_once(
    bench: Bench, receiver: Receiver, caplog: pytest.LogCaptureFixture
) -> None:
    process = bench.process()
    await process.round()
    await bench.sign_in(process, receiver.url(), "one", token="~k9.AAAA")
    await until(lambda: len(bench.pauses) > 3)
    assert (receiver.got, await bench.queue.depth(101)) == ([], 1)
    assert [record.getMessage() for record in caplog.records if record.levelname == "ERROR"] == [
        "nothing can be pushed to agent 101: this node lacks the secret of the session: the operator must add it"
    ]


async def test_the_older_form_has_no_token_to_renew(bench: Bench, receiver: Receiver) -> None:
    process = bench.process()
    await process.round()
    session = await bench.sign_in(process, receiver.url(), "one", older=True, token="")
    await process.heard(101, session, "token-2")
    [pushed] = await receiver.receives(1)
    assert "service_token" not in pushed.headers


async def test_a_crash_of_one_line_is_told_and_it_starts_again(
    bench: Bench, receiver: Receiver, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    process = bench.process()
    await process.round()
    with monkeypatch.context() as broken:
        broken.setattr(bench.queue, "head", None)
        await bench.sign_in(process, receiver.url(), "one")
        await bench.until(lambda _record: bool(caplog.messages))
    await process.round()
    await receiver.receives(1)
    said = [line.partition(" in ")[0] for line in caplog.messages]
    assert said == ["push-line (agent 101) fails: TypeError", "push-line (agent 101) works again"][: len(said)]


async def test_a_session_that_ended_while_nobody_pushed_is_passed_over(bench: Bench, receiver: Receiver) -> None:
    dead, other = bench.process(), bench.process()
    session = await bench.sign_in(dead, receiver.url(), "one")
    await bench.service.end(101, session.id, EndReason.SIGNED_OUT)
    await bench.hold(other)
    assert receiver.got == []
