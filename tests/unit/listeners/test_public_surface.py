"""What the gateway takes of aiohttp: public names only, so that a release of it breaks nothing unseen."""

import ast
import inspect
from collections.abc import Iterator
from pathlib import Path

from aiohttp.http import HttpRequestParser
from aiohttp.streams import StreamReader

import gateway

USED = {
    ("aiohttp", "ClientResponse"),
    ("aiohttp", "ClientResponseError"),
    ("aiohttp", "HttpVersion11"),
    ("aiohttp", "hdrs"),
    ("aiohttp.abc", "AbstractResolver"),
    ("aiohttp.abc", "ResolveResult"),
    ("aiohttp.http", "HttpProcessingError"),
    ("aiohttp.http", "HttpRequestParser"),
    ("aiohttp.http", "HttpVersion"),
    ("aiohttp.http", "HttpVersion10"),
    ("aiohttp.http", "HttpVersion11"),
    ("aiohttp.http", "RawRequestMessage"),
    ("aiohttp.streams", "EMPTY_PAYLOAD"),
    ("aiohttp.streams", "StreamReader"),
    ("aiohttp.web", "RequestPayloadError"),
}
"""Besides `import aiohttp` where the gateway itself is a client."""


def imported() -> Iterator[tuple[str, str]]:
    for file in Path(gateway.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "aiohttp":
                yield from ((str(node.module), name.name) for name in node.names)


def test_these_names_of_aiohttp_are_used_and_no_others() -> None:
    assert set(imported()) == USED


def test_the_parser_is_the_compiled_one() -> None:
    assert HttpRequestParser.__module__ == "aiohttp._http_parser"


def test_a_body_can_be_asked_and_told_what_the_connection_needs() -> None:
    methods = ("is_eof", "exception", "set_exception", "read_nowait", "readany")
    assert all(inspect.isfunction(getattr(StreamReader, method)) for method in methods)
