"""Lines reach whoever reads them, in order; nobody waits for who does not."""

import os
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from threading import Event

import pytest

from gateway.ops.log_writer import PIECE_BYTES, LineWriter
from tests.support.waiting import GENEROUS_S, until

ROOM = 10_000
LINE = "line {:0100d}"


@dataclass
class Pipe:
    """`writer` keeps ROOM bytes for it."""

    reads: int
    writes: int
    writer: LineWriter

    def read_to_end(self) -> list[str]:
        """All lines that were put."""
        found, written = bytearray(), False
        os.set_blocking(self.reads, False)
        while True:
            try:
                found += os.read(self.reads, 65_536)
            except BlockingIOError:
                if written:
                    return found.decode().splitlines()
                written = self.writer.flush(0.02)


@pytest.fixture
def pipe() -> Iterator[Pipe]:
    reads, writes = os.pipe()
    writer = LineWriter(writes, lambda count: f"missing {count}\n", ROOM)
    yield Pipe(reads, writes, writer)
    os.close(reads)
    writer.flush(GENEROUS_S)  # Else what is left would go to whoever gets this descriptor next.
    os.close(writes)


def test_lines_are_written_in_their_order(pipe: Pipe) -> None:
    for number in range(50):
        pipe.writer.put(f"{LINE.format(number)}\n")
    assert pipe.read_to_end() == [LINE.format(number) for number in range(50)]


def test_who_does_not_read_holds_nobody_up_and_is_told_how_much_is_missing(pipe: Pipe) -> None:
    sent, before = 0, 0
    while sent < 5_000 or pipe.writer.dropped == before:  # To the end of a gap, wherever the writer has got to by then.
        before = pipe.writer.dropped
        pipe.writer.put(f"{LINE.format(sent)}\n")
        sent += 1
    lines = pipe.read_to_end()
    missing = [int(line.split()[1]) for line in lines if line.startswith("missing")]
    kept = [line for line in lines if not line.startswith("missing")]
    assert sum(missing) == pipe.writer.dropped == sent - len(kept) > 3_000
    assert kept == sorted(kept)
    assert lines[-1].startswith("missing")


def test_lines_follow_again_once_somebody_reads(pipe: Pipe) -> None:
    for number in range(5_000):
        pipe.writer.put(f"{LINE.format(number)}\n")
    pipe.read_to_end()
    pipe.writer.put("after\n")
    assert pipe.read_to_end() == ["after"]


def test_the_end_of_the_process_does_not_wait_for_a_reader_for_ever(pipe: Pipe) -> None:
    for _ in range(5_000):
        pipe.writer.put(f"{LINE.format(0)}\n")
    began_s = time.monotonic()
    pipe.writer.flush(0.05)
    assert time.monotonic() - began_s < GENEROUS_S / 2


def test_a_line_is_written_whole_where_the_descriptor_does_not_wait(pipe: Pipe) -> None:
    os.set_blocking(pipe.writes, False)
    pipe.writer.put("y" * 9_000 + "\n")
    assert pipe.read_to_end() == ["y" * 9_000]


async def test_a_reader_that_has_gone_costs_its_lines_alone() -> None:
    reads, writes = os.pipe()
    writer = LineWriter(writes, str)
    os.close(reads)
    writer.put("lost\n")
    await until(lambda: writer.dropped == 1)
    os.close(writes)


@dataclass
class Gate:
    """Takes what is written, the first piece of it not before it is open."""

    taken: list[bytes] = field(default_factory=list)
    reached: Event = field(default_factory=Event)
    is_open: Event = field(default_factory=Event)

    def __call__(self, piece: bytes) -> None:
        self.reached.set()
        assert self.is_open.wait(GENEROUS_S)
        self.taken.append(piece)


def test_a_line_is_written_at_once_and_those_that_come_meanwhile_go_together() -> None:
    gate, lines = Gate(), [LINE.format(number) for number in range(101)]
    writer = LineWriter(gate, str)
    writer.put(f"{lines[0]}\n")
    assert gate.reached.wait(GENEROUS_S)
    for line in lines[1:]:
        writer.put(f"{line}\n")
    gate.is_open.set()
    assert writer.flush(GENEROUS_S)
    assert b"".join(gate.taken).decode().splitlines() == lines
    first, *others = map(len, gate.taken)
    assert (first, len(others)) == (len(lines[0]) + 1, 3)
    assert max(others) <= PIECE_BYTES


def test_what_is_no_text_is_written_with_escapes(pipe: Pipe) -> None:
    pipe.writer.put("a\udcffb\n")
    assert re.fullmatch(r"a\\udcffb", pipe.read_to_end()[0])
