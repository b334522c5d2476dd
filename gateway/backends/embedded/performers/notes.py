"""Notes to agents, and bulletins to teams and skill queues (contract onlineagent.yaml).

Both reach agents on every node, and their events carry the text.
"""

from collections.abc import Iterable
from typing import Final, cast

from gateway.backends.base import Call
from gateway.backends.embedded.core.outcome import NOTHING, Content
from gateway.backends.embedded.parts import Parts, Performer
from gateway.events.event import make_event
from gateway.operations.onlineagent_models import BulletinBody, NoteBody, NoteParameters
from gateway.sessions.model import Record
from gateway.wire import retcodes
from gateway.wire.errors import Refused

NOTE: Final = "AgentOther_Note"
BULLETIN: Final = "AgentOther_Bulletin"
TEAM: Final = 0


def performers(parts: Parts) -> dict[str, Performer]:
    """By operation name."""
    group = _Notes(parts)
    return {"sendNotelet": group.note_older, "sendNoteletEx": group.note, "notifyBulletin": group.bulletin}


class _Notes:
    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    async def note(self, call: Call) -> object:
        """The result of a success is null."""
        body = cast(NoteBody, call.body)
        await self._send(call, body.agent_ids, body.content, retcodes.BAD_SIGN_IN, "agentIds")
        return None

    async def note_older(self, call: Call) -> object:
        sent = cast(NoteParameters, call.parameters)
        await self._send(call, sent.receiver, sent.content, retcodes.BAD_PARAMETER, "receiver")
        return NOTHING

    async def _send(self, call: Call, receivers: Iterable[int], text: str, code: str, field: str) -> None:
        """To those who are signed in. Raises Refused with `code` when one of them is no agent of this gateway."""
        agents = list(receivers)
        unknown = [agent_id for agent_id in agents if self._parts.registry.get(agent_id) is None]
        if unknown:
            raise Refused(code, f"{field}: there is no agent {unknown[0]}")
        for agent_id in agents:
            await self._tell(await self._parts.service.store.read(agent_id), NOTE, _content(call, text))

    async def bulletin(self, call: Call) -> object:
        body = cast(BulletinBody, call.body)
        content = _content(call, body.bulletindata)
        store = self._parts.service.store
        team = self._team(body.targetname) if body.targettype == TEAM else None
        skill_id = 0 if team is not None else self._skill(body.targetname)
        for seen in await store.live():
            if team is None or seen.agent_id in team:
                record = await store.read(seen.agent_id)
                if team is not None or skill_id in record.state.skills:
                    await self._tell(record, BULLETIN, content)
        return NOTHING

    def _team(self, name: str) -> frozenset[int]:
        for group in self._parts.world.plan.groups:
            if group.name == name:
                return group.agents
        raise Refused(retcodes.BAD_PARAMETER, "targetname: there is no team with this name")

    def _skill(self, name: str) -> int:
        for skill in self._parts.registry.skills().values():
            if skill.name == name:
                return skill.id
        raise Refused(retcodes.BAD_PARAMETER, "targetname: there is no skill queue with this name")

    async def _tell(self, record: Record, event_type: str, content: Content) -> None:
        if record.session is not None:
            event = make_event(event_type, record.agent_id, content, self._parts.records.now_ms())
            await self._parts.queue.append(record.agent_id, record.session.id, (event,))


def _content(call: Call, text: str) -> Content:
    return {"sender": str(call.record.agent_id), "context": text}
