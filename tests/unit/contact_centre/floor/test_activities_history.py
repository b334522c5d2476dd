"""What is kept within a bound of memory."""

from gateway.contact_centre.floor.activities import OVERHEAD_BYTES, BoundedHistory


def test_the_oldest_are_forgotten_for_newer_ones() -> None:
    kept = BoundedHistory[str](2 * OVERHEAD_BYTES + 10)
    for key, size in (("a", 4), ("b", 4), ("c", 4)):
        kept.keep(key, key.upper(), size)
    assert list(kept) == ["B", "C"]
    assert (kept.get("a"), kept.get("c")) == (None, "C")


def test_values_with_nothing_in_them_are_bounded_too() -> None:
    kept = BoundedHistory[int](2 * OVERHEAD_BYTES)
    for number in range(5):
        kept.keep(str(number), number, 0)
    assert list(kept) == [3, 4]


def test_the_newest_is_kept_whatever_its_size() -> None:
    kept = BoundedHistory[str](10)
    kept.keep("a", "A", 4)
    kept.keep("b", "B", 11)
    assert list(kept) == ["B"]
