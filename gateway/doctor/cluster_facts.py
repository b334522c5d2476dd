"""What a Cluster says about its nodes, and who serves the slots of our keys."""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from hiredis import ReplyError

from gateway.doctor.asking import Trouble, TroubleError, asking
from gateway.doctor.server_facts import parsed_info
from gateway.redis_link.address import Address, Target
from gateway.redis_link.replies import code
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
class View:
    """The Cluster as one node sees it. Where the user may not ask for it (`refused`), `nodes` are those that our keys
    lead to."""

    info: Mapping[str, str] = field(default_factory=dict)
    nodes: tuple[Node, ...] = ()
    refused: bool = False


@dataclass(frozen=True, slots=True)
class ClusterFacts:
    """A view of the Cluster, None where no node answers; `troubles` are by the places of REDIS_URL that do not."""

    seeds: int
    troubles: Mapping[str, Trouble]
    view: View | None = None
    tags: tuple[str, ...] = ()

    @property
    def nodes(self) -> tuple[Node, ...]:
        """All that are known."""
        return self.view.nodes if self.view else ()

    @property
    def serving(self) -> Mapping[str, Node | None]:
        """Our tags and the primaries of their slots, None for a slot that nobody serves."""
        return {tag: next((node for node in self.nodes if node.serves(slot(tag))), None) for tag in self.tags}

    def replicas(self, node: Node) -> Sequence[Node]:
        """The replicas of a primary that the others reach."""
        return [other for other in self.nodes if other.primary == node.id and not other.lost]


async def ask_cluster(target: Target, tags: Sequence[str]) -> ClusterFacts:
    """Asks the nodes of REDIS_URL at the same time; the view of the first that answers counts."""
    answers = await asyncio.gather(*(_ask(address, tags) for address in target.servers))
    told = list(zip(target.servers, answers, strict=True))
    troubles = {address.shown: answer for address, answer in told if isinstance(answer, Trouble)}
    view = next((answer for answer in answers if isinstance(answer, View)), None)
    return ClusterFacts(len(target.servers), troubles, view, tuple(tags))


async def _ask(address: Address, tags: Sequence[str]) -> View | Trouble:
    try:
        async with asking(address) as asker:
            info, nodes = await asker.ask(("CLUSTER", "INFO"), ("CLUSTER", "NODES"))
            if isinstance(nodes, ReplyError) and code(nodes) == "NOPERM":
                led = await asker.ask(*(("HGET", f"{{{tag}}}:fence", "at") for tag in tags))
                return View(nodes=tuple(_led_to(address, tags, led)), refused=True)
    except TroubleError as error:
        return error.trouble
    told = parsed_info(info)
    if told is None or isinstance(nodes, ReplyError):
        return _NO_CLUSTER
    return View(told, tuple(read_nodes(nodes.decode("utf-8", "replace"), address.host)))


def _led_to(address: Address, tags: Sequence[str], replies: Sequence[Any]) -> Iterator[Node]:
    """The nodes that serve our keys, by `MOVED slot host:port`; one that does not send us on serves them itself."""
    slots: dict[tuple[str, int], list[tuple[int, int]]] = {}
    for tag, reply in zip(tags, replies, strict=True):
        words = str(reply).split() if isinstance(reply, ReplyError) else []
        if words[:1] == ["CLUSTERDOWN"]:
            continue
        host, _, port = words[2].rpartition(":") if words[:1] == ["MOVED"] else (address.host, ":", str(address.port))
        slots.setdefault((host or address.host, int(port)), []).append((slot(tag), slot(tag)))
    for (host, number), ranges in slots.items():
        yield Node(f"{host}:{number}", host, number, frozenset({"master"}), "", tuple(ranges))


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
