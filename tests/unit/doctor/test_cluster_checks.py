"""What is said of a Cluster from what it tells."""

from dataclasses import replace

from gateway.doctor.cluster_checks import CHECKS, ClusterFacts, ClusterNode, ClusterView
from gateway.doctor.finding import Level, judge
from gateway.doctor.store_probe import Trouble
from tests.unit.doctor.samples import bad, of

TAG = "agentgateway"
"""Slot 287."""
FIRST = ClusterNode("aa", "ten", 7001, frozenset({"master"}), "", ((0, 8000),))
SECOND = ClusterNode("bb", "ten", 7002, frozenset({"master"}), "", ((8001, 16383),))
REPLICAS = (
    ClusterNode("cc", "ten", 7003, frozenset({"slave"}), "aa"),
    ClusterNode("dd", "ten", 7004, frozenset({"slave"}), "bb"),
)
WHOLE = ClusterView({"cluster_state": "ok", "cluster_slots_assigned": "16384"}, (FIRST, SECOND, *REPLICAS))
GOOD = ClusterFacts(2, {}, WHOLE, (TAG,))
SILENT = Trouble("no connection", "start it")


def seen(*nodes: ClusterNode, **info: str) -> ClusterFacts:
    """The good Cluster with these nodes, if any, and these lines of CLUSTER INFO."""
    return replace(GOOD, view=ClusterView({**WHOLE.info, **info}, nodes or WHOLE.nodes))


def lost(node: ClusterNode) -> ClusterNode:
    return replace(node, flags=node.flags | {"fail"})


def test_of_a_whole_cluster_all_is_well() -> None:
    assert bad(judge(CHECKS, GOOD)) == {}


def test_our_tag_is_shown_with_its_slot_and_node() -> None:
    found = of(CHECKS, "cluster tags", GOOD)
    assert found is not None
    assert found.found == "agentgateway (slot 287) on ten:7001"


def test_a_seed_that_is_silent() -> None:
    assert bad(judge(CHECKS, replace(GOOD, troubles={"ten:7002": SILENT}))) == {"cluster reach": Level.WARN}


def test_when_all_seeds_are_silent_that_is_all_there_is_to_say() -> None:
    facts = ClusterFacts(1, {"ten:7001": SILENT})
    (finding,) = judge(CHECKS, facts)
    assert (finding.check, finding.level, finding.advice) == ("cluster reach", Level.FAIL, "start it")


def test_a_cluster_that_does_not_serve() -> None:
    facts = seen(cluster_state="fail")
    assert bad(judge(CHECKS, facts)) == {"cluster state": Level.FAIL}


def test_a_slot_of_others_that_nobody_serves() -> None:
    facts = seen(cluster_slots_assigned="16383")
    assert bad(judge(CHECKS, facts)) == {"cluster state": Level.WARN}


def test_a_slot_of_ours_that_nobody_serves() -> None:
    facts = seen(SECOND, REPLICAS[1])
    assert bad(judge(CHECKS, facts)) == {"cluster tags": Level.FAIL}


def test_a_primary_of_ours_that_is_lost() -> None:
    facts = seen(lost(FIRST), SECOND, *REPLICAS)
    assert bad(judge(CHECKS, facts)) == {"cluster tags": Level.FAIL, "cluster nodes": Level.WARN}


def test_a_primary_without_replica_says_whether_it_is_ours() -> None:
    ours = of(CHECKS, "cluster replicas", seen(FIRST, SECOND, REPLICAS[1]))
    others = of(CHECKS, "cluster replicas", seen(FIRST, SECOND, REPLICAS[0]))
    assert ours is not None
    assert others is not None
    assert ("of these we need ten:7001" in ours.found, "we need" in others.found) == (True, False)


def test_a_user_who_may_not_ask_for_the_nodes_learns_where_the_keys_are() -> None:
    found = judge(CHECKS, replace(GOOD, view=ClusterView(nodes=(FIRST,), refused=True)))
    assert bad(found) == {"CLUSTER NODES": Level.WARN}
    assert [each.check for each in found] == ["cluster reach", "cluster tags", "CLUSTER NODES"]
