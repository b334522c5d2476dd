"""Guessers as a process of their own: `python -m tests.security.guessers PORT HOW_MANY ADDRESS`, until it is killed."""

import asyncio
import json
import os
import sys

from tests.support.desk import PREFIX, Line

JSON_BODY = {"Content-Type": "application/json"}


async def guess(port: int, number: int, source: str) -> None:
    """Passwords of agents that do not exist, one after the other."""
    line, tries = Line(*await asyncio.open_connection("127.0.0.1", port, local_addr=(source, 0))), 0
    body = json.dumps({"password": "guess", "phonenum": "1"}).encode()
    while True:
        tries += 1
        await line.ask("PUT", f"{PREFIX}/onlineagent/{200_000 + number * 1000 + tries % 900}", JSON_BODY, body)


async def main(port: int, count: int, source: str) -> None:
    await asyncio.gather(*(guess(port, number, source) for number in range(count)))


if __name__ == "__main__":
    os.nice(10)  # It stands for other machines: what it takes of this one is not to be measured.
    asyncio.run(main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]))
