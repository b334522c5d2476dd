"""The document of this gateway: every row, every event."""

from functools import cache

from gateway import __version__
from gateway.contact_centre.event_catalogue import ROWS
from gateway.openapi.document import document
from gateway.openapi.examples import Json
from gateway.rows import ALL_OPERATIONS


@cache
def whole_document() -> Json:
    """Made once."""
    return document(__version__, ALL_OPERATIONS, ROWS)
