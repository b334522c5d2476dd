"""Times as text."""

from datetime import UTC, datetime


def iso(at_ms: int) -> str:
    """A time in ms since the epoch as ISO 8601 (UTC), with ms."""
    return datetime.fromtimestamp(at_ms / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
