"""An operation as tests of what is behind the seam ask for it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from gateway.backend import Message, Upstream
from gateway.interface.operation import Operation


@dataclass(frozen=True, slots=True)
class AskedOperation:
    """A `backend.OperationRequest`; its body is that of `message`."""

    operation: Operation
    agent_id: int
    session_id: str
    message: Message
    values: Mapping[str, str] = field(default_factory=dict)
    upstream: Upstream | None = None

    @property
    def body(self) -> bytes:
        """As the edge has encoded it."""
        return self.message.body
