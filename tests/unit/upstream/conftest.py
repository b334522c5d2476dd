"""The connection to the service behind is tested on each event loop."""

import asyncio
from collections.abc import Callable, Mapping

import pytest

from tests.unit.listeners.loops import LOOPS


def pytest_asyncio_loop_factories(item: pytest.Item) -> Mapping[str, Callable[[], asyncio.AbstractEventLoop]]:
    return LOOPS if item.path.stem.startswith("test_service_link") else {"asyncio": LOOPS["asyncio"]}
