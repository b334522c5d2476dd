"""What a GUID opens, and when it ends."""

from typing import Final

from gateway.client.refusals import AlreadySignedIn
from gateway.kit.check import Bench, Check
from gateway.kit.probe_desk import DONE, NO_RIGHT, NOT_SIGNED_IN, ProbeAnswer
from gateway.kit.target import must, needs

_UNKNOWN: Final = "00000000-0000-0000-0000-000000000000.None0"


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
