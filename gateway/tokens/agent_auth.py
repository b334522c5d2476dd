"""Sign-in of agents by a token that the enterprise validates (AGENT_AUTH = thirdparty)."""

import logging
from typing import Any

from gateway.tokens.calling import Caller, CallError
from gateway.tokens.messages import TOKEN_LENGTH
from gateway.wire.errors import Unavailable

log = logging.getLogger(__name__)


class ThirdPartyCheck:
    """Asks a chatThirdPartyValidate interface about agents, all of whom belong to one tenant there."""

    def __init__(self, caller: Caller, tenant: str) -> None:
        self._caller = caller
        self._tenant = tenant

    async def verify_token(self, user_id: str, user_name: str, token: str) -> bool:
        """Whether the token is this user's. Raises Unavailable unless the interface gives a verdict."""
        if not 0 < len(token) <= TOKEN_LENGTH:
            return False
        asked = {"Token": token, "userName": user_name, "userId": user_id, "tenantSpaceId": self._tenant}
        try:
            answer = await self._caller.post(asked)
        except CallError as problem:
            raise self._unavailable(str(problem)) from None
        code = ret_code(answer.json())
        if code is None or answer.status not in {200, 400, 413}:
            raise self._unavailable(f"status {answer.status} is no verdict")
        return code == 0 and answer.status == 200

    async def close(self) -> None:
        """Lets go of the connections."""
        await self._caller.close()

    def _unavailable(self, why: str) -> Unavailable:
        log.warning("AGENT_AUTH_URL: %s", why)
        return Unavailable("tokens cannot be checked now: try again")


def ret_code(body: Any) -> int | None:
    """The retCode of an answer, None when there is no integer one."""
    code = body.get("retCode") if isinstance(body, dict) else None
    return code if type(code) is int else None
