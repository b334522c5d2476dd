"""Replays a tour of a page on raw sockets, and shows what a terminal would."""

import asyncio
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

from tests.support.desk import Answer, ask_once

_VARYING = (
    (re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\.\w+"), "<guid>"),
    (re.compile(r"\b1\d{12}\b"), "<ms>"),
    (re.compile(r"Date: .*"), "Date: <date>"),
)
_TOUR = re.compile(r"<!-- tour(?P<name> \w+)? -->\n(?P<text>.*?)<!-- /tour -->", re.DOTALL)
_BLOCK = re.compile(r"```console\n(?P<text>.*?)```", re.DOTALL)


def blocks_of(page: Path, name: str = "") -> list[str]:
    """The console blocks of the tour with this name."""
    for tour in _TOUR.finditer(page.read_text("utf-8")):
        if (tour["name"] or "").strip() == name:
            return [block["text"] for block in _BLOCK.finditer(tour["text"])]
    raise LookupError(f"no tour {name!r}")


def steps_of(block: str) -> Iterator[tuple[str, str]]:
    """Commands and what is shown after each."""
    for step in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
        command, _, shown = step.partition("\n")
        yield command, shown.strip("\n")


def plain(text: str) -> str:
    """What of an output is the same at every run."""
    for pattern, word in _VARYING:
        text = pattern.sub(word, text)
    return text


class Terminal:
    """Runs the commands a tour may hold: curl, sleep, and setting a variable.

    `ports` maps the page's to real ones; `speed` divides sleeps, for gateways whose times are divided alike.
    """

    def __init__(self, ports: dict[int, int], speed: float = 1) -> None:
        self._speed = speed
        self._ports = ports
        self._variables: dict[str, str] = {}
        self.handed_out = ""

    async def run(self, command: str) -> str:
        """What the command prints."""
        name, equals, value = command.partition("=")
        if equals and name.isalpha():
            # The page shows the GUID of its own run; here it is the one handed out last.
            shown = self._expand(value)
            self._variables[name] = self.handed_out if plain(shown) == "<guid>" and not value.startswith("$") else shown
            return ""
        words = shlex.split(self._expand(command))
        if words[0] == "sleep":
            await asyncio.sleep(float(words[1]) / self._speed)
            return ""
        assert words[0] == "curl"
        return await self._curl(words[1:])

    def _expand(self, text: str) -> str:
        return re.sub(r"\$([A-Z]+)", lambda found: self._variables[found[1]], text)

    async def _curl(self, words: list[str]) -> str:
        method, url, body, head = "GET", "", "", False
        headers: dict[str, str] = {}
        given = iter(words)
        for word in given:
            if word == "-X":
                method = next(given)
            elif word == "-H":
                name, _, value = next(given).partition(": ")
                headers[name] = value
            elif word == "-d":
                body = next(given)
            elif word in {"-s", "-si"}:
                head = word == "-si"
            else:
                url = word
        found = re.fullmatch(r"http://127\.0\.0\.1:(\d+)(/.*)", url)
        assert found is not None, url
        answer = await ask_once(self._ports[int(found[1])], method, found[2], headers, body.encode())
        self.handed_out = answer.set_guid or self.handed_out
        return shown(answer) if head else answer.body.decode()


def shown(answer: Answer) -> str:
    """As `curl -i` shows it."""
    return "\n".join((*answer.lines, "", answer.body.decode()))
