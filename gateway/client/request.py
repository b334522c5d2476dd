"""One request, before it is sent, and what comes back; and what sends it: the classes of `operations/`, by groups."""

import json
from collections.abc import Coroutine, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Protocol, TypeVar
from urllib.parse import quote, urlencode

import aiohttp

PREFIX: Final = "/agentgateway/resource/"
Content = TypeVar("Content")


@dataclass(frozen=True)
class Request:
    """`path` may hold `{names}`, filled from `values`; values that are not in the path are the query.

    Values and members that are None are left out. `repeatable`: doing it twice is the same as doing it once, so it is
    asked again where an answer got lost. `brings_file`: a success is the bytes of a file.
    """

    name: str
    method: str
    path: str
    values: Mapping[str, object] = field(default_factory=dict, repr=False)
    body: Mapping[str, object] | None = field(default=None, repr=False)
    file: tuple[str, bytes] | None = field(default=None, repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    repeatable: bool = False
    needs_guid: bool = True
    brings_file: bool = False

    def target(self) -> str:
        """Path and query, with everything quoted."""
        given = {name: _text(value) for name, value in self.values.items() if value is not None}
        path, rest = self.path, {}
        for name, value in given.items():
            if f"{{{name}}}" in path:
                path = path.replace(f"{{{name}}}", quote(value, safe=""))
            else:
                rest[name] = value
        return PREFIX + path + (f"?{urlencode(rest, quote_via=quote)}" if rest else "")

    def data(self) -> bytes | aiohttp.FormData | None:
        """The body as it is sent."""
        if self.file is not None:
            form = aiohttp.FormData()
            name, content = self.file
            form.add_field("file", content, filename=name, content_type="application/octet-stream")
            return form
        if self.body is None:
            return None
        members = {name: value for name, value in self.body.items() if value is not None}
        return json.dumps(members, ensure_ascii=False, default=list).encode()


@dataclass(frozen=True)
class Answer:
    """An accepted answer. `content` is `result`, the `event` of a poll, or the bytes of a file.

    `receipt` is what confirms the event; "" where the gateway has none.
    """

    content: Any = field(repr=False)
    receipt: str = ""


class Ask(Protocol):
    """Sends a request of the agent and gives what the answer holds. Raises Refused, NoAnswer and BadAnswer."""

    async def __call__(self, request: Request) -> Any:
        """As the class says."""


class Wait(Protocol):
    """Runs work in the loop of the agent and gives what it returns: so the methods without await wait."""

    def __call__(self, work: Coroutine[Any, Any, Content]) -> Content:
        """As the class says."""


class Group:
    """Operations of one group, for one agent: a method for each."""

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


def _text(value: object) -> str:
    """As in addresses: true and false, and lists with semicolons."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (list, tuple, set, frozenset, range)):
        return ";".join(map(_text, value))
    return str(value)
