"""The audit trail: one log line for what concerns an agent's session. No secret, no GUID."""

import logging

_LOG = logging.getLogger("gateway.audit")


def record(what: str, agent_id: int, **facts: object) -> None:
    """Writes one line: what happened, to which agent, and facts as `name=value`."""
    _LOG.info("%s agent=%d%s", what, agent_id, "".join(f" {name}={_plain(value)}" for name, value in facts.items()))


def _plain(value: object) -> str:
    text = str(value)[:120]
    return text if text.isascii() and text.isprintable() and " " not in text else ascii(text)
