"""Both event loops that a gateway may run on, for tests that are to pass on either."""

import asyncio
from collections.abc import Callable, Mapping
from importlib.util import find_spec

LOOPS: Mapping[str, Callable[[], asyncio.AbstractEventLoop]] = {"asyncio": asyncio.new_event_loop}
if find_spec("uvloop"):
    import uvloop

    LOOPS = {**LOOPS, "uvloop": uvloop.new_event_loop}
