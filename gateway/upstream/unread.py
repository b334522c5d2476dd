"""What the kernel knows of a connection to the service behind that nobody has read yet. A call of the system each.

See docs/design/service_link.md, An answer too many.
"""

import select
import struct
import sys
from typing import Any, Final

from gateway.settings.operating_system import fcntl, termios

_LINUX: Final = sys.platform == "linux"
_POLL: Final[Any] = getattr(select, "poll", None)
_NUMBER: Final = struct.Struct("i")
_NO_NUMBER: Final = bytes(_NUMBER.size)


def stands_unread(descriptor: int) -> bool:
    """Whether something has arrived that was not read: bytes, the end, or a reset."""
    if _POLL is None:
        return bool(select.select([descriptor], [], [], 0)[0])
    poll = _POLL()
    poll.register(descriptor, select.POLLIN)
    return bool(poll.poll(0))


def unacknowledged(descriptor: int) -> int:
    """So many bytes that were sent are not acknowledged by the peer's kernel; 0 where the system does not tell."""
    if not _LINUX or fcntl is None or termios is None:
        return 0
    try:
        return int(_NUMBER.unpack(fcntl.ioctl(descriptor, termios.TIOCOUTQ, _NO_NUMBER))[0])
    except OSError:
        return 0
