"""The eccconfig group: the black list and the red list of callers. No page describes it.

See docs/contact_centre.md, Number lists.
"""

from typing import Any

from gateway.interface.fields import Body, Called, Ordinal, Parameters, TrueOrElse
from gateway.interface.operation import Operation
from gateway.interface.results import Nothing, Result


class NumberParameters(Parameters):
    """The telephone number to take off a list."""

    phone_number: Called


class BlackListParameters(Parameters):
    """`allblacklist`: `isContainInvalid` shows entries whose time is over as well."""

    is_contain_invalid: TrueOrElse = False


class BlackBody(Body):
    """A number for the black list: for `lockTime` in minutes (0 = until it is taken off); `fiterMode` is spelt so."""

    phone_number: Called
    lock_time: Ordinal = 0
    fiter_mode: Ordinal = 0


class RedBody(Body):
    """A number for the red list, and how important the customer is."""

    phone_number: Called
    cust_level: Ordinal = 0


class BlackEntry(Result):
    """An entry of the black list. `create_time` is ms since the epoch; `is_valid` is false once its time is over."""

    phone_number: str
    lock_time: int
    fiter_mode: int
    create_time: int
    is_valid: bool


class RedEntry(Result):
    """An entry of the red list. `create_time` is ms since the epoch."""

    phone_number: str
    cust_level: int
    create_time: int


def _row(name: str, method: str, action: str, summary: str, result: Any = Nothing, **more: Any) -> Operation:
    return Operation(name, method, f"eccconfig/{{agentid}}/{action}", summary, result=result, **more)


OPERATIONS: tuple[Operation, ...] = (
    _row("addToBlackList", "POST", "blacklist", "put a number on the black list", body=BlackBody),
    _row(
        "removeFromBlackList",
        "DELETE",
        "blacklist",
        "take a number off the black list",
        parameters=NumberParameters,
    ),
    _row(
        "queryBlackList",
        "GET",
        "allblacklist",
        "numbers on the black list",
        list[BlackEntry],
        parameters=BlackListParameters,
    ),
    _row("addToRedList", "POST", "redlist", "put a number on the red list", body=RedBody),
    _row("removeFromRedList", "DELETE", "redlist", "take a number off the red list", parameters=NumberParameters),
    _row("queryRedList", "GET", "allredlist", "numbers on the red list", list[RedEntry]),
)
