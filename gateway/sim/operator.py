"""The operator of a day: the `/sim` pages of the admin listener."""

from collections import Counter
from collections.abc import Mapping
from typing import Any, Final

import aiohttp
from pydantic_core import from_json, to_json

from gateway.sim.place import CannotPlayError, Place

_OK: Final = 200
_NOT_FOUND: Final = 404


class Operator:
    """Places customer calls and looks at the contact centre."""

    def __init__(self, session: aiohttp.ClientSession, place: Place) -> None:
        self._session = session
        self._base = place.admin_url.rstrip("/")
        self._headers = {"Authorization": f"Bearer {place.token}"}

    async def place_call(self, **body: object) -> str:
        """A customer calls; the call's id. Raises CannotPlayError and `desk.NO_ANSWER`."""
        status, said = await self._ask("POST", "/sim/calls", body)
        return str(self._wanted(status, said)["call"])

    async def hang_up(self, call_id: str) -> None:
        """The customer leaves; nothing for a call that is over. Raises as `place_call`."""
        status, said = await self._ask("POST", f"/sim/calls/{call_id}/hangup", {})
        if status != _NOT_FOUND:
            self._wanted(status, said)

    async def calls(self) -> dict[str, str]:
        """The stage of every call by id. Raises as `place_call`."""
        lines = self._wanted(*await self._ask("GET", "/sim/calls"))
        return {str(line["call"]): str(line["stage"]) for line in lines}

    async def agents(self) -> Counter[str]:
        """How many agents are in which state. Raises as `place_call`."""
        return Counter(self._wanted(*await self._ask("GET", "/sim"))["agents"])

    async def _ask(self, method: str, path: str, body: Mapping[str, object] | None = None) -> tuple[int, Any]:
        data = None if body is None else to_json(body)
        async with self._session.request(method, self._base + path, data=data, headers=self._headers) as answer:
            return answer.status, from_json(await answer.read())

    @staticmethod
    def _wanted(status: int, said: Any) -> Any:
        if status != _OK:
            raise CannotPlayError(f"the admin listener answers {status}: {said.get('error', '')}")
        return said
