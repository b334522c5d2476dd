"""Operations of the group eccconfig, with and without await.

Written by scripts/docs.py from the rows of the server; not to be edited.
"""

from typing import TypedDict

from gateway.client.request import Group, Wait


class BlackEntry(TypedDict):
    """An entry of the black list. `createTime` is ms since the epoch; `isValid` is false once its time is over."""

    phoneNumber: str
    lockTime: int
    fiterMode: int
    createTime: int
    isValid: bool


class RedEntry(TypedDict):
    """An entry of the red list. `createTime` is ms since the epoch."""

    phoneNumber: str
    custLevel: int
    createTime: int


class Eccconfig(Group):
    """Operations of `eccconfig`."""

    async def add_to_black_list(
        self, phone_number: str, *, lock_time: int | None = None, fiter_mode: int | None = None
    ) -> None:
        """Put a number on the black list (`addToBlackList`)."""
        await self._ask(
            "addToBlackList",
            "POST",
            "eccconfig/{agentid}/blacklist",
            body={"phoneNumber": phone_number, "lockTime": lock_time, "fiterMode": fiter_mode},
        )

    async def remove_from_black_list(self, phone_number: str) -> None:
        """Take a number off the black list (`removeFromBlackList`)."""
        await self._ask("removeFromBlackList", "DELETE", "eccconfig/{agentid}/blacklist", {"phoneNumber": phone_number})

    async def query_black_list(self, *, is_contain_invalid: bool | None = None) -> list[BlackEntry]:
        """Numbers on the black list (`queryBlackList`)."""
        result: list[BlackEntry] = await self._ask(
            "queryBlackList", "GET", "eccconfig/{agentid}/allblacklist", {"isContainInvalid": is_contain_invalid}
        )
        return result

    async def add_to_red_list(self, phone_number: str, *, cust_level: int | None = None) -> None:
        """Put a number on the red list (`addToRedList`)."""
        await self._ask(
            "addToRedList",
            "POST",
            "eccconfig/{agentid}/redlist",
            body={"phoneNumber": phone_number, "custLevel": cust_level},
        )

    async def remove_from_red_list(self, phone_number: str) -> None:
        """Take a number off the red list (`removeFromRedList`)."""
        await self._ask("removeFromRedList", "DELETE", "eccconfig/{agentid}/redlist", {"phoneNumber": phone_number})

    async def query_red_list(self) -> list[RedEntry]:
        """Numbers on the red list (`queryRedList`)."""
        result: list[RedEntry] = await self._ask("queryRedList", "GET", "eccconfig/{agentid}/allredlist")
        return result


class BlockingEccconfig:
    """Operations of `eccconfig`, without await."""

    def __init__(self, group: Eccconfig, wait: Wait) -> None:
        self._group = group
        self._wait = wait

    def add_to_black_list(
        self, phone_number: str, *, lock_time: int | None = None, fiter_mode: int | None = None
    ) -> None:
        """Put a number on the black list (`addToBlackList`)."""
        self._wait(self._group.add_to_black_list(phone_number, lock_time=lock_time, fiter_mode=fiter_mode))

    def remove_from_black_list(self, phone_number: str) -> None:
        """Take a number off the black list (`removeFromBlackList`)."""
        self._wait(self._group.remove_from_black_list(phone_number))

    def query_black_list(self, *, is_contain_invalid: bool | None = None) -> list[BlackEntry]:
        """Numbers on the black list (`queryBlackList`)."""
        return self._wait(self._group.query_black_list(is_contain_invalid=is_contain_invalid))

    def add_to_red_list(self, phone_number: str, *, cust_level: int | None = None) -> None:
        """Put a number on the red list (`addToRedList`)."""
        self._wait(self._group.add_to_red_list(phone_number, cust_level=cust_level))

    def remove_from_red_list(self, phone_number: str) -> None:
        """Take a number off the red list (`removeFromRedList`)."""
        self._wait(self._group.remove_from_red_list(phone_number))

    def query_red_list(self) -> list[RedEntry]:
        """Numbers on the red list (`queryRedList`)."""
        return self._wait(self._group.query_red_list())
