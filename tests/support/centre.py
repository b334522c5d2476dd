"""A gateway whose contact centre runs on the time of the test."""

import contextlib
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass

from gateway.contact_centre.centre import ContactCentre
from tests.support.desk import Desk
from tests.support.gateway import Gateway, running_gateway
from tests.support.manual_time import ManualTime


@dataclass
class CentreGateway:
    """A gateway, the contact centre in it, and its time."""

    gateway: Gateway
    time: ManualTime

    @property
    def centre(self) -> ContactCentre:
        centre = self.gateway.app.centre
        assert centre is not None
        return centre

    async def agent(self, agent_id: int, *, auto_answer: bool = False, **sign_in: object) -> Desk:
        """An agent signed in to all its skill queues, with no event left."""
        desk = self.gateway.desk(agent_id)
        answer = await desk.sign_in(force=False, autoanswer=auto_answer, **sign_in)
        assert answer.retcode == "0", answer.body
        assert (await desk.call("POST", "onlineagent/{id}/resetskill/true")).retcode == "0"
        await desk.drain_events()
        return desk


@contextlib.asynccontextmanager
async def centre_gateway(overrides: Mapping[str, str] | None = None) -> AsyncIterator[CentreGateway]:
    """In this process, with polls that answer at once."""
    time = ManualTime()
    settings = {"AGENT_POLL_WAIT_FLAG": "OFF", **(overrides or {})}
    async with running_gateway(settings, clock=time.clock, jobs=False, scheduler=time) as gateway:
        yield CentreGateway(gateway, time)
