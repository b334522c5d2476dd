"""The pages about nodes on the admin listener: `/nodes`, `/drain`, `/undrain`."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from pydantic_core import from_json

from gateway.admin.route import AdminCall, AdminRoute
from gateway.nodes.node_keeper import NodeKeeper, ProcessState
from gateway.wire.errors import Malformed, NotFound
from gateway.wire.text import iso

_LONGEST: Final = 64


@dataclass(frozen=True, slots=True)
class WorkerView:
    """A process of a node; times are in ISO 8601 (UTC)."""

    worker: int
    pid: int
    version: str
    started: str
    seen: str
    connections: int
    requests: int
    polls: int
    draining: bool


@dataclass(frozen=True, slots=True)
class NodeView:
    """One start of a node. `this`: the node that answers. The counts are the sums over its workers.

    `draining`: all workers drain. `empty`: there is no connection of a client and no request.
    """

    node: str
    this: bool
    host: str
    draining: bool
    connections: int
    requests: int
    polls: int
    empty: bool
    workers: Sequence[WorkerView]


@dataclass(frozen=True, slots=True)
class LostSessions:
    """The sessions that would be lost if the node stopped now: none where they are in Redis. `agents`: the first."""

    total: int
    agents: Sequence[int]


@dataclass(frozen=True, slots=True)
class NodeList:
    """The nodes that serve, by name; `this` is the name of the one that answers."""

    this: str
    total: int
    nodes: Sequence[NodeView]


@dataclass(frozen=True, slots=True)
class DrainView:
    """How far the drain of a node is. The counts are the sums over its workers.

    `draining`: all of its workers drain. `empty`: no connection and no request is there. With both the node can be
    stopped, and nobody notices but those whose sessions are in its memory, `lost_if_stopped`.
    """

    node: str
    draining: bool
    empty: bool
    connections: int
    requests: int
    polls: int
    lost_if_stopped: LostSessions
    nodes: Sequence[NodeView]


def node_routes(keeper: NodeKeeper, lost: Callable[[], Awaitable[LostSessions]]) -> list[AdminRoute]:
    """The routes."""

    async def listed(_call: AdminCall) -> object:
        found = nodes(await keeper.all(), keeper.run_id)
        return NodeList(keeper.name, len(found), found)

    async def progress(node: str) -> object:
        """Of this very start of this node, whoever else may go by its name."""
        at_home = node == keeper.name
        states = [state for state in await keeper.all() if state.node == node]
        found = nodes([state for state in states if not at_home or state.run == keeper.run_id], keeper.run_id)
        if not found:
            raise NotFound("node: there is no such node, see /nodes")
        return DrainView(
            node,
            all(each.draining for each in found),
            all(each.empty for each in found),
            sum(each.connections for each in found),
            sum(each.requests for each in found),
            sum(each.polls for each in found),
            await lost() if at_home else LostSessions(0, ()),
            found,
        )

    async def shown(call: AdminCall) -> object:
        return await progress(call.query.get("node") or keeper.name)

    async def drain(call: AdminCall) -> object:
        node = _node(call.body) or keeper.name
        await keeper.want(node, draining=True)
        return await progress(node)

    async def undrain(call: AdminCall) -> object:
        node = _node(call.body) or keeper.name
        await keeper.want(node, draining=False)
        return await progress(node)

    return [
        AdminRoute("GET", "/nodes", listed),
        AdminRoute("GET", "/drain", shown),
        AdminRoute("POST", "/drain", drain),
        AdminRoute("POST", "/undrain", undrain),
    ]


def nodes(states: Sequence[ProcessState], this_run: str) -> list[NodeView]:
    """Processes as operators see them, by node."""
    runs: dict[tuple[str, str], list[ProcessState]] = {}
    for state in states:
        runs.setdefault((state.node, state.run), []).append(state)
    return [_view(node, run, workers, this_run) for (node, run), workers in sorted(runs.items())]


def _view(node: str, run: str, states: Sequence[ProcessState], this_run: str) -> NodeView:
    connections, requests = sum(each.connections for each in states), sum(each.requests for each in states)
    return NodeView(
        node,
        run == this_run,
        states[0].host,
        all(each.draining for each in states),
        connections,
        requests,
        sum(each.polls for each in states),
        not connections and not requests,
        [
            WorkerView(
                each.worker,
                each.pid,
                each.version,
                iso(each.started_ms),
                iso(each.seen_ms),
                each.connections,
                each.requests,
                each.polls,
                each.draining,
            )
            for each in sorted(states, key=lambda state: state.worker)
        ],
    )


def _node(body: bytes) -> str:
    """The node that a body names, "" for none. Raises Malformed."""
    if not body.strip():
        return ""
    try:
        given = from_json(body)
    except ValueError:
        given = None
    node = given.get("node", "") if isinstance(given, Mapping) and set(given) <= {"node"} else None
    if not isinstance(node, str) or len(node) > _LONGEST:
        raise Malformed('body: must be empty or {"node": "the name of a node"}')
    return node
