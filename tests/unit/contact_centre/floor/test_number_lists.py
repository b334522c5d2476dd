"""The black list and the red list: newer entries replace older ones, and neither grows without end."""

import pytest

from gateway.contact_centre.floor import number_lists
from gateway.contact_centre.floor.number_lists import Blocked, NumberLists, Preferred, take_off
from gateway.wire.errors import Refused

MINUTE = 60_000


@pytest.fixture(autouse=True)
def room_for_two(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(number_lists, "MOST_NUMBERS", 2)


@pytest.mark.parametrize(
    ("minutes", "now_ms", "holds"),
    [(0, 10**15, True), (2, 2 * MINUTE + 999, True), (2, 2 * MINUTE + 1_000, False)],
)
def test_an_entry_holds_for_its_time(minutes: int, now_ms: int, holds: bool) -> None:
    assert Blocked("138", minutes, 1, since_ms=1_000).holds(now_ms) is holds


def test_a_number_that_is_there_already_has_the_newer_entry_and_is_the_newest() -> None:
    lists = NumberLists()
    for number, level in (("138", 1), ("139", 1), ("138", 2)):
        lists.prefer(Preferred(number, level, 0))
    assert [(one.number, one.level) for one in lists.red.values()] == [("139", 1), ("138", 2)]


def test_a_full_list_takes_no_other_number() -> None:
    lists = NumberLists()
    for number in ("138", "139"):
        lists.prefer(Preferred(number, 1, 0))
    with pytest.raises(Refused) as refused:
        lists.prefer(Preferred("140", 1, 0))
    assert (refused.value.retcode, list(lists.red)) == ("000-002", ["138", "139"])


def test_on_the_black_list_those_whose_time_is_over_make_room() -> None:
    lists = NumberLists()
    lists.block(Blocked("138", 1, 1, 0))
    lists.block(Blocked("139", 0, 1, 0))
    lists.block(Blocked("140", 0, 1, MINUTE))
    assert list(lists.black) == ["139", "140"]
    with pytest.raises(Refused):
        lists.block(Blocked("141", 0, 1, MINUTE))


def test_only_what_is_on_a_list_can_be_taken_off() -> None:
    lists = NumberLists()
    lists.prefer(Preferred("138", 1, 0))
    take_off(lists.red, "138")
    assert lists.red == {}
    with pytest.raises(Refused) as refused:
        take_off(lists.red, "138")
    assert refused.value.retcode == "000-002"
