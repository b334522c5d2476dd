"""The audit trail: one log line for what concerns an agent's session or a token. No secret, no GUID."""

import logging

_LOG = logging.getLogger("gateway.audit")


def record(what: str, agent_id: int | None = None, **facts: object) -> None:
    """Writes one line: what happened, to which agent if to any, and facts as `name=value`."""
    told = facts if agent_id is None else {"agent": agent_id, **facts}
    _LOG.info("%s%s", what, "".join(f" {name}={_plain(value)}" for name, value in told.items()))


def _plain(value: object) -> str:
    text = str(value)[:120]
    return text if text.isascii() and text.isprintable() and " " not in text else ascii(text)
