"""The pushed events of one session: order, retries, the forced sign-out (docs/protocol.md, Push)."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from gateway.backend import EndReason
from gateway.events.push import FIRST_AFTER_S
from gateway.sessions.policy import Outage
from gateway.wire.errors import StoreUnavailable
from tests.support.receiver import Answer, Receiver, holding, receiving, saying
from tests.unit.events.pushing import START_MS, Bench

FAILS = saying(500)


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with receiving() as made:
        yield made


@pytest.fixture
async def bench(receiver: Receiver) -> AsyncIterator[Bench]:
    """EVENT_PUSH_FAIL_INTERVALTIME 10 s, EVENT_PUSH_FAIL_TOTALTIME 120 s."""
    made = Bench(receiver)
    yield made
    await made.close()


async def signed_in(bench: Bench, receiver: Receiver, *events: str, **way: int) -> None:
    process = bench.process()
    await process.round()
    await bench.sign_in(process, receiver.url(), *events, **way)


async def test_events_go_out_oldest_first(bench: Bench, receiver: Receiver) -> None:
    await signed_in(bench, receiver, "one", "two", "three")
    await bench.until_empty()
    assert receiver.event_types == ["one", "two", "three"]


async def test_the_next_event_waits_for_the_acknowledgement_of_the_one_before(bench: Bench, receiver: Receiver) -> None:
    acknowledged = asyncio.Event()
    receiver.answers.append(holding(acknowledged))
    await signed_in(bench, receiver, "one", "two")
    await receiver.receives(1)
    await asyncio.sleep(0.05)
    assert receiver.event_types == ["one"]
    acknowledged.set()
    await receiver.receives(2)


async def test_a_later_event_goes_out_at_once(bench: Bench, receiver: Receiver) -> None:
    await signed_in(bench, receiver, "one")
    await bench.until_empty()
    await bench.happens("two")
    await receiver.receives(2)


async def test_the_first_push_leaves_the_sign_in_answer_time_to_arrive(bench: Bench, receiver: Receiver) -> None:
    await signed_in(bench, receiver, "one")
    await bench.until_empty()
    assert bench.pauses == [FIRST_AFTER_S]


async def test_a_failed_event_goes_out_again_after_the_interval_as_the_same_message(
    bench: Bench, receiver: Receiver
) -> None:
    receiver.answers.append(FAILS)
    await signed_in(bench, receiver, "one", "two")
    await bench.until_empty()
    assert receiver.event_types == ["one", "one", "two"]
    assert bench.pauses == [FIRST_AFTER_S, 10]
    first, again = receiver.got[:2]
    assert (first.body, first.headers["webhook-id"]) == (again.body, again.headers["webhook-id"])


async def test_a_success_resets_the_failure_time(bench: Bench, receiver: Receiver) -> None:
    receiver.answers.extend([FAILS] * 11)
    await signed_in(bench, receiver, "one")
    await bench.until_empty()
    receiver.answers.extend([FAILS] * 11)
    await bench.happens("two")
    await bench.until_empty()
    way = await bench.way()
    assert way is not None
    assert way.failing_ms == 0


async def test_when_failure_time_adds_up_the_agent_is_signed_out(bench: Bench, receiver: Receiver) -> None:
    receiver.otherwise = FAILS
    await signed_in(bench, receiver, "one")
    record = await bench.until(lambda record: record.session is None)
    assert (record.tombstones[0].reason, bench.ended) == (EndReason.PUSH_FAILED, 1)
    assert bench.pauses == [FIRST_AFTER_S, *[10] * 12]


async def test_the_last_pause_ends_with_the_failure_time(receiver: Receiver) -> None:
    bench = Bench(receiver, EVENT_PUSH_FAIL_TOTALTIME="15000")
    receiver.otherwise = FAILS
    await signed_in(bench, receiver, "one")
    await bench.until(lambda record: record.session is None)
    await bench.close()
    assert bench.pauses == [FIRST_AFTER_S, 10, 5]


async def test_failure_time_starts_again_after_an_outage_of_the_store(
    bench: Bench, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    began = START_MS + int(FIRST_AFTER_S * 1000)
    monkeypatch.setattr(bench.store, "outages", lambda: (Outage(began + 15_000, began + 50_000),))
    receiver.otherwise = FAILS
    await signed_in(bench, receiver, "one")
    await bench.until(lambda record: record.session is None)
    assert bench.now_ms == began + 170_000


async def test_since_when_pushes_fail_is_known_to_whoever_takes_over(bench: Bench, receiver: Receiver) -> None:
    receiver.otherwise = FAILS
    await signed_in(bench, receiver, "one", failing_ms=START_MS - 119_000)
    await bench.until(lambda record: record.session is None)
    assert len(receiver.got) <= 2


async def test_an_ended_session_gets_no_more_pushes(bench: Bench, receiver: Receiver) -> None:
    acknowledged = asyncio.Event()
    receiver.answers.append(holding(acknowledged))
    process = bench.process()
    await process.round()
    session = await bench.sign_in(process, receiver.url(), "one", "two")
    await receiver.receives(1)
    await bench.service.end(101, session.id, EndReason.SIGNED_OUT)
    acknowledged.set()
    await asyncio.sleep(0.05)
    assert receiver.event_types == ["one"]


async def test_a_forced_sign_in_moves_the_pushes_to_the_new_session(receiver: Receiver) -> None:
    async with receiving() as other:
        bench = Bench(receiver, other)
        process = bench.process()
        await process.round()
        await bench.sign_in(process, receiver.url(), "one")
        await bench.until_empty()
        await bench.sign_in(process, other.url(), "two")
        await bench.until_empty()
        await bench.close()
    assert (receiver.event_types, other.event_types) == (["one"], ["two"])


async def test_the_message_carries_the_current_guid(bench: Bench, receiver: Receiver) -> None:
    process = bench.process()
    await process.round()
    session = await bench.sign_in(process, receiver.url(), "one")
    [pushed] = await receiver.receives(1)
    assert pushed.headers["Guid"] == bench.service.guid(session, 0)


@pytest.mark.parametrize("answer", [saying(403), saying(307, Location="/elsewhere"), saying(200, b'{"retcode":"1"}')])
async def test_what_is_no_acknowledgement_is_a_failure(bench: Bench, receiver: Receiver, answer: Answer) -> None:
    receiver.answers.append(answer)
    await signed_in(bench, receiver, "one")
    await bench.until_empty()
    assert receiver.event_types == ["one", "one"]


async def test_an_acknowledged_event_is_not_pushed_again_because_the_store_was_away(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench = Bench(receiver)
    failures = [1]
    confirm = bench.queue.confirm

    async def forgetful(agent_id: int, session_id: str, event_id: str) -> None:
        if failures:
            failures.pop()
            raise StoreUnavailable
        await confirm(agent_id, session_id, event_id)

    monkeypatch.setattr(bench.queue, "confirm", forgetful)
    await signed_in(bench, receiver, "one", "two")
    await bench.until_empty()
    await bench.close()
    assert receiver.event_types == ["one", "two"]
