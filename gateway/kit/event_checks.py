"""Events: in order, each once, none lost, only those of the session."""

import asyncio
from collections import Counter
from typing import Final

from gateway.kit.check import Bench, Check
from gateway.kit.probe_desk import ProbeAnswer, ProbeConnection, ProbeDesk
from gateway.kit.target import must, needs

NOTES: Final = 8


def _texts(prefix: str) -> list[str]:
    return [f"{prefix} {number}" for number in range(NOTES)]


def _said(answer: ProbeAnswer, texts: list[str]) -> str:
    """Which of these notes an answer brings, "" for none."""
    content = answer.event.get("content")
    return next((text for text in texts if isinstance(content, dict) and text in content.values()), "")


async def _taken(desk: ProbeDesk, texts: list[str]) -> list[ProbeAnswer]:
    """Polls on one connection until the last note has come and nothing waits behind it."""
    found = []
    async with ProbeConnection(desk.target) as line:
        for _ in range(3 * NOTES):
            answer = await desk.poll(line=line)
            found.append(answer)
            if not answer.event:
                break
    return [answer for answer in found if _said(answer, texts)]


async def _sent(bench: Bench, prefix: str) -> tuple[ProbeDesk, list[str]]:
    one, other = await bench.both_signed_in()
    await one.drained()
    texts = _texts(prefix)
    for text in texts:
        await other.note(one, text)
    return one, texts


async def _order(bench: Bench) -> None:
    desk, texts = await _sent(bench, "order")
    answers = await _taken(desk, texts)
    came = list(dict.fromkeys(_said(answer, texts) for answer in answers))
    must(came == [text for text in texts if text in came], f"they came as {', '.join(came)}")
    times = [int(answer.event.get("eventGenTime", 0)) for answer in answers]
    must(times == sorted(times), "eventGenTime goes back")


async def _once(bench: Bench) -> None:
    desk, texts = await _sent(bench, "once")
    count = Counter(_said(answer, texts) for answer in await _taken(desk, texts))
    again = [text for text in texts if count[text] > 1]
    must(not again, f"{len(again)} of {NOTES} came twice on one connection")


async def _none_lost(bench: Bench) -> None:
    desk, texts = await _sent(bench, "whole")
    count = Counter(_said(answer, texts) for answer in await _taken(desk, texts))
    lost = [text for text in texts if not count[text]]
    must(not lost, f"{len(lost)} of {NOTES} never came")


async def _broken_line(bench: Bench) -> None:
    one, other = await bench.both_signed_in()
    await one.drained()
    poll = await one.begun_poll()
    poll.cancel()
    await asyncio.wait([poll])
    await other.note(one, "cut 0")
    async with ProbeConnection(bench.target) as line:
        answers = [await one.poll(line=line), await one.poll(line=line)]
    must(any(_said(answer, ["cut 0"]) for answer in answers), "it never came")


async def _new_session(bench: Bench) -> None:
    desk, texts = await _sent(bench, "former")
    await desk.surely_signed_in()
    must(not await _taken(desk, texts), "the new session gets events of the one that it took over")


async def _own(bench: Bench) -> None:
    one, other = await bench.both_signed_in()
    await one.drained()
    await other.note(one, "own 0")
    answer = await one.poll()
    needs(answer.event, "no event came")
    must(str(answer.event.get("workNo")) == str(one.agent_id), "workNo is not the agent's")


CHECKS: Final = (
    Check("event-order", "Events come in the order in which they were made.", _order, agents=2),
    Check("event-once", "On one connection an event comes once.", _once, agents=2),
    Check("event-lost", "No event is lost.", _none_lost, agents=2),
    Check("event-cut", "An event that comes behind a broken connection is brought by the next poll.", _broken_line, 2),
    Check("event-session", "A new session gets nothing of the former one.", _new_session, agents=2),
    Check("event-agent", "An event names its agent in workNo.", _own, agents=2),
)
