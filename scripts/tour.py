"""Writes the README's tours anew from a real run: `scripts/tour.py [NAME] README_PORT=PORT ...`, gateways running."""

import asyncio
import sys

from tests.support.gateway import ROOT
from tests.support.tour import Terminal, blocks_of, steps_of


async def main(words: list[str]) -> None:
    name = words.pop(0) if words and "=" not in words[0] else ""
    ports = {int(theirs): int(ours) for theirs, _, ours in (word.partition("=") for word in words)}
    terminal = Terminal(ports)
    readme = ROOT / "README.md"
    text = readme.read_text("utf-8")
    for block in blocks_of(readme, name):
        lines = []
        for written, _ in steps_of(block):
            name_, _, value = written.partition("=")
            is_guid = value == "GUID" or "AgentGateway" in value
            command = f"{name_}={terminal.handed_out}" if is_guid else written
            output = await terminal.run(command)
            lines.append(f"$ {command}")
            lines += [output] if output else []
        text = text.replace(block, "\n".join(lines) + "\n")
    readme.write_text(text, "utf-8")


asyncio.run(main(sys.argv[1:]))
