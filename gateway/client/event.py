"""An event as it came. Each type of the interface has a class of its own in `event_types`."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar


@dataclass(frozen=True)
class Event:
    """`type` is the name on the wire, `generated_ms` when it was made (ms since the epoch), 0 where nothing tells it.

    `content` is what the class of the type says: an object with the names of the wire, a call id, or None. It is
    handed on as it came: a gateway of another make may send less.
    """

    type_name: ClassVar[str] = ""

    type: str
    work_no: str
    generated_ms: int
    content: Any

    def __init_subclass__(cls, *, type_name: str) -> None:
        super().__init_subclass__()
        cls.type_name = type_name

    @property
    def call_id(self) -> str:
        """The call that the event is about; "" for none."""
        if isinstance(self.content, Mapping):
            return str(self.content.get("callid") or self.content.get("callId") or "")
        return self.content if isinstance(self.content, str) else ""
