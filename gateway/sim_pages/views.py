"""What the `/sim` pages show of the contact centre in this process. Durations are s."""

from collections import Counter

from gateway.admin.route import AdminCall
from gateway.contact_centre.centre import ContactCentre
from gateway.contact_centre.floor import call_forwarding
from gateway.contact_centre.floor.agent_state import State
from gateway.contact_centre.floor.calls import Call, Leg, Stage


def stage(call: Call) -> str:
    """Where a call is: `waiting`, `menu`, `talking`, `held`, `ringing`."""
    if call.waiting is not None:
        return "waiting"
    if call.at_ivr:
        return "menu"
    agents = list(call.agents())
    if any(leg.stage is not Stage.TALKING and leg.stage is not Stage.HELD for leg in call.legs):
        return "ringing"
    return "held" if agents and all(leg.stage is Stage.HELD for leg in agents) else "talking"


class SimViews:
    """Answers of the pages that only show."""

    def __init__(self, centre: ContactCentre) -> None:
        self._world = centre.world
        self._records = centre.services.roster
        self._registry = centre.services.registry

    async def summary(self, _request: AdminCall) -> object:
        """How many calls are where, and how many agents in which state."""
        world = self._world
        states = Counter(desk.state.state.name.lower() for desk in world.desks.values())
        return {
            "calls": dict(Counter(stage(call) for call in world.calls.values())),
            "agents": dict(states),
            "chats": len(world.activities.chats),
        }

    async def calls(self, _request: AdminCall) -> object:
        """The calls, oldest first."""
        return [self._line(call) for call in self._world.calls.values()]

    def _line(self, call: Call) -> dict[str, object]:
        return {
            "call": call.id,
            "kind": call.feature.name.lower(),
            "stage": stage(call),
            "caller": call.caller,
            "called": call.called,
            "skill": call.skill_id,
            "for_s": self._since(call.created_ms),
            "parties": [_party(leg) for leg in call.legs],
            "data": call.data,
        }

    async def queues(self, _request: AdminCall) -> object:
        """The skill queues, by id."""
        return [self._queue(skill_id) for skill_id in sorted(self._registry.skills())]

    def _queue(self, skill_id: int) -> dict[str, object]:
        skill, waiting = self._registry.skills()[skill_id], self._world.queues.get(skill_id, [])
        desks = [desk for desk in self._world.desks.values() if skill_id in desk.state.skills]
        return {
            "skill": skill_id,
            "name": skill.name,
            "media": skill.mediatype,
            "access": [code for code, target in self._world.plan.access.items() if target == skill_id],
            "waiting": len(waiting),
            "longest_s": max((self._since(place.since_ms) for place in waiting), default=0),
            "agents": len(desks),
            "idle": sum(desk.state.state is State.IDLE for desk in desks),
        }

    async def agents(self, _request: AdminCall) -> object:
        """Who is signed in, by id."""
        return [
            {
                "agent": agent_id,
                "state": desk.state.state.name.lower(),
                "for_s": self._since(desk.state.since_ms),
                "skills": list(desk.state.skills),
                "forwards": call_forwarding.targets_of(desk.state),
                "calls": [call.id for call, _leg in self._world.legs_of(desk.session_id)],
            }
            for agent_id, desk in sorted(self._world.desks.items())
        ]

    async def chats(self, _request: AdminCall) -> object:
        """The chats, oldest first."""
        return [
            {
                "chat": chat_id,
                "stage": "waiting" if chat.call.waiting is not None else "open",
                "caller": chat.call.caller,
                "skill": chat.call.skill_id,
                "for_s": self._since(chat.call.created_ms),
                "parties": [_party(leg) for leg in chat.call.legs],
            }
            for chat_id, chat in self._world.activities.chats.items()
        ]

    async def messages(self, _request: AdminCall) -> object:
        """What agents wrote last to customers who were in no chat, oldest first."""
        return [
            {
                "agent": sent.agent_id,
                "skill": sent.skill_id,
                "message": sent.chat_id,
                "receivers": sent.receivers,
                "text": sent.text,
                "for_s": self._since(sent.at_ms),
            }
            for sent in self._world.activities.sent
        ]

    def _since(self, at_ms: int) -> int:
        return max(0, self._records.now_ms() - at_ms) // 1000


def _party(leg: Leg) -> str:
    """`101 talking`."""
    return f"{leg.number} {leg.stage.name.lower()}"
