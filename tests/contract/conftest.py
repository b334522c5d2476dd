"""What is promised of connections holds on each event loop."""

import asyncio
from collections.abc import Callable, Mapping

import pytest

from tests.unit.listeners.loops import LOOPS


def pytest_asyncio_loop_factories(item: pytest.Item) -> Mapping[str, Callable[[], asyncio.AbstractEventLoop]]:
    return LOOPS if "test_listeners_" in item.nodeid else {"asyncio": asyncio.new_event_loop}
