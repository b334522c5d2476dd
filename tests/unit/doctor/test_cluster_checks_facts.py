"""Lines of CLUSTER NODES."""

from gateway.doctor.cluster_checks import ClusterFacts, ClusterNode, ClusterView, read_nodes

TEXT = """\
aa 10.0.0.1:7001@17001,one.example myself,master - 0 0 1 connected 0-8000 8002 [93-<-bb]
bb :7002@17002 master - 0 0 2 connected 8001
cc 10.0.0.3:7003@17003 slave aa 0 0 1 connected
dd 10.0.0.4:7004@17004 slave,fail aa 0 0 1 disconnected
"""


def nodes() -> tuple[ClusterNode, ...]:
    return tuple(read_nodes(TEXT, "asked"))


def test_places_roles_and_slots() -> None:
    one, two, three, _ = nodes()
    assert one == ClusterNode("aa", "10.0.0.1", 7001, frozenset({"myself", "master"}), "", ((0, 8000), (8002, 8002)))
    assert (two.shown, two.slots) == ("asked:7002", ((8001, 8001),))
    assert three.primary == "aa"


def test_who_serves_a_tag() -> None:
    facts = ClusterFacts(1, {}, ClusterView(nodes=nodes()), ("agentgateway", "foo"))
    assert {tag: node and node.id for tag, node in facts.serving.items()} == {"agentgateway": "aa", "foo": None}


def test_a_replica_that_is_lost_does_not_count() -> None:
    one, *_ = nodes()
    assert [node.id for node in ClusterFacts(1, {}, ClusterView(nodes=nodes())).replicas(one)] == ["cc"]
