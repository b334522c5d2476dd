"""The black list and the red list, which all agents of the VDN share."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from gateway.contact_centre.floor import number_lists
from tests.support.floor import NOW, Floor, open_floor

ANA, BEN = 101, 102
NUMBER, OTHER = "13800000000", "13900000000"
LISTS = [
    ("addToBlackList", "removeFromBlackList", "queryBlackList"),
    ("addToRedList", "removeFromRedList", "queryRedList"),
]
EITHER = pytest.mark.parametrize(("add", "remove", "query"), LISTS, ids=["black", "red"])


@pytest.fixture
async def floor() -> AsyncIterator[Floor]:
    async with open_floor(None, ANA, BEN) as made:
        yield made


async def _listed(floor: Floor, query: str, **values: object) -> list[Any]:
    assert await floor.do(BEN, query, **values) == "0"
    return [entry["phoneNumber"] for entry in floor.result]


@EITHER
async def test_what_one_agent_adds_another_reads(floor: Floor, add: str, remove: str, query: str) -> None:
    assert await _listed(floor, query) == []
    assert [await floor.do(ANA, add, {"phoneNumber": number}) for number in (NUMBER, OTHER)] == ["0", "0"]
    assert await _listed(floor, query) == [NUMBER, OTHER]


@EITHER
async def test_a_number_is_taken_off_once(floor: Floor, add: str, remove: str, query: str) -> None:
    await floor.do(ANA, add, {"phoneNumber": NUMBER})
    assert [await floor.do(BEN, remove, phoneNumber=NUMBER) for _ in range(2)] == ["0", "000-002"]
    assert floor.message == "phoneNumber: is not on the list"
    assert await _listed(floor, query) == []


@EITHER
@pytest.mark.parametrize("body", [{}, {"phoneNumber": ""}, {"phoneNumber": "x"}, {"phoneNumber": "1" * 25}])
async def test_a_number_is_one(floor: Floor, add: str, remove: str, query: str, body: dict[str, object]) -> None:
    assert await floor.do(ANA, add, body) == "000-002"
    assert floor.message.startswith("phoneNumber: ")


@EITHER
async def test_a_full_list_takes_no_more(
    floor: Floor, monkeypatch: pytest.MonkeyPatch, add: str, remove: str, query: str
) -> None:
    monkeypatch.setattr(number_lists, "MOST_NUMBERS", 1)
    assert [await floor.do(ANA, add, {"phoneNumber": number}) for number in (NUMBER, OTHER)] == ["0", "000-002"]
    assert await _listed(floor, query) == [NUMBER]


async def test_an_entry_is_told_as_it_was_given(floor: Floor) -> None:
    await floor.do(ANA, "addToBlackList", {"phoneNumber": 13800000000, "lockTime": "30", "fiterMode": "1"})
    await floor.do(ANA, "addToRedList", {"phoneNumber": NUMBER, "custLevel": "3"})
    await floor.do(BEN, "queryBlackList")
    black = {"phoneNumber": NUMBER, "lockTime": 30, "fiterMode": 1, "createTime": NOW, "isValid": True}
    assert floor.result == [black]
    await floor.do(BEN, "queryRedList")
    assert floor.result == [{"phoneNumber": NUMBER, "custLevel": 3, "createTime": NOW}]


async def test_the_newer_entry_of_a_number_counts(floor: Floor) -> None:
    for level in (1, 2):
        await floor.do(ANA, "addToRedList", {"phoneNumber": NUMBER, "custLevel": level})
    await floor.do(BEN, "queryRedList")
    assert [entry["custLevel"] for entry in floor.result] == [2]


async def test_an_entry_whose_time_is_over_is_told_to_who_asks_for_it(floor: Floor) -> None:
    await floor.do(ANA, "addToBlackList", {"phoneNumber": NUMBER, "lockTime": 1})
    await floor.do(ANA, "addToBlackList", {"phoneNumber": OTHER, "lockTime": 0})
    await floor.pass_time(60)
    assert await _listed(floor, "queryBlackList", isContainInvalid="false") == [OTHER]
    assert await _listed(floor, "queryBlackList", isContainInvalid="true") == [NUMBER, OTHER]
    assert [entry["isValid"] for entry in floor.result] == [False, True]


async def test_entries_whose_time_is_over_make_room(floor: Floor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(number_lists, "MOST_NUMBERS", 1)
    await floor.do(ANA, "addToBlackList", {"phoneNumber": NUMBER, "lockTime": 1})
    await floor.pass_time(60)
    assert await floor.do(ANA, "addToBlackList", {"phoneNumber": OTHER}) == "0"
