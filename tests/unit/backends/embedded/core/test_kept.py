"""What is kept within a bound of memory."""

from gateway.backends.embedded.core.kept import Kept


def test_the_oldest_are_forgotten_for_newer_ones() -> None:
    kept = Kept[str](10)
    for key, size in (("a", 4), ("b", 4), ("c", 4)):
        kept.keep(key, key.upper(), size)
    assert list(kept) == ["B", "C"]
    assert (kept.get("a"), kept.get("c")) == (None, "C")


def test_the_newest_is_kept_whatever_its_size() -> None:
    kept = Kept[str](10)
    kept.keep("a", "A", 4)
    kept.keep("b", "B", 11)
    assert list(kept) == ["B"]
