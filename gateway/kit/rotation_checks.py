"""Rules of AUTHMODE 2: a GUID of age is replaced, once, and lives on for its grace."""

import asyncio
from typing import Final

from gateway.kit.check import Bench, Check
from gateway.kit.probe_desk import DONE, NO_RIGHT, ON_ITS_WAY_S, ProbeDesk
from gateway.kit.target import must, needs

_AFTER_S: Final = 0.2
"""Behind a time that is to have passed."""
_LATE_S: Final = 1.5
"""Behind the latest time at which a grace can end: it begins when the answer has arrived."""


async def _of_age(bench: Bench) -> ProbeDesk:
    """An agent without events whose GUID is of age and that has not polled since."""
    desk = await bench.signed_in()
    await desk.drained()
    await desk.until_age(bench.target.interval_s + _AFTER_S)
    return desk


async def _handed(desk: ProbeDesk) -> str:
    """The successor of the desk's GUID, which it has not used."""
    handed = (await desk.poll(desk.guid)).handed
    needs(handed, "no GUID was handed out")
    return handed


async def _rotates(bench: Bench) -> None:
    desk = await _of_age(bench)
    handed = (await desk.poll(desk.guid)).handed
    must(handed, "a poll with a GUID of age hands nothing out")
    must(handed != desk.guid, "it hands out the same GUID")
    answer = await desk.status(handed)
    must(answer.retcode == DONE, f"the GUID that it hands out is answered {answer.retcode}")


async def _ends_a_poll(bench: Bench) -> None:
    target, desk = bench.target, await bench.signed_in()
    needs(target.interval_s > target.hold_s / 2, "the interval is shorter than half a hold")
    await desk.drained()
    await desk.until_age(target.interval_s - target.hold_s / 2)
    answer = await desk.poll(desk.guid)
    needs(answer.handed, "no GUID was handed out")
    must(answer.took_s < target.hold_s * 0.8, f"the poll was held for {answer.took_s:.1f} s all the same")


async def _again(bench: Bench) -> None:
    desk = await _of_age(bench)
    handed = await _handed(desk)
    await asyncio.sleep(2 * ON_ITS_WAY_S)
    again = await desk.poll(desk.guid)
    must(again.handed == handed, "a poll whose answer may have been lost does not bring it once more")


async def _once(bench: Bench) -> None:
    desk = await _of_age(bench)
    answers = await asyncio.gather(*(desk.poll(desk.guid) for _ in range(3)))
    made = {answer.handed for answer in answers} - {""}
    needs(made, "no GUID was handed out")
    must(len(made) == 1, f"polls at the same time bring {len(made)} GUIDs")


async def _grace(bench: Bench) -> None:
    desk = await _of_age(bench)
    handed = await _handed(desk)
    needs((await desk.status(handed)).retcode == DONE, "the new GUID is refused")
    answer = await desk.status(desk.guid)
    must(answer.retcode == DONE, f"it is answered {answer.retcode}")


async def _dies(bench: Bench) -> None:
    desk = await _of_age(bench)
    handed = await _handed(desk)
    needs((await desk.status(handed)).retcode == DONE, "the new GUID is refused")
    await desk.stay(handed, bench.target.grace_s + _LATE_S)
    answer = await desk.status(desk.guid)
    must(answer.retcode == NO_RIGHT, f"after its grace it is answered {answer.retcode}")


async def _left(bench: Bench) -> None:
    desk = await _of_age(bench)
    handed = await _handed(desk)
    needs((await desk.status(handed)).retcode == DONE, "the new GUID is refused")
    must(not (await desk.heartbeat(desk.guid)).handed, "it still brings a newer one")


async def _heartbeat(bench: Bench) -> None:
    desk = await _of_age(bench)
    answer = await desk.heartbeat(desk.guid)
    needs(answer.retcode == DONE, f"the heartbeat is answered {answer.retcode}")
    must(answer.handed, "a heartbeat with a GUID of age hands nothing out")


async def _current(bench: Bench) -> None:
    desk = await bench.signed_in()
    await desk.until_age(bench.target.timeout_s + _LATE_S)
    answer = await desk.status(desk.guid)
    must(answer.retcode == DONE, f"it is answered {answer.retcode}")


CHECKS: Final = (
    Check("guid-rotates", "A poll with a GUID of age hands out its successor.", _rotates, rotates=True),
    Check("guid-ends-poll", "A GUID that comes of age ends a held poll.", _ends_a_poll, rotates=True),
    Check("guid-again", "Until the successor is used, each poll hands out the same one again.", _again, rotates=True),
    Check("guid-once", "Polls at the same time make one successor.", _once, rotates=True),
    Check("guid-grace", "A superseded GUID is accepted in its grace.", _grace, rotates=True),
    Check("guid-dies", "After its grace a superseded GUID is 000-003.", _dies, rotates=True),
    Check("guid-left", "Once the successor is used, the former GUID brings no newer one.", _left, rotates=True),
    Check("heartbeat-guid", "A heartbeat hands out GUIDs as a poll does.", _heartbeat, rotates=True),
    Check("guid-current", "The newest GUID lives as long as the session.", _current, rotates=True),
)
