"""Whole scenarios on the wire, event by event, kept as readable text: each `.txt` beside this file is replayed.

Once with desks at the gateway with the contact centre, and once at another gateway in front of it: nothing differs.

A line that begins with `>` is done; `=` is its answer and `<` an event that an agent polls after it, with the seconds
since the beginning. Everything else is comment. TRANSCRIPTS=write in the environment writes the files anew.
"""

import asyncio
import json
import os
import re
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from gateway.contact_centre.customers.callers import NoSuchCallError
from gateway.contact_centre.event_catalogue import check
from tests.support.desk import Desk
from tests.support.manual_time import START_MS
from tests.support.ways import WAYS, Directly

FOLDER = Path(__file__).parent
FILES = sorted(FOLDER.glob("*.txt"))


class Stage:
    """The people of one scenario."""

    def __init__(self, way: Directly) -> None:
        self.way = way
        self.room = way.room
        self.desks: dict[int, Desk] = {}

    async def do(self, command: str) -> list[str]:
        """Does what the line says; the lines that follow from it."""
        for pattern, action in COMMANDS:
            found = re.fullmatch(pattern, command)
            if found is not None:
                answer = await action(self, *found.groups())
                return [*([f"= {answer}"] if answer else []), *await self.events()]
        raise AssertionError(f"not understood: {command}")

    async def events(self) -> list[str]:
        await self.way.settle()
        lines = []
        for agent_id, desk in sorted(self.desks.items()):
            for event in await desk.drain_events():
                check(event["eventType"], event["content"])
                assert event["workNo"] == str(agent_id)
                seconds = (event["eventGenTime"] - START_MS) / 1000
                content = "" if event["content"] is None else " " + json.dumps(event["content"])
                lines.append(f"< {seconds:g} s  {agent_id}  {event['eventType']}{content}")
        return lines

    async def signs_in(self, agent: str, body: str | None) -> str:
        desk = self.desks[int(agent)] = self.way.desk(int(agent))
        options: dict[str, Any] = {"autoanswer": False, **json.loads(body or "{}")}
        answer = await desk.sign_in(**options)
        assert (await desk.call("POST", "onlineagent/{id}/resetskill/true")).retcode == "0"
        return f"{answer.retcode}, and signs in to its skill queues"

    async def calls(self, agent: str, method: str, path: str, body: str | None) -> str:
        answer = await self.desks[int(agent)].call(method, path, json.loads(body) if body else None)
        return answer.body.decode()

    async def customer_calls(self, number: str, skill: str) -> str:
        return "call " + await self.room.centre.customers.place(int(skill), number)

    async def customer_calls_agent(self, number: str, agent: str) -> str:
        return "call " + await self.room.centre.customers.place_for(int(agent), number)

    def _call_of(self, number: str) -> str:
        calls = self.room.centre.world.calls.values()
        return next(call.id for call in calls if any(leg.number == number for leg in call.legs))

    async def answers(self, number: str) -> str:
        await self.room.centre.customers.answer(self._call_of(number), number)
        return ""

    async def hangs_up(self, number: str) -> str:
        await self.room.centre.customers.hang_up(self._call_of(number), number)
        return ""

    async def starts_chat(self, number: str, queue: str, text: str) -> str:
        return "chat " + await self.room.centre.chat_customers.start(int(queue), number, text=text)

    def _chat_of(self, number: str) -> str:
        chats = self.room.centre.world.activities.chats.values()
        return next(chat.call.id for chat in chats if chat.call.caller == number)

    async def writes(self, number: str, text: str) -> str:
        await self.room.centre.chat_customers.say(self._chat_of(number), text)
        return ""

    async def reads(self, number: str) -> str:
        said = self.room.centre.chat_customers.said(self._chat_of(number))
        return "; ".join(f"{one.sender}: {one.text}" for one in said)

    async def leaves_chat(self, number: str) -> str:
        await self.room.centre.chat_customers.leave(self._chat_of(number))
        return ""

    async def asks_for_picture(self, number: str) -> str:
        await self.room.centre.customers.ask_for_video(self._call_of(number), number)
        return ""

    async def is_offered(self, agent: str, numbers: str, bare: str | None, data: str | None) -> str:
        control = await self.room.centre.customers.offer(
            int(agent), tuple(numbers.split(",")), data or "", bare=bool(bare)
        )
        return f"preview {control}"

    async def uses_phone(self, agent: str, act: str, number: str) -> str:
        try:
            await self.room.centre.phones.act(int(agent), act, number)
        except NoSuchCallError as impossible:
            return str(impossible)
        return ""

    async def passes(self, seconds: str) -> str:
        await self.room.time.pass_s(float(seconds))
        return ""


COMMANDS: tuple[tuple[str, Callable[..., Awaitable[str]]], ...] = (
    (r"(\d+) signs in ?(\{.*\})?", Stage.signs_in),
    (r"(\d+) (GET|PUT|POST|DELETE) (\S+) ?(\{.*\})?", Stage.calls),
    (r"customer (\d+) calls queue (\d+)", Stage.customer_calls),
    (r"customer (\d+) calls agent (\d+)", Stage.customer_calls_agent),
    (r"customer (\d+) answers", Stage.answers),
    (r"customer (\d+) hangs up", Stage.hangs_up),
    (r"customer (\d+) writes to queue (\d+): (.+)", Stage.starts_chat),
    (r"customer (\d+) writes: (.+)", Stage.writes),
    (r"customer (\d+) reads", Stage.reads),
    (r"customer (\d+) leaves the chat", Stage.leaves_chat),
    (r"customer (\d+) asks for a picture", Stage.asks_for_picture),
    (r"(\d+) is offered ([\d,]+)( alone)?(?: with (\w+))?", Stage.is_offered),
    (r"phone of (\d+): (\w+) ?(\d*)", Stage.uses_phone),
    (r"([\d.]+) s pass", Stage.passes),
)


async def replay(text: str, way: str) -> str:
    """The scenario as it goes now."""
    lines: list[str] = []
    async with WAYS[way]() as made:
        stage = Stage(made)
        for line in text.splitlines():
            if line.startswith(("=", "<")):
                continue
            lines.append(line)
            if line.startswith(">"):
                lines += await stage.do(line.removeprefix(">").strip())
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_scenario_goes_as_written(path: Path, way: str) -> None:
    written = path.read_text(encoding="utf-8")
    now = asyncio.run(replay(written, way))
    if os.environ.get("TRANSCRIPTS") == "write" and way == "directly":
        path.write_text(now, encoding="utf-8")
        return
    assert now == written


async def test_guids_rotate_on_the_way_through_another() -> None:
    async with WAYS["through another"]() as made:
        stage = Stage(made)
        await stage.do("101 signs in")
        guids = {stage.desks[101].guid}
        for _ in range(3):
            await stage.do("1 s pass")
            guids.add(stage.desks[101].guid)
    assert len(guids) == 4
