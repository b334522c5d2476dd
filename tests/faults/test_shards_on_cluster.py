"""Agents spread over the primaries of a Cluster: the loss of one concerns its agents alone, and signs nobody out."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import pytest

from gateway.redis_store.shards import shard_of, shard_tags
from tests.faults.conftest import KIND
from tests.faults.outage import Timed, retcodes, timed
from tests.support.cluster import Cluster, start_cluster
from tests.support.desk import Answer, Desk, ask_once
from tests.support.gateway import Gateway, GatewayProcess
from tests.support.one_centre import before
from tests.support.servers import Servers
from tests.support.site import Site, site
from tests.support.waiting import until_async

SHARDS: Final = 4
SIGNED_IN: Final = range(101, 113)
LATE: Final = range(113, 121)
SETTINGS: Final = {"STORE_SHARDS": str(SHARDS), "AGENT_POLL_WAIT_TIMES": "10", "MAXTIME": "10000"}
ROUND_S: Final = 0.3
LATEST_S: Final = 90
SLOW_S: Final = 4.0
"""A second, and more for machines that are busy with other tests."""


@dataclass
class Seen:
    """What was answered during the outage: to agents of the dead primary, and to all others; and after it."""

    primaries_with_sessions: int = 0
    lost: list[Timed] = field(default_factory=list)
    kept: list[Timed] = field(default_factory=list)
    kept_events: set[str] = field(default_factory=set)
    lost_sign_ins: list[Timed] = field(default_factory=list)
    kept_sign_ins: list[Timed] = field(default_factory=list)
    kept_at_new_node: list[Timed] = field(default_factory=list)
    live: list[Answer] = field(default_factory=list)
    ready: list[Answer] = field(default_factory=list)
    silent: str = ""
    afterwards: dict[int, Answer] = field(default_factory=dict)


class Story:
    """From the first sign-in to the time after the fail-over. `run` is all of it."""

    def __init__(self, cluster: Cluster, place: Site) -> None:
        self._cluster = cluster
        self._place = place
        self._tags = shard_tags(place.settings["STORE_TAG"], SHARDS)
        self._dead = cluster.number_of(self._tags[0])
        self.dead_tags = [tag for tag in self._tags if cluster.number_of(tag) == self._dead]
        """Those of the primary that dies, the one with all that names no agent."""
        self._desks: dict[int, Desk] = {}
        self.seen = Seen()

    def _tag(self, agent_id: int) -> str:
        return self._tags[shard_of(agent_id, SHARDS)]

    def _is_lost(self, agent_id: int) -> bool:
        return self._tag(agent_id) in self.dead_tags

    async def run(self) -> Seen:
        node = await self._place.start("NodeA")
        await self._sign_in(node)
        silent = self._desks.pop(next(agent_id for agent_id in SIGNED_IN if not self._is_lost(agent_id)))
        over = asyncio.Event()
        async with asyncio.TaskGroup() as group:
            for desk in self._desks.values():
                group.create_task(self._keep_working(desk, over))
            self._cluster.primaries[self._dead].kill()
            await until_async(lambda: _answers(node, 503), LATEST_S)
            await self._newcomers(node)
            await until_async(lambda: self._is_over(silent.agent_id), LATEST_S)
            over.set()
        self.seen.silent = (await silent.status()).retcode
        self._cluster.let_take_over()
        await until_async(lambda: _answers(node, 200), LATEST_S)
        self.seen.afterwards = {desk.agent_id: await desk.status() for desk in self._desks.values()}
        return self.seen

    async def _sign_in(self, node: GatewayProcess) -> None:
        for agent_id in SIGNED_IN:
            self._desks[agent_id] = desk = node.desk(agent_id)
            assert (await desk.sign_in()).retcode == "0"
        kept = [primary.ask("KEYS", "*:agent:*") for primary in self._cluster.primaries]
        self.seen.primaries_with_sessions = sum(map(bool, kept))

    async def _keep_working(self, desk: Desk, over: asyncio.Event) -> None:
        """A call and a poll, again and again. Nothing is counted before the outage is known to all connections."""
        answers = self.seen.lost if self._is_lost(desk.agent_id) else self.seen.kept
        states = 0
        while not over.is_set():
            states += 1
            call = await timed(desk.call("POST", f"onlineagent/{{id}}/{'saybusy' if states % 2 else 'sayfree'}"))
            poll = await desk.poll()
            if answers is self.seen.kept or self.seen.ready:
                answers.append(call)
            if answers is self.seen.kept:
                self.seen.kept_events.add(poll.json.get("event", {}).get("eventType", ""))
            await asyncio.sleep(ROUND_S)

    async def _newcomers(self, node: GatewayProcess) -> None:
        """The pages about health, sign-ins, and a node that starts now."""
        seen = self.seen
        seen.live.append(await ask_once(node.port, "GET", "/gateway/live"))
        seen.ready.append(await ask_once(node.port, "GET", "/gateway/ready"))
        signed_in = await asyncio.gather(*(timed(node.desk(agent_id).sign_in()) for agent_id in LATE))
        for agent_id, answer in zip(LATE, signed_in, strict=True):
            (seen.lost_sign_ins if self._is_lost(agent_id) else seen.kept_sign_ins).append(answer)
        other = await self._place.start("NodeB")
        for desk in self._desks.values():
            if not self._is_lost(desk.agent_id):
                seen.kept_at_new_node.append(await timed(other.desk(desk.agent_id).status(guid=desk.guid)))

    async def _is_over(self, agent_id: int) -> bool:
        """Asked of the store itself: a call would count as a sign of life."""
        tag = self._tag(agent_id)
        primary = self._cluster.primaries[self._cluster.number_of(tag)]
        kept = await asyncio.to_thread(primary.ask, "GET", f"{{{tag}}}:agent:{agent_id}")
        return "s" not in json.loads(kept[16:])


async def _answers(node: GatewayProcess, status: int) -> bool:
    return (await ask_once(node.port, "GET", "/gateway/ready")).status == status


def sessions_are_on_all_primaries(seen: Seen, _story: Story) -> None:
    assert seen.primaries_with_sessions == 3


def agents_of_the_dead_primary_get_503(seen: Seen, _story: Story) -> None:
    assert retcodes(seen.lost + seen.lost_sign_ins) == {(503, "100-007")}


def all_others_work_on_untouched(seen: Seen, _story: Story) -> None:
    assert retcodes(seen.kept) == {(200, "0")}
    assert {"AgentState_SetNotReady_Success", "AgentState_Ready"} <= seen.kept_events
    assert max(call.took_s - call.lost_s for call in seen.kept) < SLOW_S


def others_sign_in_as_ever(seen: Seen, _story: Story) -> None:
    assert retcodes(seen.kept_sign_ins) == {(200, "0")}
    assert max(call.took_s - call.lost_s for call in seen.kept_sign_ins) < SLOW_S


def a_node_that_starts_meanwhile_serves_the_others(seen: Seen, _story: Story) -> None:
    assert retcodes(seen.kept_at_new_node) == {(200, "0")}


def the_gateway_is_live_and_says_which_shards_are_away(seen: Seen, story: Story) -> None:
    assert [answer.status for answer in seen.live + seen.ready] == [200, 503]
    assert [part.partition("}")[0][1:] for part in seen.ready[0].json["store"].split("; ")] == story.dead_tags


def silence_ends_sessions_of_the_other_shards(seen: Seen, _story: Story) -> None:
    assert seen.silent == "100-006"


def nobody_was_signed_out_by_the_loss(seen: Seen, _story: Story) -> None:
    assert {agent_id: answer.retcode for agent_id, answer in seen.afterwards.items()} == dict.fromkeys(
        seen.afterwards, "0"
    )


CLAIMS: Final[tuple[Callable[[Seen, Story], None], ...]] = (
    sessions_are_on_all_primaries,
    agents_of_the_dead_primary_get_503,
    all_others_work_on_untouched,
    others_sign_in_as_ever,
    a_node_that_starts_meanwhile_serves_the_others,
    the_gateway_is_live_and_says_which_shards_are_away,
    silence_ends_sessions_of_the_other_shards,
    nobody_was_signed_out_by_the_loss,
)


async def test_a_dead_primary_concerns_its_own_agents_alone(
    tmp_path: Path, servers: Servers, centre: Gateway, subtests: pytest.Subtests
) -> None:
    """One Cluster and one outage take long, so that all that is claimed of them is looked at in one go."""
    cluster = start_cluster(servers, KIND)
    settings = {"REDIS_URL": cluster.url, "STORE_TAG": "shards", **before(centre), **SETTINGS}
    async with site(tmp_path, settings) as place:
        story = Story(cluster, place)
        seen = await story.run()
    for claim in CLAIMS:
        with subtests.test(claim.__name__):
            claim(seen, story)
