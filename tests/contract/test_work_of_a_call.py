"""The work of a call does not grow unnoticed (docs/design/connection.md): counted, so that no other load moves it.

Whoever makes a call cheaper writes the new figures here (`python -m tests.support.work` prints them); whoever has to
make it dearer says why.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest

from tests.support.servers import Server
from tests.support.work import KINDS, Work, measured

MAY_GROW: Final = 1.15
TRIES: Final = 6
KNOWN: Final = {
    ("memory", "guarded read"): Work(calls=52),
    ("memory", "empty poll"): Work(calls=99),
    ("memory", "state change and its event"): Work(calls=225),
    ("memory", "sign-out and sign-in"): Work(calls=743),
    ("Redis", "guarded read"): Work(calls=108, commands=1.0, bytes=49),
    ("Redis", "empty poll"): Work(calls=165, commands=3.0, bytes=298),
    ("Redis", "state change and its event"): Work(calls=403, commands=12.0, bytes=915),
    ("Redis", "sign-out and sign-in"): Work(calls=1314, commands=55.0, bytes=6950),
}


def grown(where: str, found: dict[str, Work]) -> list[str]:
    """What is dearer now than it was."""
    return [
        f"{where}, {name}: {member} {now:.1f}, was {then:.1f}"
        for name, work in found.items()
        for member, now, then in zip(Work._fields, work, KNOWN[where, name], strict=True)
        if now > then * MAY_GROW
    ]


async def test_calls_on_memory_make_no_more_work_than_they_did(tmp_path: Path) -> None:
    assert grown("memory", await measured(None, tmp_path)) == []


async def test_calls_on_redis_make_no_more_work_than_they_did(
    shared_server: Callable[[str], Server], tmp_path: Path
) -> None:
    server = shared_server("valkey")  # What is asked of a server does not depend on its kind.
    for _ in range(TRIES):  # What comes late on a busy machine may be asked for twice; what is dearer stays so.
        if not (dearer := grown("Redis", await measured(server, tmp_path))):
            break
    assert dearer == []


@pytest.mark.parametrize("member", Work._fields)
def test_a_sixth_more_of_anything_is_noticed(member: str) -> None:
    known = {name: KNOWN["Redis", name] for name in KINDS}
    dearer = {name: work._replace(**{member: getattr(work, member) * 7 / 6}) for name, work in known.items()}
    assert (grown("Redis", known), len(grown("Redis", dearer))) == ([], len(KINDS))
