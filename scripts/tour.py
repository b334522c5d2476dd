"""Writes a tour of a page anew from a real run: `scripts/tour.py [NAME] [PAGE] PAGE_PORT=PORT ...`, gateways running.

For the tour of docs/tour.md, with a gateway started as it says: `scripts/tour.py 8000=8000`; for that on two gateways
`scripts/tour.py redis 8000=8000 8001=8001`; for that of the README `scripts/tour.py first README.md 8000=8000`.
"""

import asyncio
import re
import sys
from pathlib import Path
from typing import Final

from tests.support.gateway import ROOT
from tests.support.tour import Terminal, blocks_of, steps_of

USUAL: Final = "docs/tour.md"
_PORT: Final = re.compile(r"http://127\.0\.0\.1:(\d+)")


async def main(words: list[str]) -> None:
    given = [words.pop(0) for _ in range(2) if words and "=" not in words[0]]
    page = ROOT / next((word for word in given if word.endswith(".md")), USUAL)
    blocks = _blocks(page, next((word for word in given if not word.endswith(".md")), ""))
    terminal = Terminal(_ports(words, blocks))
    text = page.read_text("utf-8")
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
    page.write_text(text, "utf-8")


def _blocks(page: Path, name: str) -> list[str]:
    try:
        return blocks_of(page, name)
    except (LookupError, OSError) as unknown:
        sys.exit(f"{unknown} in {page.name}: it stands after `<!-- tour` there")


def _ports(words: list[str], blocks: list[str]) -> dict[int, int]:
    """The page's ports and those of the gateways that run instead; ends the script where one is missing."""
    pairs = [re.fullmatch(r"(\d+)=(\d+)", word) for word in words]
    wrong = [word for word, pair in zip(words, pairs, strict=True) if pair is None]
    ports = {int(pair[1]): int(pair[2]) for pair in pairs if pair is not None}
    missing = sorted({int(port) for port in _PORT.findall("".join(blocks))} - ports.keys())
    if wrong or missing:
        told = [f"{word}: must be PAGE_PORT=PORT" for word in wrong]
        told += [f"the tour speaks to port {port}: give {port}=PORT of the gateway that answers" for port in missing]
        sys.exit("\n".join(told))
    return ports


asyncio.run(main(sys.argv[1:]))
