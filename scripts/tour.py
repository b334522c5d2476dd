"""Writes the README's tours anew from a real run: `scripts/tour.py [NAME] README_PORT=PORT ...`, gateways running."""

import asyncio
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from tests.support.tour import Terminal, blocks_of, steps_of  # noqa: E402


async def main(words: list[str]) -> None:
    name = words.pop(0) if words and "=" not in words[0] else ""
    ports = {int(theirs): int(ours) for theirs, _, ours in (word.partition("=") for word in words)}
    terminal = Terminal(ports)
    readme = ROOT / "README.md"
    text = readme.read_text("utf-8")
    for block in blocks_of(readme, name):
        lines = []
        for command, _ in steps_of(block):
            if command.endswith("=GUID") or "AgentGateway" in command.partition("=")[2]:
                command = command.partition("=")[0] + "=" + terminal.handed_out  # noqa: PLW2901
            output = await terminal.run(command)
            lines.append(f"$ {command}")
            lines += [output] if output else []
        text = text.replace(block, "\n".join(lines) + "\n")
    readme.write_text(text, "utf-8")


asyncio.run(main(sys.argv[1:]))
