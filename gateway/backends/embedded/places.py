"""Which process holds a call: the places of a node's workers, as records name them."""

from gateway.settings.workers import WORKERS_MAX


def place(node: str, worker: int) -> str:
    """The place of a process among those of a node, as records name it."""
    return f"{node}-{worker}" if worker else node


def places(node: str, worker: int, workers: int) -> frozenset[str]:
    """The places whose former processes worker `worker` of so many follows: its own, and the first those given up."""
    given_up = range(workers, WORKERS_MAX) if worker == 0 else ()
    return frozenset(place(node, number) for number in (worker, *given_up))
