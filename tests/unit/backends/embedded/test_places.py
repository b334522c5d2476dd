"""Which process follows which."""

from gateway.backends.embedded.places import place, places
from gateway.settings.workers import Rank


def test_the_first_worker_is_named_as_the_one_process_of_a_node_is() -> None:
    assert [place("NodeA", number) for number in range(3)] == ["NodeA", "NodeA-1", "NodeA-2"]


def test_a_worker_follows_its_own_former_process_alone() -> None:
    assert places("NodeA", Rank(1, 4)) == {"NodeA-1"}


def test_the_first_worker_also_follows_those_that_are_no_more() -> None:
    assert places("NodeA", Rank(0, 62)) == {"NodeA", "NodeA-62", "NodeA-63"}
