"""How long a poll is held, what ends it, and what it answers then."""

import asyncio
from typing import Final

from gateway.kit.check import Bench, Check
from gateway.kit.probe_desk import BUSY, DONE, NOT_BUSY, ProbeConnection
from gateway.kit.target import SOON_S, must, needs

EMPTY: Final = b'{"message":"","retcode":"0"}'
RESTS_S: Final = 0.4
POLLS: Final = 3
"""So that one is held to its end, also where a busy machine lets a GUID become old meanwhile."""
_UNKNOWN: Final = "00000000-0000-0000-0000-000000000000.None0"


async def _empty(bench: Bench) -> None:
    desk = await bench.signed_in()
    await desk.drained()
    answer = await desk.poll()
    needs(not answer.event, "an event came that nobody asked for")
    must(answer.body == EMPTY, f"it has {len(answer.body)} bytes, not the {len(EMPTY)} of the interface")


async def _held(bench: Bench) -> None:
    desk, hold_s = await bench.signed_in(), bench.target.hold_s
    await desk.drained()
    for _ in range(POLLS):
        if not (answer := await desk.poll()).handed:
            break  # Else a GUID of age has ended it; the new one is young.
    needs(not answer.event and not answer.handed, "an event or a GUID ended the poll")
    must(hold_s * 0.75 <= answer.took_s <= hold_s + SOON_S, f"it was held for {answer.took_s:.1f} s")


async def _woken(bench: Bench) -> None:
    desk = await bench.signed_in()
    await desk.drained()
    poll = await desk.begun_poll()
    needs(not poll.done(), "the poll is not held")
    await desk.set_busy(busy=False)
    await asyncio.wait([poll], timeout=min(SOON_S, bench.target.hold_s / 2))
    must(poll.done(), "the poll is held although there is an event")
    must((await poll).kind == NOT_BUSY, "it does not bring the event")


async def _newer(bench: Bench) -> None:
    desk = await bench.signed_in()
    await desk.drained()
    older = await desk.begun_poll()
    needs(not older.done(), "the poll is not held")
    newer = await desk.begun_poll()
    await asyncio.wait([older], timeout=min(SOON_S, bench.target.hold_s / 2))
    ended = older.done()
    await desk.set_busy(busy=False)
    first, second = await older, await newer
    must(ended, "the older one is held on")
    must(not first.event, "the older one brings the event")
    must(second.kind == NOT_BUSY, "the newer one does not bring the event")


async def _rests(bench: Bench) -> None:
    answer = await (await bench.signed_in()).poll(_UNKNOWN)
    needs(answer.retcode != DONE, "a poll with an unknown GUID is accepted")
    must(answer.took_s >= RESTS_S, f"it is answered after {answer.took_s * 1000:.0f} ms")


async def _backlog(bench: Bench) -> None:
    desk = await bench.signed_in()
    await desk.set_busy(busy=True)
    first = await desk.poll()
    must(first.event, "the first poll brings no event of the sign-in")
    must(first.took_s < min(SOON_S, bench.target.hold_s / 2), f"it came after {first.took_s:.1f} s only")


async def _shape(bench: Bench) -> None:
    desk = await bench.signed_in()
    await desk.set_busy(busy=True)
    event = (await desk.poll()).event
    needs(event, "no event came")
    for name, kind in (("eventType", str), ("eventGenTime", int), ("workNo", str)):
        must(type(event.get(name)) is kind, f"{name} is {type(event.get(name)).__name__}, not {kind.__name__}")
    must("content" in event, "content is missing")


async def _displaced(bench: Bench) -> None:
    desk = await bench.signed_in()
    await desk.drained()
    poll = await desk.begun_poll(desk.guid)
    needs(not poll.done(), "the poll is not held")
    await desk.surely_signed_in()
    await asyncio.wait([poll], timeout=SOON_S)
    must(poll.done(), "it is held on")
    answer = await poll
    must(answer.retcode == DONE, f"it is answered {answer.retcode}")
    must(not answer.event and not answer.handed, "it brings something of the new session")


async def _kept_line(bench: Bench) -> None:
    desk = await bench.signed_in()
    async with ProbeConnection(bench.target) as line:
        await desk.drained(line)
        for _ in range(2):
            await desk.set_busy(busy=False)
            await desk.set_busy(busy=True)
        kinds = [(await desk.poll(line=line)).kind for _ in range(4)]
    must(kinds == [NOT_BUSY, BUSY] * 2, f"the events are {', '.join(kinds)}")


CHECKS: Final = (
    Check("poll-empty", 'An empty poll is {"message":"","retcode":"0"}, byte for byte.', _empty),
    Check("poll-held", "A poll without an event is held as long as the server is set to.", _held),
    Check("poll-woken", "An event ends a held poll at once.", _woken),
    Check("poll-newer", "Of two polls of one session the newer wins; the older ends empty.", _newer),
    Check("poll-refused-rests", "A refused poll is answered after 500 ms.", _rests),
    Check("poll-backlog", "The first poll brings what happened before it, at once.", _backlog),
    Check("poll-event", "A poll brings one event: eventType, eventGenTime, workNo, content.", _shape),
    Check("poll-displaced", "A held poll of a session that is taken over ends as an empty one.", _displaced),
    Check("poll-one-by-one", "Changes of state come one by one, as they were made.", _kept_line),
)
