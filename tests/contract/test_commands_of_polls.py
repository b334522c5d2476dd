"""How often Redis is asked by polls and calls.

See docs/design/redis_link.md.
"""

from collections import Counter
from pathlib import Path
from typing import Final

from tests.support.asked import opened
from tests.support.desk import read_answer
from tests.support.servers import Server
from tests.support.waiting import GENEROUS_S

HOLD_S: Final = 0.7
"""Longer than last-seen waits to be written, as the hold of desktops is."""


async def test_an_empty_poll_asks_when_it_comes_and_when_its_hold_ends(server: Server, tmp_path: Path) -> None:
    """Besides, last-seen is written once a poll: the end of one and the beginning of the next travel together."""
    times = 3
    async with opened(server, tmp_path, HOLD_S) as place:
        for _ in range(times):
            assert b'"event"' not in (await place.poll()).body
        found = await place.counted()
    assert found["look"] == 2 * times
    assert found["seen"] <= times + 1
    assert set(found) == {"look", "seen"}


async def test_a_state_change_and_the_poll_that_brings_its_event(server: Server, tmp_path: Path) -> None:
    """The check, the event, the look of the woken poll, and the look of the next one, which confirms."""
    times = 4
    async with opened(server, tmp_path, GENEROUS_S) as place:
        await place.send_poll()
        await place.parked()
        await place.counted()
        for operation in ("saybusy", "sayfree") * (times // 2):
            assert (await place.desk.call("POST", f"onlineagent/{{id}}/{operation}")).retcode == "0"
            assert b'"event"' in (await read_answer(place.line.reader)).body
            await place.send_poll()
            await place.parked()
        found = await place.counted()
        await place.desk.call("DELETE", "onlineagent/{id}/logout")
        await read_answer(place.line.reader)
    # On a busy machine a receipt that comes long before the next poll is noted by itself.
    beside = Counter(seen=found["seen"], confirm=found["confirm"])
    assert found - beside == {"get": times, "event": times, "look": 2 * times}
    assert (found["seen"] <= times, found["confirm"] < times) == (True, True)


async def test_an_accepted_call_asks_once(server: Server, tmp_path: Path) -> None:
    times = 20
    async with opened(server, tmp_path, 0.1) as place:
        for _ in range(times):
            assert (await place.desk.call("GET", "onlineagent/{id}/agentstatus", line=place.line)).retcode == "0"
        found = await place.counted()
    assert (found["get"], set(found)) == (times, {"get", "seen"})
    assert found["seen"] <= 1 + times // 10
