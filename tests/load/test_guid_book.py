"""What a client knows of its GUIDs."""

import math

import pytest

from tests.load.guid_book import GuidBook, Held

GRACE_S = 3.0


@pytest.fixture
def book() -> GuidBook:
    return GuidBook("g0", GRACE_S)


def test_a_guid_that_no_poll_can_have_replaced_is_good_without_limit(book: GuidBook) -> None:
    book.poll_sent(1.0)
    book.answer_read("", 1.5)
    assert book.current() == Held("g0", math.inf, math.inf)


def test_from_the_first_poll_on_that_may_have_replaced_it_a_guid_is_good_for_the_grace(book: GuidBook) -> None:
    book.poll_sent(1.0)
    book.poll_sent(2.0)
    assert book.current() == Held("g0", 4.0, math.inf)


def test_a_replaced_guid_is_good_for_the_grace_after_the_poll_and_dead_the_grace_after_its_answer(
    book: GuidBook,
) -> None:
    book.poll_sent(1.0)
    book.answer_read("g1", 1.5)
    assert (book.newest, book.in_grace(3.9)) == ("g1", [Held("g0", 4.0, 4.5)])


@pytest.mark.parametrize(("now_s", "good", "dead"), [(3.9, 1, 0), (4.2, 0, 0), (4.6, 0, 1)])
def test_between_the_two_times_nothing_is_certain(book: GuidBook, now_s: float, good: int, dead: int) -> None:
    book.poll_sent(1.0)
    book.answer_read("g1", 1.5)
    assert (len(book.in_grace(now_s)), len(book.dead(now_s))) == (good, dead)
