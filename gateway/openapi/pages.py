"""The files of the reference page: the document, and what shows it. They need no other host and run no inline code."""

import json
from collections.abc import Callable
from functools import cache, partial
from pathlib import Path
from typing import Final

from gateway.openapi.document import whole_document
from gateway.wire.standing_headers import AGENT_JSON

HERE: Final = Path(__file__).parent
_FILES: Final = {
    "reference": ("reference.html", "text/html;charset=UTF-8"),
    "reference.js": ("reference.js", "text/javascript;charset=UTF-8"),
    "reference.css": ("reference.css", "text/css;charset=UTF-8"),
}


def contents() -> dict[str, tuple[Callable[[], bytes], str]]:
    """Body and content type of each, by the last part of its path; the page refers to the others by that.

    The document is made when it is first asked for.
    """
    files = {name: (partial(_read, file), kind) for name, (file, kind) in _FILES.items()}
    return {**files, "openapi.json": (_document, AGENT_JSON)}


@cache
def _read(file: str) -> bytes:
    return (HERE / file).read_bytes()


@cache
def _document() -> bytes:
    return json.dumps({**whole_document(), "servers": [{"url": "/"}]}).encode()
