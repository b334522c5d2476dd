"""How tests are dealt to test processes."""

from itertools import accumulate, pairwise

import pytest

from tests.support.dealing import dealt

LONG = [f"tests/faults/test_{file}.py::test_{number}" for file in "abcdefg" for number in range(5)]
SHORT = [f"tests/unit/wire/test_{file}.py::test_{number}" for file in "hijk" for number in range(40)]
NAMES = SHORT[:80] + LONG + SHORT[80:]


def parts(shares: int) -> list[list[str]]:
    """As the test processes are given them: equal parts, the larger ones last."""
    order = dealt(NAMES, shares)
    sizes = [(len(NAMES) + number) // shares for number in range(shares)]
    ends = [0, *accumulate(sizes)]
    return [[NAMES[index] for index in order[begin:end]] for begin, end in pairwise(ends)]


@pytest.mark.parametrize("shares", [2, 3, 5])
def test_every_test_is_dealt_once(shares: int) -> None:
    assert sorted(dealt(NAMES, shares)) == list(range(len(NAMES)))


@pytest.mark.parametrize("shares", [2, 3, 5])
def test_each_part_begins_with_long_tests_and_has_its_share_of_them(shares: int) -> None:
    for part in parts(shares):
        long = [name for name in part if name in LONG]
        assert part[: len(long)] == long
        assert 5 * (7 // shares) <= len(long) <= 5 * (7 // shares + 1)


def test_tests_of_a_file_stay_together_in_their_order() -> None:
    for part in parts(3):
        long = [name for name in part if name in LONG]
        assert [long[at : at + 5] == sorted(long[at : at + 5]) for at in range(0, len(long), 5)] == [True] * (
            len(long) // 5
        )
        assert all(len({name.partition("::")[0] for name in long[at : at + 5]}) == 1 for at in range(0, len(long), 5))


def test_tests_that_share_a_farm_of_gateways_go_to_one_process() -> None:
    names = [*NAMES, *(f"tests/deploy/test_{file}.py::test" for file in "lmnop")]
    places = [place for place, index in enumerate(dealt(names, 4)) if names[index].startswith("tests/deploy")]
    assert places == list(range(places[0], places[0] + 5))
