"""The black list and the red list (rows of `operations/eccconfig.py`). Every agent of the VDN may change them."""

from typing import cast

from gateway.backends.base import Call
from gateway.backends.embedded.core.number_lists import Blocked, Preferred, take_off
from gateway.backends.embedded.core.outcome import NOTHING
from gateway.backends.embedded.parts import Parts, Performer
from gateway.operations import eccconfig as models


def performers(parts: Parts) -> dict[str, Performer]:
    """By operation name."""
    group = _Lists(parts)
    return {
        "addToBlackList": group.block,
        "removeFromBlackList": group.unblock,
        "queryBlackList": group.blocked,
        "addToRedList": group.prefer,
        "removeFromRedList": group.prefer_no_more,
        "queryRedList": group.preferred,
    }


def _number(call: Call) -> str:
    return cast(models.NumberParameters, call.parameters).phone_number


class _Lists:
    def __init__(self, parts: Parts) -> None:
        self._records = parts.records
        self._lists = parts.world.lists

    async def block(self, call: Call) -> object:
        body = cast(models.BlackBody, call.body)
        self._lists.block(Blocked(body.phone_number, body.lock_time, body.fiter_mode, self._records.now_ms()))
        return NOTHING

    async def unblock(self, call: Call) -> object:
        take_off(self._lists.black, _number(call))
        return NOTHING

    async def blocked(self, call: Call) -> object:
        """Those whose time is over only where they are asked for."""
        now_ms, over_too = self._records.now_ms(), cast(models.BlackListParameters, call.parameters).is_contain_invalid
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

    async def prefer(self, call: Call) -> object:
        body = cast(models.RedBody, call.body)
        self._lists.prefer(Preferred(body.phone_number, body.cust_level, self._records.now_ms()))
        return NOTHING

    async def prefer_no_more(self, call: Call) -> object:
        take_off(self._lists.red, _number(call))
        return NOTHING

    async def preferred(self, _call: Call) -> object:
        return [
            models.RedEntry(phone_number=entry.number, cust_level=entry.level, create_time=entry.since_ms)
            for entry in self._lists.red.values()
        ]
