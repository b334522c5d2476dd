"""Operations of the group multimediaconf, with and without await.

Written by scripts/docs.py from the rows of the server; not to be edited.
"""

from typing import Any

from gateway.client.request import Group, Wait


class Multimediaconf(Group):
    """Operations of `multimediaconf`."""

    async def request_multimedia_conf(self, callid: str, *, addressinfo: Any = None) -> None:
        """Ask for a multimedia conference (`requestMultimediaConf`). May be refused with MultimediaOff."""
        await self._ask(
            "requestMultimediaConf",
            "PUT",
            "multimediaconf/{agentid}/requestconf",
            body={"callid": callid, "addressinfo": addressinfo},
        )

    async def invite_multimedia_conf(self, confid: str, *, addressinfo: Any = None) -> None:
        """Invite to the multimedia conference (`inviteMultimediaConf`). May be refused with MultimediaOff."""
        await self._ask(
            "inviteMultimediaConf",
            "PUT",
            "multimediaconf/{agentid}/inviteconf",
            body={"confid": confid, "addressinfo": addressinfo},
        )

    async def join_multimedia_conf_result(
        self, confid: str, *, confresult: str | None = None, cause: str | None = None
    ) -> None:
        """Tell how joining one went (`joinMultimediaConfResult`). May be refused with MultimediaOff."""
        await self._ask(
            "joinMultimediaConfResult",
            "POST",
            "multimediaconf/{agentid}/joinconfresult",
            body={"confid": confid, "confresult": confresult, "cause": cause},
        )

    async def stop_multimedia_conf(self, confid: str) -> None:
        """End the multimedia conference (`stopMultimediaConf`). May be refused with MultimediaOff."""
        await self._ask("stopMultimediaConf", "DELETE", "multimediaconf/{agentid}/stopconf", body={"confid": confid})

    async def get_multimedia_conf_state(self, *, addressinfo: Any = None) -> list[dict[str, Any]]:
        """State of the multimedia conference (`getMultimediaConfState`). May be refused with MultimediaOff."""
        result: list[dict[str, Any]] = await self._ask(
            "getMultimediaConfState", "POST", "multimediaconf/{agentid}/getconfstate", body={"addressinfo": addressinfo}
        )
        return result


class BlockingMultimediaconf:
    """Operations of `multimediaconf`, without await."""

    def __init__(self, group: Multimediaconf, wait: Wait) -> None:
        self._group = group
        self._wait = wait

    def request_multimedia_conf(self, callid: str, *, addressinfo: Any = None) -> None:
        """Ask for a multimedia conference (`requestMultimediaConf`). May be refused with MultimediaOff."""
        self._wait(self._group.request_multimedia_conf(callid, addressinfo=addressinfo))

    def invite_multimedia_conf(self, confid: str, *, addressinfo: Any = None) -> None:
        """Invite to the multimedia conference (`inviteMultimediaConf`). May be refused with MultimediaOff."""
        self._wait(self._group.invite_multimedia_conf(confid, addressinfo=addressinfo))

    def join_multimedia_conf_result(
        self, confid: str, *, confresult: str | None = None, cause: str | None = None
    ) -> None:
        """Tell how joining one went (`joinMultimediaConfResult`). May be refused with MultimediaOff."""
        self._wait(self._group.join_multimedia_conf_result(confid, confresult=confresult, cause=cause))

    def stop_multimedia_conf(self, confid: str) -> None:
        """End the multimedia conference (`stopMultimediaConf`). May be refused with MultimediaOff."""
        self._wait(self._group.stop_multimedia_conf(confid))

    def get_multimedia_conf_state(self, *, addressinfo: Any = None) -> list[dict[str, Any]]:
        """State of the multimedia conference (`getMultimediaConfState`). May be refused with MultimediaOff."""
        return self._wait(self._group.get_multimedia_conf_state(addressinfo=addressinfo))
