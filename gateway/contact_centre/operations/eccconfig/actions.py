"""The black list and the red list. Every agent of the VDN may change them."""

from typing import Any

from gateway.contact_centre.floor.effects import NOTHING
from gateway.contact_centre.floor.number_lists import Blocked, Preferred, take_off
from gateway.contact_centre.invocation import Action, CentreServices, Invocation
from gateway.contact_centre.operations.eccconfig import rows as models


def actions(services: CentreServices) -> dict[str, Action]:
    """By operation name."""
    group = _Lists(services)
    return {
        "addToBlackList": group.block,
        "removeFromBlackList": group.unblock,
        "queryBlackList": group.blocked,
        "addToRedList": group.prefer,
        "removeFromRedList": group.prefer_no_more,
        "queryRedList": group.preferred,
    }


def _number(invocation: Invocation[models.NumberParameters]) -> str:
    return invocation.parameters.phone_number


class _Lists:
    def __init__(self, services: CentreServices) -> None:
        self._roster = services.roster
        self._lists = services.world.lists

    async def block(self, invocation: Invocation[Any, models.BlackBody]) -> object:
        body = invocation.body
        self._lists.block(Blocked(body.phone_number, body.lock_time, body.fiter_mode, self._roster.now_ms()))
        return NOTHING

    async def unblock(self, invocation: Invocation) -> object:
        take_off(self._lists.black, _number(invocation))
        return NOTHING

    async def blocked(self, invocation: Invocation[models.BlackListParameters]) -> object:
        """Those whose time is over only where they are asked for."""
        now_ms, over_too = self._roster.now_ms(), invocation.parameters.is_contain_invalid
        return [
            models.BlackEntry(
                phone_number=entry.number,
                lock_time=entry.minutes,
                fiter_mode=entry.mode,
                create_time=entry.since_ms,
                is_valid=entry.holds(now_ms),
            )
            for entry in self._lists.black.values()
            if over_too or entry.holds(now_ms)
        ]

    async def prefer(self, invocation: Invocation[Any, models.RedBody]) -> object:
        body = invocation.body
        self._lists.prefer(Preferred(body.phone_number, body.cust_level, self._roster.now_ms()))
        return NOTHING

    async def prefer_no_more(self, invocation: Invocation) -> object:
        take_off(self._lists.red, _number(invocation))
        return NOTHING

    async def preferred(self, _invocation: Invocation) -> object:
        return [
            models.RedEntry(phone_number=entry.number, cust_level=entry.level, create_time=entry.since_ms)
            for entry in self._lists.red.values()
        ]
