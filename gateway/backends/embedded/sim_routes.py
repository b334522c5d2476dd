"""The pages of the admin listener by which an operator plays the customers of the contact centre: `/sim`."""

from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Final

from gateway.agents.registry import Skill
from gateway.backends.embedded.centre import EmbeddedCentre
from gateway.backends.embedded.core.besides import TEXT_MEDIA
from gateway.backends.embedded.core.plan import Behaviour
from gateway.backends.embedded.sim_bodies import (
    Digits,
    Message,
    NewCall,
    NewChat,
    NewOffer,
    Nothing,
    Party,
    PhoneAct,
    read,
)
from gateway.backends.embedded.sim_views import SimViews
from gateway.backends.embedded.simulated import NoSuchCallError
from gateway.backends.embedded.simulated_phones import DIALS
from gateway.ops.admin import AdminCall, Answer, Route
from gateway.wire.errors import Malformed, NotFound

_DONE: Final = {"done": True}
_AGENT_MAX: Final = 999_999


def sim_routes(centre: EmbeddedCentre) -> list[Route]:
    """The routes, for the contact centre in this process."""
    calls, chats, views = _Calls(centre), _Chats(centre), SimViews(centre)
    routes: tuple[tuple[str, str, Answer], ...] = (
        ("GET", "/sim", views.summary),
        ("GET", "/sim/calls", views.calls),
        ("GET", "/sim/queues", views.queues),
        ("GET", "/sim/agents", views.agents),
        ("GET", "/sim/chats", views.chats),
        ("GET", "/sim/messages", views.messages),
        ("POST", "/sim/calls", calls.place),
        ("POST", "/sim/calls/{call}/answer", calls.answer),
        ("POST", "/sim/calls/{call}/refuse", calls.refuse),
        ("POST", "/sim/calls/{call}/hangup", calls.hang_up),
        ("POST", "/sim/calls/{call}/digits", calls.dial),
        ("POST", "/sim/calls/{call}/video", calls.video),
        ("POST", "/sim/agents/{agent}/offer", calls.offer),
        ("POST", "/sim/agents/{agent}/phone", calls.phone),
        ("POST", "/sim/chats", chats.open),
        ("GET", "/sim/chats/{chat}", chats.said),
        ("POST", "/sim/chats/{chat}/messages", chats.write),
        ("POST", "/sim/chats/{chat}/leave", chats.leave),
    )
    return [Route(method, path, _told(answer)) for method, path, answer in routes]


def _told(answer: Answer) -> Answer:
    """What does not exist is a 404."""

    @wraps(answer)
    async def tell(call: AdminCall) -> object:
        try:
            return await answer(call)
        except NoSuchCallError as unknown:
            raise NotFound(str(unknown)) from None

    return tell


class _Calls:
    def __init__(self, centre: EmbeddedCentre) -> None:
        self._customers = centre.customers
        self._phones = centre.phones
        self._plan = centre.world.plan
        self._registry = centre.parts.registry

    async def place(self, call: AdminCall) -> object:
        """A customer calls."""
        body = read(NewCall, call.body)
        behaviour = self._behaviour(body)
        if body.skill is None and body.called is None and body.agent is None:
            raise Malformed("skill: give a skill queue, or in called an access code, or an agent")
        if body.agent is not None and (body.skill is not None or body.called is not None):
            raise Malformed("agent: give either an agent, or a skill queue or an access code")
        if body.agent is not None:
            return {"call": await self._place_for(body, body.agent, behaviour)}
        if body.called in self._plan.ivrs and body.skill is None:
            made = await self._customers.place_at_menu(body.called, body.caller, data=body.data, behaviour=behaviour)
            return {"call": made}
        skill = self._voice_queue(body)
        made = await self._customers.place(
            skill.id,
            body.caller,
            called=body.called or "",
            data=body.data,
            behaviour=behaviour,
            media_type=skill.mediatype,
        )
        return {"call": made}

    async def _place_for(self, body: NewCall, agent: int, behaviour: Behaviour | None) -> str:
        if self._registry.get(agent) is None:
            raise NoSuchCallError(f"no agent {agent}")
        return await self._customers.place_for(agent, body.caller, data=body.data, behaviour=behaviour)

    def _behaviour(self, body: NewCall) -> Behaviour | None:
        if body.talk is None and body.patience is None:
            return None
        return Behaviour(talk_s=body.talk, patience_s=body.patience)

    def _voice_queue(self, body: NewCall) -> Skill:
        skill_id = body.skill if body.skill is not None else self._plan.access.get(body.called or "")
        if skill_id is None:
            codes = ", ".join([*self._plan.access, *self._plan.ivrs]) or "none"
            raise Malformed(f"called: no queue and no voice menu has this access code; allowed are {codes}")
        known = {skill.id: skill for skill in self._registry.skills().values() if skill.mediatype not in TEXT_MEDIA}
        if skill_id not in known:
            allowed = ", ".join(map(str, sorted(known)))
            raise Malformed(f"skill: no skill queue {skill_id} for calls; allowed are {allowed}")
        return known[skill_id]

    async def answer(self, call: AdminCall) -> object:
        """A customer who is called answers."""
        return await self._act(call, self._customers.answer)

    async def refuse(self, call: AdminCall) -> object:
        """A customer who is called does not take the call."""
        return await self._act(call, self._customers.refuse)

    async def hang_up(self, call: AdminCall) -> object:
        """A customer leaves."""
        return await self._act(call, self._customers.hang_up)

    async def _act(self, call: AdminCall, act: Callable[[str, str], Awaitable[None]]) -> object:
        await act(call.values["call"], read(Party, call.body).number or "")
        return _DONE

    async def dial(self, call: AdminCall) -> object:
        """A customer in a voice menu dials: the menu is over, whatever the digits."""
        read(Digits, call.body)
        await self._customers.press(call.values["call"])
        return _DONE

    async def video(self, call: AdminCall) -> object:
        """A customer asks for a picture."""
        return await self._act(call, self._customers.ask_for_video)

    async def offer(self, call: AdminCall) -> object:
        """An agent is asked to call somebody."""
        agent, body = _agent(call), read(NewOffer, call.body)
        return {"control": await self._customers.offer(agent, tuple(body.numbers), body.data)}

    async def phone(self, call: AdminCall) -> object:
        """Somebody uses an agent's phone by hand."""
        agent, body = _agent(call), read(PhoneAct, call.body)
        if body.act in DIALS and body.number is None:
            raise Malformed(f"number: is missing, {body.act} needs one")
        await self._phones.act(agent, body.act, body.number or "")
        return _DONE


def _agent(call: AdminCall) -> int:
    agent = call.values["agent"]
    if not (agent.isascii() and agent.isdigit() and 0 < int(agent[:7]) <= _AGENT_MAX):
        raise Malformed(f"agent: must be a whole number from 1 to {_AGENT_MAX}")
    return int(agent)


class _Chats:
    def __init__(self, centre: EmbeddedCentre) -> None:
        self._customers = centre.chat_customers
        self._registry = centre.parts.registry

    async def open(self, call: AdminCall) -> object:
        """A customer asks for a chat."""
        body = read(NewChat, call.body)
        allowed = sorted(skill.id for skill in self._registry.skills().values() if skill.mediatype in TEXT_MEDIA)
        if body.skill not in allowed:
            known = ", ".join(map(str, allowed)) or "none"
            raise Malformed(f"skill: no skill queue {body.skill} for text; allowed are {known}")
        return {"chat": await self._customers.start(body.skill, body.caller, text=body.text or "", data=body.data)}

    async def said(self, call: AdminCall) -> object:
        """What was written last, oldest first."""
        return [{"sender": said.sender, "text": said.text} for said in self._customers.said(call.values["chat"])]

    async def write(self, call: AdminCall) -> object:
        """The customer writes."""
        await self._customers.say(call.values["chat"], read(Message, call.body).text)
        return _DONE

    async def leave(self, call: AdminCall) -> object:
        """The customer is gone."""
        read(Nothing, call.body)
        await self._customers.leave(call.values["chat"])
        return _DONE
