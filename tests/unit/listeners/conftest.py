"""Listeners are tested on each event loop."""

import asyncio
from collections.abc import Callable, Mapping

from tests.unit.listeners.loops import LOOPS


def pytest_asyncio_loop_factories() -> Mapping[str, Callable[[], asyncio.AbstractEventLoop]]:
    return LOOPS
