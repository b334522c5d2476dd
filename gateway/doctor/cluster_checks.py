"""Is the Cluster whole, and what does the loss of a node of it mean for us? What it says, and the checks of it."""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from hiredis import ReplyError

from gateway.doctor.finding import DoctorCheck, DoctorVerdict, Level, NotAllowed, doubtful, right, wrong
from gateway.doctor.server_facts import parsed_info
from gateway.doctor.store_probe import Trouble, TroubleError, probing
from gateway.redis_store.address import Address, RedisTarget
from gateway.redis_store.replies import code
from gateway.redis_store.shards import SLOTS, slot

_NO_CLUSTER: Final = Trouble(
    "it is no node of a Cluster, or refuses CLUSTER", "write redis:// in REDIS_URL, or allow CLUSTER"
)


@dataclass(frozen=True, slots=True)
class ClusterNode:
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
class ClusterView:
    """The Cluster as one node sees it. Where the user may not ask for it (`refused`), `nodes` are those that our keys
    lead to."""

    info: Mapping[str, str] = field(default_factory=dict)
    nodes: tuple[ClusterNode, ...] = ()
    refused: bool = False


@dataclass(frozen=True, slots=True)
class ClusterFacts:
    """A view of the Cluster, None where no node answers; `troubles` are by the places of REDIS_URL that do not."""

    seeds: int
    troubles: Mapping[str, Trouble]
    view: ClusterView | None = None
    tags: tuple[str, ...] = ()

    @property
    def nodes(self) -> tuple[ClusterNode, ...]:
        """All that are known."""
        return self.view.nodes if self.view else ()

    @property
    def serving(self) -> Mapping[str, ClusterNode | None]:
        """Our tags and the primaries of their slots, None for a slot that nobody serves."""
        return {tag: next((node for node in self.nodes if node.serves(slot(tag))), None) for tag in self.tags}

    def replicas(self, node: ClusterNode) -> Sequence[ClusterNode]:
        """The replicas of a primary that the others reach."""
        return [other for other in self.nodes if other.primary == node.id and not other.lost]


async def ask_cluster(target: RedisTarget, tags: Sequence[str]) -> ClusterFacts:
    """Asks the nodes of REDIS_URL at the same time; the view of the first that answers counts."""
    answers = await asyncio.gather(*(_ask(address, tags) for address in target.servers))
    told = list(zip(target.servers, answers, strict=True))
    troubles = {address.shown: answer for address, answer in told if isinstance(answer, Trouble)}
    view = next((answer for answer in answers if isinstance(answer, ClusterView)), None)
    return ClusterFacts(len(target.servers), troubles, view, tuple(tags))


async def _ask(address: Address, tags: Sequence[str]) -> ClusterView | Trouble:
    try:
        async with probing(address) as probe:
            info, nodes = await probe.ask(("CLUSTER", "INFO"), ("CLUSTER", "NODES"))
            if isinstance(nodes, ReplyError) and code(nodes) == "NOPERM":
                led = await probe.ask(*(("HGET", f"{{{tag}}}:fence", "at") for tag in tags))
                return ClusterView(nodes=tuple(_led_to(address, tags, led)), refused=True)
    except TroubleError as error:
        return error.trouble
    told = parsed_info(info)
    if told is None or isinstance(nodes, ReplyError):
        return _NO_CLUSTER
    return ClusterView(told, tuple(read_nodes(nodes.decode("utf-8", "replace"), address.host)))


def _led_to(address: Address, tags: Sequence[str], replies: Sequence[Any]) -> Iterator[ClusterNode]:
    """The nodes that serve our keys, by `MOVED slot host:port`; one that does not send us on serves them itself."""
    slots: dict[tuple[str, int], list[tuple[int, int]]] = {}
    for tag, reply in zip(tags, replies, strict=True):
        words = str(reply).split() if isinstance(reply, ReplyError) else []
        if words[:1] == ["CLUSTERDOWN"]:
            continue
        host, _, port = words[2].rpartition(":") if words[:1] == ["MOVED"] else (address.host, ":", str(address.port))
        slots.setdefault((host or address.host, int(port)), []).append((slot(tag), slot(tag)))
    for (host, number), ranges in slots.items():
        yield ClusterNode(f"{host}:{number}", host, number, frozenset({"master"}), "", tuple(ranges))


def read_nodes(text: str, asked: str) -> Iterator[ClusterNode]:
    """The lines of CLUSTER NODES; `asked` is the host of the node that was asked, where it does not know its own."""
    for line in text.splitlines():
        words = line.split()
        place = words[1].partition(",")[0].partition("@")[0]
        host, _, port = place.rpartition(":")
        primary = "" if words[3] == "-" else words[3]
        slots = tuple(_range(word) for word in words[8:] if not word.startswith("["))
        yield ClusterNode(words[0], host or asked, int(port), frozenset(words[2].split(",")), primary, slots)


def _range(word: str) -> tuple[int, int]:
    first, _, last = word.partition("-")
    return int(first), int(last or first)


def _answering(facts: ClusterFacts) -> DoctorVerdict:
    silent = [f"{place} ({trouble.found})" for place, trouble in facts.troubles.items()]
    text = f"{facts.seeds - len(silent)} of {facts.seeds} nodes of REDIS_URL answer" + (
        f"; not {', '.join(silent)}" if silent else ""
    )
    if len(silent) == facts.seeds:
        advice = "; ".join(dict.fromkeys(trouble.advice for trouble in facts.troubles.values()))
        return DoctorVerdict(text, Level.FAIL, advice)
    return wrong(text) if silent else right(text)


def _view(facts: ClusterFacts) -> ClusterView | None:
    """What a node sees. Raises NotAllowed."""
    if facts.view is not None and facts.view.refused:
        raise NotAllowed("CLUSTER NODES")
    return facts.view


def _state(facts: ClusterFacts) -> DoctorVerdict | None:
    view = _view(facts)
    if view is None:
        return None
    state, assigned = view.info.get("cluster_state", "?"), view.info.get("cluster_slots_assigned", "0")
    text = f"cluster_state {state}, {assigned} of {SLOTS} slots"
    if state != "ok":
        return wrong(text)
    return right(text) if assigned == str(SLOTS) else doubtful(text, "CLUSTER ADDSLOTSRANGE: give each slot a primary")


def _tags(facts: ClusterFacts) -> DoctorVerdict | None:
    if facts.view is None:
        return None
    text = "; ".join(f"{tag} (slot {slot(tag)}) on {_place(node)}" for tag, node in facts.serving.items())
    served = all(node is not None and not node.lost for node in facts.serving.values())
    return right(text) if served else wrong(text)


def _place(node: ClusterNode | None) -> str:
    if node is None:
        return "no node"
    return f"{node.shown}, which is lost" if node.lost else node.shown


def _nodes(facts: ClusterFacts) -> DoctorVerdict | None:
    if _view(facts) is None:
        return None
    lost = [node.shown for node in facts.nodes if node.lost]
    return wrong(f"the others do not reach {', '.join(lost)}") if lost else right(f"{len(facts.nodes)} in reach")


def _replicas(facts: ClusterFacts) -> DoctorVerdict | None:
    if _view(facts) is None:
        return None
    alone = [node for node in facts.nodes if node.slots and not node.lost and not facts.replicas(node)]
    if not alone:
        return right("each primary has one")
    ours = [node.shown for node in alone if node in facts.serving.values()]
    text = f"without: {', '.join(node.shown for node in alone)}"
    return wrong(f"{text}; of these we need {', '.join(ours)}" if ours else text)


CHECKS: Final[tuple[DoctorCheck[ClusterFacts], ...]] = (
    DoctorCheck(
        "cluster reach",
        "do all nodes of REDIS_URL answer?",
        Level.WARN,
        "start the others, or correct the places in REDIS_URL",
        _answering,
    ),
    DoctorCheck(
        "cluster state", "does it serve?", Level.FAIL, "look at its nodes with redis-cli --cluster check", _state
    ),
    DoctorCheck("cluster tags", "who serves our keys?", Level.FAIL, "give each slot a primary", _tags),
    DoctorCheck(
        "cluster nodes", "do its nodes reach each other?", Level.WARN, "start them, or CLUSTER FORGET them", _nodes
    ),
    DoctorCheck(
        "cluster replicas",
        "has each primary a replica?",
        Level.WARN,
        "add one: without it the loss of a primary is an outage",
        _replicas,
    ),
)
