"""What a Cluster says about its nodes, and who serves the slots of our keys."""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from hiredis import ReplyError

from gateway.doctor.asking import Trouble, TroubleError, asking
from gateway.doctor.server_facts import parsed_info
from gateway.redis_link.address import Address, Target
from gateway.redis_link.shards import slot

_NO_CLUSTER: Final = Trouble(
    "it is no node of a Cluster, or refuses CLUSTER", "write redis:// in REDIS_URL, or allow CLUSTER"
)


@dataclass(frozen=True, slots=True)
class Node:
    """A line of CLUSTER NODES. `slots` are ranges (first, last); `primary` is the id of the one that it follows."""

    id: str
    host: str
    port: int
    flags: frozenset[str]
    primary: str = ""
    slots: tuple[tuple[int, int], ...] = ()

    @property
    def shown(self) -> str:
        """Its place."""
        return f"{self.host}:{self.port}"

    @property
    def lost(self) -> bool:
        """The others do not reach it."""
        return bool(self.flags & {"fail", "fail?", "noaddr"})

    def serves(self, number: int) -> bool:
        """Whether it is the primary of this slot."""
        return any(first <= number <= last for first, last in self.slots)


@dataclass(frozen=True, slots=True)
class ClusterFacts:
    """The Cluster as one node sees it; `troubles` are by the places of REDIS_URL that do not answer."""

    seeds: int
    troubles: Mapping[str, Trouble]
    info: Mapping[str, str] = field(default_factory=dict)
    nodes: tuple[Node, ...] = ()
    tags: tuple[str, ...] = ()

    @property
    def serving(self) -> Mapping[str, Node | None]:
        """Our tags and the primaries of their slots, None for a slot that nobody serves."""
        return {tag: next((node for node in self.nodes if node.serves(slot(tag))), None) for tag in self.tags}

    def replicas(self, node: Node) -> Sequence[Node]:
        """The replicas of a primary that the others reach."""
        return [other for other in self.nodes if other.primary == node.id and not other.lost]


async def ask_cluster(target: Target, tags: Sequence[str]) -> ClusterFacts:
    """Asks the nodes of REDIS_URL at the same time; the view of the first that answers counts."""
    answers = await asyncio.gather(*map(_ask, target.servers))
    troubles = {
        address.shown: answer
        for address, answer in zip(target.servers, answers, strict=True)
        if isinstance(answer, Trouble)
    }
    for answer in answers:
        if not isinstance(answer, Trouble):
            return ClusterFacts(len(target.servers), troubles, *answer, tuple(tags))
    return ClusterFacts(len(target.servers), troubles)


async def _ask(address: Address) -> tuple[Mapping[str, str], tuple[Node, ...]] | Trouble:
    try:
        async with asking(address) as asker:
            info, nodes = await asker.ask(("CLUSTER", "INFO"), ("CLUSTER", "NODES"))
    except TroubleError as error:
        return error.trouble
    told = parsed_info(info)
    if told is None or isinstance(nodes, ReplyError):
        return _NO_CLUSTER
    return told, tuple(read_nodes(nodes.decode("utf-8", "replace"), address.host))


def read_nodes(text: str, asked: str) -> Iterator[Node]:
    """The lines of CLUSTER NODES; `asked` is the host of the node that was asked, where it does not know its own."""
    for line in text.splitlines():
        words = line.split()
        place = words[1].partition(",")[0].partition("@")[0]
        host, _, port = place.rpartition(":")
        primary = "" if words[3] == "-" else words[3]
        slots = tuple(_range(word) for word in words[8:] if not word.startswith("["))
        yield Node(words[0], host or asked, int(port), frozenset(words[2].split(",")), primary, slots)


def _range(word: str) -> tuple[int, int]:
    first, _, last = word.partition("-")
    return int(first), int(last or first)
