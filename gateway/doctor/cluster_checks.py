"""Is the Cluster whole, and what does the loss of a node of it mean for us?"""

from typing import Final

from gateway.doctor.cluster_facts import ClusterFacts, Node, View
from gateway.doctor.finding import Check, Level, NotAllowed, Verdict, doubtful, right, wrong
from gateway.redis_link.shards import SLOTS, slot


def _answering(facts: ClusterFacts) -> Verdict:
    silent = [f"{place} ({trouble.found})" for place, trouble in facts.troubles.items()]
    text = f"{facts.seeds - len(silent)} of {facts.seeds} nodes of REDIS_URL answer" + (
        f"; not {', '.join(silent)}" if silent else ""
    )
    if len(silent) == facts.seeds:
        advice = "; ".join(dict.fromkeys(trouble.advice for trouble in facts.troubles.values()))
        return Verdict(text, Level.FAIL, advice)
    return wrong(text) if silent else right(text)


def _view(facts: ClusterFacts) -> View | None:
    """What a node sees. Raises NotAllowed."""
    if facts.view is not None and facts.view.refused:
        raise NotAllowed("CLUSTER NODES")
    return facts.view


def _state(facts: ClusterFacts) -> Verdict | None:
    view = _view(facts)
    if view is None:
        return None
    state, assigned = view.info.get("cluster_state", "?"), view.info.get("cluster_slots_assigned", "0")
    text = f"cluster_state {state}, {assigned} of {SLOTS} slots"
    if state != "ok":
        return wrong(text)
    return right(text) if assigned == str(SLOTS) else doubtful(text, "CLUSTER ADDSLOTSRANGE: give each slot a primary")


def _tags(facts: ClusterFacts) -> Verdict | None:
    if facts.view is None:
        return None
    text = "; ".join(f"{tag} (slot {slot(tag)}) on {_place(node)}" for tag, node in facts.serving.items())
    served = all(node is not None and not node.lost for node in facts.serving.values())
    return right(text) if served else wrong(text)


def _place(node: Node | None) -> str:
    if node is None:
        return "no node"
    return f"{node.shown}, which is lost" if node.lost else node.shown


def _nodes(facts: ClusterFacts) -> Verdict | None:
    if _view(facts) is None:
        return None
    lost = [node.shown for node in facts.nodes if node.lost]
    return wrong(f"the others do not reach {', '.join(lost)}") if lost else right(f"{len(facts.nodes)} in reach")


def _replicas(facts: ClusterFacts) -> Verdict | None:
    if _view(facts) is None:
        return None
    alone = [node for node in facts.nodes if node.slots and not node.lost and not facts.replicas(node)]
    if not alone:
        return right("each primary has one")
    ours = [node.shown for node in alone if node in facts.serving.values()]
    text = f"without: {', '.join(node.shown for node in alone)}"
    return wrong(f"{text}; of these we need {', '.join(ours)}" if ours else text)


CHECKS: Final[tuple[Check[ClusterFacts], ...]] = (
    Check(
        "cluster reach",
        "do all nodes of REDIS_URL answer?",
        Level.WARN,
        "start the others, or correct the places in REDIS_URL",
        _answering,
    ),
    Check("cluster state", "does it serve?", Level.FAIL, "look at its nodes with redis-cli --cluster check", _state),
    Check("cluster tags", "who serves our keys?", Level.FAIL, "give each slot a primary", _tags),
    Check("cluster nodes", "do its nodes reach each other?", Level.WARN, "start them, or CLUSTER FORGET them", _nodes),
    Check(
        "cluster replicas",
        "has each primary a replica?",
        Level.WARN,
        "add one: without it the loss of a primary is an outage",
        _replicas,
    ),
)
