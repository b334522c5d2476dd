"""What a GUID opens, and when it ends; in AUTHMODE 2 one of age is replaced, once, and lives on for its grace."""

import asyncio
from typing import Final

from gateway.client.refusals import AlreadySignedIn
from gateway.kit.check import Bench, Check
from gateway.kit.probe_desk import DONE, NO_RIGHT, NOT_SIGNED_IN, ON_ITS_WAY_S, ProbeAnswer, ProbeDesk
from gateway.kit.target import must, needs

_UNKNOWN: Final = "00000000-0000-0000-0000-000000000000.None0"
_AFTER_S: Final = 0.2
"""Behind a time that is to have passed."""
_LATE_S: Final = 1.5
"""Behind the latest time at which a grace can end: it begins when the answer has arrived."""


def _must_be(answer: ProbeAnswer, retcode: str, what: str) -> None:
    must(answer.retcode == retcode, f"{what} is answered {answer.retcode}, not {retcode}")


async def _required(bench: Bench) -> None:
    desk = await bench.signed_in()
    _must_be(await desk.status(), DONE, "the right GUID")
    _must_be(await desk.status(""), NO_RIGHT, "no GUID")


async def _unknown(bench: Bench) -> None:
    desk = await bench.signed_in()
    _must_be(await desk.status(_UNKNOWN), NO_RIGHT, "an unknown GUID")


async def _others(bench: Bench) -> None:
    one, other = await bench.both_signed_in()
    _must_be(await one.status(other.guid), NO_RIGHT, "the GUID of another agent")


async def _any_case(bench: Bench) -> None:
    desk = await bench.signed_in()
    for name in ("GUID", "Guid", "gUid"):
        _must_be(await desk.status(headers=[(name, desk.guid)]), DONE, f"the header {name}")


async def _twice(bench: Bench) -> None:
    desk = await bench.signed_in()
    _must_be(await desk.status(headers=[("guid", desk.guid)] * 2), DONE, "the same GUID in two lines")
    joined = await desk.status(headers=[("guid", f"{desk.guid}, {desk.guid}")])
    _must_be(joined, DONE, "the same GUID twice in one line")


async def _two(bench: Bench) -> None:
    desk = await bench.signed_in()
    answer = await desk.status(headers=[("guid", desk.guid), ("guid", _UNKNOWN)])
    must(answer.status == 400, f"status {answer.status}")


async def _signed_out(bench: Bench) -> None:
    desk = await bench.signed_in()
    former = desk.guid
    needs((await desk.sign_out()).retcode == DONE, "the sign-out is refused")
    _must_be(await desk.status(former), NOT_SIGNED_IN, "a GUID whose agent has signed out")


async def _already(bench: Bench) -> None:
    desk = await bench.signed_in()
    former = desk.guid
    needs((await desk.status()).retcode == DONE, "the session cannot be used")
    _must_be(await desk.sign_in(force=False), AlreadySignedIn.retcode, "a second sign-in")
    _must_be(await desk.status(former), DONE, "the session that was there")


async def _taken_over(bench: Bench) -> None:
    desk = await bench.signed_in()
    former = desk.guid
    await desk.surely_signed_in()
    _must_be(await desk.status(), DONE, "the new GUID")
    _must_be(await desk.status(former), NOT_SIGNED_IN, "the GUID of the session that was taken over")


async def _polls_only(bench: Bench) -> None:
    desk = await bench.signed_in()
    await desk.until_age(bench.target.interval_s + 0.2)
    answer = await desk.status(desk.guid)
    must(not answer.handed, "an operation hands one out")


async def _young(bench: Bench) -> None:
    desk = await bench.signed_in()
    first = desk.guid
    answer = await desk.poll(first)
    handed = answer.handed or (await desk.heartbeat(first)).handed
    must(not handed, "a GUID that is not of age is replaced")


async def _update(bench: Bench) -> None:
    desk = await bench.signed_in()
    answer = await desk.update()
    _must_be(answer, DONE, "updateGuid")
    told = str(answer.envelope.get("result", {}).get("guid", ""))
    must(told == answer.handed != "", "result.guid is not what Set-GUID hands out")
    must(told != desk.guid, "it is the same GUID")
    _must_be(await desk.status(told), DONE, "the new GUID")


async def _update_again(bench: Bench) -> None:
    desk = await bench.signed_in()
    first = await desk.update()
    needs(first.retcode == DONE and first.handed, f"updateGuid is answered {first.retcode}")
    again = await desk.update()
    must(again.handed == first.handed, f"a retry is answered {again.retcode} and not with the same GUID")


CHECKS: Final = (
    Check("guid-required", "Without GUID an operation is 000-003.", _required),
    Check("guid-unknown", "A GUID that nobody handed out is 000-003.", _unknown),
    Check("guid-of-another", "The GUID of another agent is 000-003.", _others, agents=2),
    Check("guid-any-case", "The name of the header guid may have any case.", _any_case),
    Check("guid-twice", "The same GUID twice counts once.", _twice),
    Check("guid-two", "Two GUIDs are 400.", _two),
    Check("guid-signed-out", "After the sign-out its GUID is 100-006.", _signed_out),
    Check("already-signed-in", "A second sign-in without force is 100-002 and harms nobody.", _already),
    Check("take-over", "A forced sign-in takes over: the former GUID is 100-006.", _taken_over),
    Check("guid-young", "A GUID that is not of age is not replaced.", _young),
    Check("guid-polls-only", "Only polls, heartbeats and updateGuid hand out GUIDs.", _polls_only),
    Check("update-guid", "updateGuid makes a new GUID, the same in result.guid and Set-GUID.", _update),
    Check("update-guid-retry", "updateGuid once more with the former GUID gives the same new one.", _update_again),
)


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


ROTATION: Final = (
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
