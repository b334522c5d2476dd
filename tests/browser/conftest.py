"""One browser for all tests of a process; each has cookies and storage of its own."""

from collections.abc import AsyncIterator, Iterator, Sequence
from pathlib import Path

import pytest

from tests.support.browser import Browser, attached, chromium


def pytest_collection_modifyitems(items: Sequence[pytest.Item]) -> None:
    """A browser takes more of the machine than all that it looks at: these have a script of their own."""
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker("browser")


@pytest.fixture(scope="session")
def devtools(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the browser's DevTools."""
    with chromium(tmp_path_factory.mktemp("browser") / "profile") as address:
        yield address


@pytest.fixture
async def browser(devtools: str) -> AsyncIterator[Browser]:
    """The browser, as if it had just been started."""
    async with attached(devtools) as made:
        yield made
