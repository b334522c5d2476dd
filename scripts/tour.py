"""Writes the README's tours anew from a real run: `scripts/tour.py [NAME] README_PORT=PORT ...`, gateways running.

For the first tour of the README, with a gateway as it starts by default: `scripts/tour.py 8000=8000`.
"""

import asyncio
import re
import sys
from typing import Final

from tests.support.gateway import ROOT
from tests.support.tour import Terminal, blocks_of, steps_of

README: Final = ROOT / "README.md"
_PORT: Final = re.compile(r"http://127\.0\.0\.1:(\d+)")


async def main(words: list[str]) -> None:
    name = words.pop(0) if words and "=" not in words[0] else ""
    blocks = _blocks(name)
    terminal = Terminal(_ports(words, blocks))
    text = README.read_text("utf-8")
    for block in blocks:
        lines = []
        for written, _ in steps_of(block):
            name_, _, value = written.partition("=")
            is_guid = value == "GUID" or "AgentGateway" in value
            command = f"{name_}={terminal.handed_out}" if is_guid else written
            sys.stderr.write(f"$ {command}\n")
            try:
                output = await terminal.run(command)
            except OSError as problem:
                sys.exit(f"no gateway answers there: {problem}")
            lines.append(f"$ {command}")
            lines += [output] if output else []
        text = text.replace(block, "\n".join(lines) + "\n")
    README.write_text(text, "utf-8")


def _blocks(name: str) -> list[str]:
    try:
        return blocks_of(README, name)
    except LookupError as unknown:
        sys.exit(f"{unknown} in {README.name}: it stands after `<!-- tour` there")


def _ports(words: list[str], blocks: list[str]) -> dict[int, int]:
    """The README's ports and those of the gateways that run instead; ends the script where one is missing."""
    pairs = [re.fullmatch(r"(\d+)=(\d+)", word) for word in words]
    wrong = [word for word, pair in zip(words, pairs, strict=True) if pair is None]
    ports = {int(pair[1]): int(pair[2]) for pair in pairs if pair is not None}
    missing = sorted({int(port) for port in _PORT.findall("".join(blocks))} - ports.keys())
    if wrong or missing:
        told = [f"{word}: must be README_PORT=PORT" for word in wrong]
        told += [f"the tour speaks to port {port}: give {port}=PORT of the gateway that answers" for port in missing]
        sys.exit("\n".join(told))
    return ports


asyncio.run(main(sys.argv[1:]))
