"""One browser for all tests of a process; each has cookies and storage of its own."""

from collections.abc import AsyncIterator, Iterator

import pytest

from tests.support.browser import Browser, attached, chromium


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
