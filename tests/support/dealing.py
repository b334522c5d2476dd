"""The order in which tests are dealt to test processes: those that wait first, so that none of them is the last."""

from collections.abc import Mapping, Sequence
from pathlib import PurePath
from typing import Final

TOGETHER: Final = frozenset({"tests/deploy"})
"""Folders whose tests share what takes long to start; elsewhere the tests of a file do."""
TAKES_S: Final[Mapping[str, float]] = {
    "tests/contract": 5,
    "tests/contract/test_every_operation.py": 18,
    "tests/contract/test_guesses.py": 16,
    "tests/contract/test_kit_check.py": 25,
    "tests/contract/test_kit_load.py": 15,
    "tests/contract/test_listeners_deadlines.py": 17,
    "tests/contract/test_poll.py": 20,
    "tests/contract/test_push.py": 20,
    "tests/contract/test_sdk.py": 17,
    "tests/contract/test_seam.py": 16,
    "tests/contract/test_steering.py": 15,
    "tests/contract/test_tokens_tour.py": 23,
    "tests/contract/test_tour.py": 16,
    "tests/contract/test_upstream_events.py": 28,
    "tests/deploy": 60,
    "tests/failover": 16,
    "tests/faults": 15,
    "tests/faults/test_one_floor.py": 36,
    "tests/faults/test_seam_processes.py": 60,
    "tests/faults/test_store_rights.py": 25,
    "tests/formats": 28,
    "tests/javascript": 10,
    "tests/load": 13,
    "tests/model": 14,
    "tests/newcomer": 19,
    "tests/recipes": 12,
    "tests/security": 10,
    "tests/transcripts": 34,
    "tests/unit/commands/test_sim_day.py": 9,
    "tests/unit/doctor/test_store_checks.py": 11,
    "tests/unit/openapi": 12,
    "tests/unit/redis_store": 6,
    "tests/unit/redis_store/test_division.py": 20,
    "tests/unit/redis_store/test_link_faults.py": 23,
    "tests/unit/sim": 12,
    "tests/verify": 6,
}
"""How long the tests of a file take, roughly: of that file, or of each in that folder; of others next to none."""


def dealt(names: Sequence[str], shares: int) -> list[int]:
    """Indices of the tests with these names, in order: in equal parts one for each test process, the long tests first.

    Tests of one file stay together. A test process that has done its part takes tests from the end of another's.
    """
    whole: dict[str, list[int]] = {}
    for index, name in enumerate(names):
        whole.setdefault(_unit(name), []).append(index)
    parts: list[list[int]] = [[] for _ in range(shares)]
    took_s = [0.0] * shares
    for unit in sorted(filter(_takes_s, whole), key=_takes_s, reverse=True):
        least = took_s.index(min(took_s))
        parts[least] += whole[unit]
        took_s[least] += _takes_s(unit)
    rest = [index for unit in whole if not _takes_s(unit) for index in whole[unit]]
    return [index for part in _filled(parts, rest) for index in part]


def _unit(name: str) -> str:
    file = PurePath(name.partition("::")[0])
    return next((str(folder) for folder in file.parents if str(folder) in TOGETHER), str(file))


def _takes_s(unit: str) -> float:
    file = PurePath(unit)
    return next((TAKES_S[str(place)] for place in (file, *file.parents) if str(place) in TAKES_S), 0.0)


def _filled(parts: list[list[int]], rest: list[int]) -> list[list[int]]:
    """The parts, filled up to the sizes in which the tests are handed out."""
    left, made = sum(map(len, parts)) + len(rest), []
    for number, part in enumerate(parts):
        size = left // (len(parts) - number)
        missing = max(size - len(part), 0)
        made.append(part + rest[:missing])
        rest = rest[missing:]
        left -= size
    return [*made, rest]
