"""Commands as Redis reads them."""

from collections.abc import Callable
from typing import Any, Final, cast

import hiredis

Argument = str | int | float | bytes

pack: Final[Callable[[tuple[Argument, ...]], bytes]] = cast(Any, hiredis.pack_command)
"""One command, with its arguments, in the protocol of Redis."""
