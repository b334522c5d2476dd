"""The page that shows the OpenAPI document of this gateway. It needs no other host and runs no inline code."""

import json
from collections.abc import Callable
from functools import cache, partial
from pathlib import Path
from typing import Final

from gateway.wire.headers import AGENT_JSON

HERE: Final = Path(__file__).parent
_PAGE_FILES: Final = {
    "reference": ("reference.html", "text/html;charset=UTF-8"),
    "reference.js": ("reference.js", "text/javascript;charset=UTF-8"),
    "reference.css": ("reference.css", "text/css;charset=UTF-8"),
}


def reference_files() -> dict[str, tuple[Callable[[], bytes], str]]:
    """Body and content type of each file of the page, by the last part of its path, by which the page refers to it.

    The document is made when it is first asked for.
    """
    files = {name: (partial(_file_body, file), kind) for name, (file, kind) in _PAGE_FILES.items()}
    return {**files, "openapi.json": (_document_body, AGENT_JSON)}


@cache
def _file_body(file: str) -> bytes:
    return (HERE / file).read_bytes()


@cache
def _document_body() -> bytes:
    # With a model for the content of each event: most processes are never asked for them.
    from gateway.openapi.document import whole_document  # noqa: PLC0415

    return json.dumps({**whole_document(), "servers": [{"url": "/"}]}).encode()
