"""Notes to agents, bulletins to teams and skill queues, and how often one agent may send them. Events have the text."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Final

from gateway.contact_centre.floor.effects import NOTHING, Content
from gateway.contact_centre.invocation import Action, CentreServices, Invocation
from gateway.contact_centre.operations.onlineagent.rows import BulletinBody, NoteBody, NoteParameters
from gateway.wire import retcodes
from gateway.wire.errors import Refused

NOTE: Final = "AgentOther_Note"
BULLETIN: Final = "AgentOther_Bulletin"
TEAM: Final = 0
_TIDY_FROM: Final = 1000
"""Senders that are remembered before those are forgotten who have waited long enough."""


@dataclass(frozen=True, slots=True)
class Rate:
    """`at_once` one after the other, then one every `every_ms`."""

    what: str
    at_once: int
    every_ms: int


class SenderRate:
    """Counts by sender. `clock` gives ms."""

    def __init__(self, rate: Rate, clock: Callable[[], int]) -> None:
        self._rate = rate
        self._clock = clock
        self._paid_until: dict[int, int] = {}

    def send(self, agent_id: int) -> None:
        """Counts one. Raises Refused where they come too fast; that one does not count."""
        rate, now_ms = self._rate, self._clock()
        paid_until = max(self._paid_until.get(agent_id, 0), now_ms)
        wait_ms = paid_until - now_ms - (rate.at_once - 1) * rate.every_ms
        if wait_ms > 0:
            raise Refused(retcodes.BAD_PARAMETER, f"too many {rate.what} at once: try again in {-(-wait_ms // 1000)} s")
        self._paid_until[agent_id] = paid_until + rate.every_ms
        if len(self._paid_until) > _TIDY_FROM:
            self._paid_until = {sender: until for sender, until in self._paid_until.items() if until > now_ms}


NOTES: Final = Rate("notes", 30, 1000)
BULLETINS: Final = Rate("bulletins", 10, 10_000)


def actions(services: CentreServices) -> dict[str, Action]:
    """By operation name."""
    group = _Notes(services)
    return {"sendNotelet": group.note_older, "sendNoteletEx": group.note, "notifyBulletin": group.bulletin}


class _Notes:
    def __init__(self, services: CentreServices) -> None:
        self._services = services
        self._notes = SenderRate(NOTES, services.roster.now_ms)
        self._bulletins = SenderRate(BULLETINS, services.roster.now_ms)

    async def note(self, invocation: Invocation[Any, NoteBody]) -> object:
        """The result of a success is null."""
        body = invocation.body
        self._send(invocation, body.agent_ids, body.content, retcodes.BAD_SIGN_IN, "agentIds")
        return None

    async def note_older(self, invocation: Invocation[NoteParameters]) -> object:
        sent = invocation.parameters
        self._send(invocation, sent.receiver, sent.content, retcodes.BAD_PARAMETER, "receiver")
        return NOTHING

    def _send(self, invocation: Invocation, receivers: Iterable[int], text: str, code: str, field: str) -> None:
        """To those who are signed in. Raises Refused with `code` when one of them is no agent of this gateway."""
        agents = list(receivers)
        unknown = [agent_id for agent_id in agents if self._services.registry.get(agent_id) is None]
        if unknown:
            raise Refused(code, f"{field}: there is no agent {unknown[0]}")
        self._notes.send(invocation.desk.agent_id)
        self._tell(agents, NOTE, _content(invocation, text))

    async def bulletin(self, invocation: Invocation[Any, BulletinBody]) -> object:
        """To a team, or to everyone who is signed in to a skill queue."""
        body, desks = invocation.body, self._services.world.desks
        if body.targettype == TEAM:
            agents = [agent_id for agent_id in desks if agent_id in self._team(body.targetname)]
        else:
            skill_id = self._skill(body.targetname)
            agents = [agent_id for agent_id, desk in desks.items() if skill_id in desk.state.skills]
        self._bulletins.send(invocation.desk.agent_id)
        self._tell(agents, BULLETIN, _content(invocation, body.bulletindata))
        return NOTHING

    def _team(self, name: str) -> frozenset[int]:
        for group in self._services.world.plan.groups:
            if group.name == name:
                return group.agents
        raise Refused(retcodes.BAD_PARAMETER, "targetname: there is no team with this name")

    def _skill(self, name: str) -> int:
        for skill in self._services.registry.skills().values():
            if skill.name == name:
                return skill.id
        raise Refused(retcodes.BAD_PARAMETER, "targetname: there is no skill queue with this name")

    def _tell(self, agents: Iterable[int], event_type: str, content: Content) -> None:
        for agent_id in agents:
            desk = self._services.world.desks.get(agent_id)
            if desk is not None:
                self._services.roster.tell(desk, [(event_type, content)])


def _content(invocation: Invocation, text: str) -> Content:
    return {"sender": str(invocation.desk.agent_id), "context": text}
