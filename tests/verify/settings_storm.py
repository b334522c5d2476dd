"""A settings file that is changed many times a second, also wrongly, by halves and away, under desks at work."""

import asyncio
import random
import signal
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from tests.support.faulty_files import KINDS, holding
from tests.support.site import Site
from tests.support.waiting import until
from tests.verify.place import GRACE_MS, Place

PAUSES_S: Final = (0.01, 0.05, 0.2, 0.5, 1.5)
PIECE_S: Final = 0.05
CUT_S: Final = 0.6
"""A part that ends with a line is taken for a whole file once it rests for 1 s."""
MARK: Final = "AUDIT_STREAM_MAX"
"""Of no consequence here; each whole file has another one, and the log says when it is in force."""
LATEST_S: Final = 30.0
INTERVALS_MS: Final = (1000, 1500, 3000, 10_000)
CHOICES: Final = {
    "AUTHMODE": ("1", "2", "2"),
    "AUTHMODE_PERCENT": ("0", "50", "100", "100"),
    "AUTHMODE_STATIC_AGENTS": ("", "", "1001;1004"),
    "AGENT_POLL_WAIT_FLAG": ("ON", "ON", "OFF"),
    "AGENT_POLL_WAIT_TIMES": ("1", "3", "15"),
    "EVENT_QUEUE_MAX": ("200", "1000", "5000"),
    "EVENT_QUEUE_MAX_BYTES": ("65536", "1048576"),
    "MAXTIME": ("20000", "120000"),
    "TIMEOUT_FLAG": ("ON", "OFF"),
    "CONNECTIONS_MAX": ("200", "20000"),
    "CONNECTIONS_MAX_ADDRESS": ("100", "4000"),
    "UPSTREAM_POLL_HOLD": ("1000", "10000"),
    "DRAIN_TIME": ("500", "5000"),
}
"""Nothing that ends a session of a desk that works, loses an event or changes the grace."""
BROKEN: Final[Sequence[bytes]] = (
    b"",
    b"\n",
    b"AUTHMODE = 3\n",
    b"GUIDINTERVAL = 9000\nGUIDTIMEOUT = 9000\n",
    b"MAXTIME = soon\n",
    b"\0" * 5000,
    b"\xff\xfe" + "AUTHMODE = 1\n".encode("utf-16-le"),
    b"GUIDINTERVAL = \\u12\n",
    b"x" * 1_100_000,
)


class Storm:
    """Changes the file of a site; `seed` is of its chances."""

    def __init__(self, place: Place, seed: int) -> None:
        self._nodes = place.nodes
        self._site: Site = place.nodes.place
        self._path: Path = self._site.config
        self._chance = random.Random(seed)
        self._mark = 1000

    async def rage(self, steps: int) -> float:
        """So many changes, the last one a whole file; how long that took until it was in force everywhere, s."""
        ways = (
            self._whole,
            self._whole,
            self._replaced,
            self._in_pieces,
            self._cut,
            self._broken,
            self._gone,
            self._hup,
        )
        for _ in range(steps):
            await self._chance.choice(ways)()
            await asyncio.sleep(self._chance.choice(PAUSES_S))
        await self._replaced()
        began_s = time.monotonic()
        await until(self._in_force, LATEST_S)
        return time.monotonic() - began_s

    def _in_force(self) -> bool:
        told = f"{self._mark}"
        return all(
            any(MARK in line and line.endswith(f"-> {told}") for line in node.log.read_text("utf-8").splitlines())
            for node in self._nodes.running.values()
        )

    def _text(self) -> str:
        self._mark += 1
        interval_ms = self._chance.choice(INTERVALS_MS)
        chosen = {key: self._chance.choice(values) for key, values in CHOICES.items()}
        times = {"GUIDINTERVAL": str(interval_ms), "GUIDTIMEOUT": str(interval_ms + GRACE_MS)}
        return self._site.text(**chosen, **times, **{MARK: str(self._mark)})

    async def _whole(self) -> None:
        self._clear()
        self._path.write_text(self._text(), "utf-8")

    async def _replaced(self) -> None:
        fresh = self._path.with_suffix(".new")
        fresh.write_text(self._text(), "utf-8")
        self._clear()
        fresh.replace(self._path)

    async def _in_pieces(self) -> None:
        """As a slow editor writes."""
        self._clear()
        raw = self._text().encode()
        at = sorted(self._chance.sample(range(1, len(raw)), 4))
        with self._path.open("wb", buffering=0) as file:
            for begin, end in zip([0, *at], [*at, len(raw)], strict=True):
                file.write(raw[begin:end])
                await asyncio.sleep(PIECE_S)

    async def _cut(self) -> None:
        """Only the beginning, for a while."""
        self._clear()
        raw = self._text().encode()
        self._path.write_bytes(raw[: self._chance.randrange(len(raw))])
        await asyncio.sleep(self._chance.uniform(0, CUT_S))
        self._path.write_bytes(raw)

    async def _broken(self) -> None:
        self._clear()
        spoils = [*KINDS.values(), *(holding(self._spoilt(raw)) for raw in BROKEN)]
        self._chance.choice(spoils)(self._path)

    def _spoilt(self, raw: bytes) -> bytes:
        """These bytes alone, or behind a whole file."""
        return raw if not raw.strip() else self._text().encode() + raw

    async def _gone(self) -> None:
        self._clear()
        self._path.unlink(missing_ok=True)

    async def _hup(self) -> None:
        """With a whole file: it takes over what looks half-written too."""
        await self._replaced()
        for node in self._nodes.running.values():
            node.send(signal.SIGHUP)

    def _clear(self) -> None:
        """Takes away what is no file."""
        if self._path.is_dir():
            self._path.rmdir()
        elif self._path.is_symlink() or not self._path.is_file():
            self._path.unlink(missing_ok=True)
