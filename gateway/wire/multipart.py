"""Reads a file out of a whole `multipart/form-data` body (RFC 7578), as browsers and desktops send it.

Delimiters are searched for in the bytes as they are: reading line by line, as aiohttp does, a body of empty lines keeps
the event loop for seconds. What headers mean is aiohttp's to say.
"""

from email.message import Message
from itertools import pairwise
from typing import Final, NamedTuple

from aiohttp import content_disposition_filename, parse_content_disposition

from gateway.wire import retcodes
from gateway.wire.errors import Refused

PART: Final = "file"
PARTS_MAX: Final = 32
NAME_MAX: Final = 255
_HEAD_MAX: Final = 8192
_BOUNDARY_MAX: Final = 70
_LINE: Final = b"\r\n"
_DISPOSITION: Final = b"content-disposition:"
_WRONG: Final = "body: must be multipart/form-data with a part named file, with a file name"


class FilePart(NamedTuple):
    """The file, with the name that the client gave it: no folder, no control characters, at most NAME_MAX long."""

    name: str
    data: bytes


def read_file(body: bytes, content_type: str) -> FilePart:
    """The first part named `file` that has a file name. Other parts mean nothing. Raises Refused (`000-006`)."""
    boundary = _boundary(content_type)
    if boundary is not None:
        # What is before the first delimiter and behind the last one is not meant for anybody.
        pieces = (_LINE + body).split(_LINE + b"--" + boundary, PARTS_MAX + 1)
        for piece, _whole in pairwise(pieces[1:]):
            found = _file(piece)
            if found is not None:
                return found
    raise Refused(retcodes.BAD_MESSAGE, _WRONG)


def _boundary(content_type: str) -> bytes | None:
    message = Message()
    message["Content-Type"] = content_type
    boundary = message.get_boundary()
    fits = boundary is not None and boundary.isascii() and 0 < len(boundary) <= _BOUNDARY_MAX
    return boundary.encode() if boundary and fits and message.get_content_type() == "multipart/form-data" else None


def _file(piece: bytes) -> FilePart | None:
    """A part, from the end of its delimiter on."""
    head, end, data = piece.partition(_LINE + _LINE)
    if not end or len(head) > _HEAD_MAX or head.startswith(b"--"):
        return None
    for line in head.split(_LINE):
        if line.lower().startswith(_DISPOSITION):
            _, parameters = parse_content_disposition(line[len(_DISPOSITION) :].decode("utf-8", "replace").strip())
            name = content_disposition_filename(parameters, "filename")
            if parameters.get("name") == PART and name:
                return FilePart(_plain(name), data)
    return None


def _plain(name: str) -> str:
    last = name.replace("\\", "/").rpartition("/")[2]
    return "".join(char for char in last if char.isprintable())[:NAME_MAX] or PART
