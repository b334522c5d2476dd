"""One request of an operation, before it is sent, and what comes back."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import quote, urlencode

import aiohttp

PREFIX: Final = "/agentgateway/resource/"


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


def _text(value: object) -> str:
    """As in addresses: true and false, and lists with semicolons."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (list, tuple, set, frozenset, range)):
        return ";".join(map(_text, value))
    return str(value)
