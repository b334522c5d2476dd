"""What is remembered of paths is bounded in bytes, whoever asks."""

import tracemalloc
from collections.abc import Callable, Iterator

import pytest

from gateway.edge.dispatch import LONGEST_REMEMBERED, REMEMBERED_MAX_BYTES, REMEMBERED_PATHS, remembering
from gateway.interface.operation import Match, OperationTable
from gateway.rows import ALL_OPERATIONS
from gateway.wire.errors import NotFound

PREFIX = "/agentgateway/resource/onlineagent/"
SUFFIX = "/agentstatus"
ROOM = LONGEST_REMEMBERED - len(PREFIX) - len(SUFFIX)


def held(find: Callable[[str, str], object], paths: Iterator[str]) -> int:
    """Bytes that stay taken after all these paths were asked for."""
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        for path in paths:
            find("GET", path)
        return tracemalloc.get_traced_memory()[0] - before
    finally:
        tracemalloc.stop()


def test_different_paths_fill_no_more_than_the_bound() -> None:
    few = 1000
    paths = (f"{PREFIX}{number:05d}{'a' * (ROOM - 5)}{SUFFIX}" for number in range(2 * few))
    taken = held(remembering(OperationTable(ALL_OPERATIONS).find, few), paths)
    assert taken / few < REMEMBERED_MAX_BYTES / REMEMBERED_PATHS


LONG = {
    "one character more": "a" * (ROOM - 2),
    "as long as a request line may be": "a" * 8000,
    "bytes that are no text": "\udcff" * (ROOM - 3),
}


@pytest.mark.parametrize("padding", LONG.values(), ids=LONG)
def test_longer_paths_are_not_kept(padding: str) -> None:
    paths = (f"{PREFIX}{number:03d}{padding}{SUFFIX}" for number in range(500))
    assert held(remembering(OperationTable(ALL_OPERATIONS).find), paths) < 100_000


def test_a_path_that_is_asked_for_again_is_not_looked_up_again() -> None:
    looked_up: list[str] = []

    def find(method: str, path: str) -> Match:
        looked_up.append(path)
        return OperationTable(ALL_OPERATIONS).find(method, path)

    remembered = remembering(find)
    matches = [remembered("GET", f"{PREFIX}101{SUFFIX}") for _ in range(2)]
    assert (matches[0] is matches[1], len(looked_up)) == (True, 1)


def test_a_path_that_is_too_long_to_be_remembered_is_found_all_the_same() -> None:
    match = remembering(OperationTable(ALL_OPERATIONS).find)("GET", f"{PREFIX}{'1' * 5000}{SUFFIX}")
    assert match.values == {"agentid": "1" * 5000}


def test_a_path_that_nobody_knows_is_not_remembered() -> None:
    find = remembering(OperationTable(ALL_OPERATIONS).find)
    for _ in range(2):
        with pytest.raises(NotFound):
            find("GET", "/nowhere")
