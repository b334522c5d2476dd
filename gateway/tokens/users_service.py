"""The enterprise's users behind an HTTP service of the enterprise (TOKEN_USERS_URL)."""

import logging
from typing import Final

from gateway.tokens.calling import Answer, Caller, CallError
from gateway.tokens.messages import User
from gateway.tokens.users import Standing, standing_of
from gateway.wire.errors import Unavailable

NO_SUCH_USER: Final = 404

log = logging.getLogger(__name__)


class HttpDirectory:
    """`UserDirectory` over HTTP.

    POST {"tenantSpaceId": ..., "userId": ...} answers 200 {"userName": ...}, or 404 for a user who does not exist. The
    userName of the request is not sent: the service cannot be used to try names.
    """

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    async def standing(self, user: User) -> Standing:
        """See UserDirectory."""
        try:
            answer = await self._caller.post({"tenantSpaceId": user.tenant, "userId": user.user_id})
        except CallError as problem:
            raise self._unavailable(str(problem)) from None
        if answer.status == NO_SUCH_USER:
            return Standing.UNKNOWN
        return standing_of(user, self._name(answer))

    def _name(self, answer: Answer) -> str:
        known = answer.json()
        name = known.get("userName") if isinstance(known, dict) else None
        if answer.status != 200 or not isinstance(name, str):
            raise self._unavailable(f"status {answer.status} where 200 with a userName, or 404, was expected")
        return name

    def _unavailable(self, why: str) -> Unavailable:
        log.warning("TOKEN_USERS_URL: %s", why)
        return Unavailable("the user directory is out of reach: try again")
