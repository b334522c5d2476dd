"""What the classes in `operations/` are made of: one for each group of the interface, one method for each operation."""

from collections.abc import Coroutine, Mapping
from typing import Any, Protocol, TypeVar

from gateway.client.request import Request

Content = TypeVar("Content")


class Ask(Protocol):
    """Sends a request of the agent and gives what the answer holds. Raises Refused, NoAnswer and BadAnswer."""

    async def __call__(self, request: Request) -> Any:
        """As the class says."""


class Wait(Protocol):
    """Runs work in the loop of the agent and gives what it returns: so the methods without await wait."""

    def __call__(self, work: Coroutine[Any, Any, Content]) -> Content:
        """As the class says."""


class Group:
    """Operations of one group, for one agent."""

    def __init__(self, ask: Ask) -> None:
        self._send = ask

    async def _ask(
        self,
        name: str,
        method: str,
        path: str,
        values: Mapping[str, object] | None = None,
        body: Mapping[str, object] | None = None,
        file: tuple[str, bytes] | None = None,
        *,
        brings_file: bool = False,
    ) -> Any:
        """One operation; a question (GET) may be asked again."""
        repeatable = method == "GET"
        return await self._send(
            Request(name, method, path, values or {}, body, file, repeatable=repeatable, brings_file=brings_file)
        )
