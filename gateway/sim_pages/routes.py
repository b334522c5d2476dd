"""The pages of the admin listener by which an operator plays the customers of the contact centre: `/sim`."""

from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Final

from gateway.admin.route import AdminCall, AdminRoute, Answer
from gateway.agents.registry import Skill
from gateway.contact_centre.centre import ContactCentre
from gateway.contact_centre.customers.callers import NoSuchCallError
from gateway.contact_centre.customers.desk_phones import DIALS
from gateway.contact_centre.floor.activities import TEXT_MEDIA
from gateway.contact_centre.floor.plan import Behaviour
from gateway.sim_pages.bodies import ChatText, Digits, NewCall, NewChat, NewOffer, NoBody, Party, PhoneAct, read
from gateway.sim_pages.views import SimViews
from gateway.wire.errors import Malformed, NotFound
from gateway.wire.text import whole_number

_DONE: Final = {"done": True}
_AGENT_MAX: Final = 999_999


def sim_routes(centre: ContactCentre) -> list[AdminRoute]:
    """The routes, for the contact centre in this process."""
    calls, chats, views = _CallRoutes(centre), _ChatRoutes(centre), SimViews(centre)
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
    return [AdminRoute(method, path, _told(answer)) for method, path, answer in routes]


def _told(answer: Answer) -> Answer:
    """What does not exist is a 404."""

    @wraps(answer)
    async def tell(request: AdminCall) -> object:
        try:
            return await answer(request)
        except NoSuchCallError as unknown:
            raise NotFound(str(unknown)) from None

    return tell


class _CallRoutes:
    def __init__(self, centre: ContactCentre) -> None:
        self._customers = centre.customers
        self._phones = centre.phones
        self._plan = centre.world.plan
        self._registry = centre.services.registry

    async def place(self, request: AdminCall) -> object:
        """A customer calls."""
        body = read(NewCall, request.body)
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

    async def answer(self, request: AdminCall) -> object:
        """A customer who is called answers."""
        return await self._act(request, self._customers.answer)

    async def refuse(self, request: AdminCall) -> object:
        """A customer who is called does not take the call."""
        return await self._act(request, self._customers.refuse)

    async def hang_up(self, request: AdminCall) -> object:
        """A customer leaves."""
        return await self._act(request, self._customers.hang_up)

    async def _act(self, request: AdminCall, act: Callable[[str, str], Awaitable[None]]) -> object:
        await act(request.values["call"], read(Party, request.body).number or "")
        return _DONE

    async def dial(self, request: AdminCall) -> object:
        """A customer in a voice menu dials: the menu is over, whatever the digits."""
        read(Digits, request.body)
        await self._customers.press(request.values["call"])
        return _DONE

    async def video(self, request: AdminCall) -> object:
        """A customer asks for a picture."""
        return await self._act(request, self._customers.ask_for_video)

    async def offer(self, request: AdminCall) -> object:
        """An agent is asked to call somebody."""
        agent, body = _agent(request), read(NewOffer, request.body)
        return {"control": await self._customers.offer(agent, tuple(body.numbers), body.data)}

    async def phone(self, request: AdminCall) -> object:
        """Somebody uses an agent's phone by hand."""
        agent, body = _agent(request), read(PhoneAct, request.body)
        if body.act in DIALS and body.number is None:
            raise Malformed(f"number: is missing, {body.act} needs one")
        await self._phones.act(agent, body.act, body.number or "")
        return _DONE


def _agent(request: AdminCall) -> int:
    agent_id = whole_number(request.values["agent"], 1, _AGENT_MAX)
    if agent_id is None:
        raise Malformed(f"agent: must be a whole number from 1 to {_AGENT_MAX}")
    return agent_id


class _ChatRoutes:
    def __init__(self, centre: ContactCentre) -> None:
        self._customers = centre.chat_customers
        self._registry = centre.services.registry

    async def open(self, request: AdminCall) -> object:
        """A customer asks for a chat."""
        body = read(NewChat, request.body)
        allowed = sorted(skill.id for skill in self._registry.skills().values() if skill.mediatype in TEXT_MEDIA)
        if body.skill not in allowed:
            known = ", ".join(map(str, allowed)) or "none"
            raise Malformed(f"skill: no skill queue {body.skill} for text; allowed are {known}")
        return {"chat": await self._customers.start(body.skill, body.caller, text=body.text or "", data=body.data)}

    async def said(self, request: AdminCall) -> object:
        """What was written last, oldest first."""
        return [{"sender": said.sender, "text": said.text} for said in self._customers.said(request.values["chat"])]

    async def write(self, request: AdminCall) -> object:
        """The customer writes."""
        await self._customers.say(request.values["chat"], read(ChatText, request.body).text)
        return _DONE

    async def leave(self, request: AdminCall) -> object:
        """The customer is gone."""
        read(NoBody, request.body)
        await self._customers.leave(request.values["chat"])
        return _DONE
