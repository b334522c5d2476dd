"""Which process holds a call: the places of a node's workers, as records name them."""

from gateway.settings.workers import WORKERS_MAX, Rank


def place(node: str, worker: int) -> str:
    """The place of a process among those of a node, as records name it."""
    return f"{node}-{worker}" if worker else node


def places(node: str, rank: Rank) -> frozenset[str]:
    """The places whose former processes this one follows: its own, and the first those given up."""
    given_up = range(rank.count, WORKERS_MAX) if rank.number == 0 else ()
    return frozenset(place(node, number) for number in (rank.number, *given_up))
