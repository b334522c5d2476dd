"""One browser for all tests of a process; each has cookies and storage of its own. And a console to look at."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from pathlib import Path

import pytest

from gateway.server import running
from gateway.settings.load import load
from tests.support.admin import token_file
from tests.support.browser import Browser, attached, chromium
from tests.support.console_page import READER, Site
from tests.support.gateway import CONFIG, DEMO
from tests.support.servers import free_port


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


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[Site]:
    """A gateway with its console, of which the reader's token is in a file."""
    port, tokens = free_port(), tmp_path / "admin.tokens"
    await asyncio.to_thread(tokens.touch, 0o600)
    await asyncio.to_thread(tokens.write_text, f"desk read {READER}\n")
    site = Site(free_port(), port, tokens)
    overrides = {
        **DEMO,
        "HTTP_PORT": str(site.port),
        "HTTPS_PORT": "0",
        "ADMIN_PORT": str(port),
        "ADMIN_TOKEN_FILE": str(token_file(tmp_path)),
        "ADMIN_TOKENS_FILE": str(tokens),
        "AUDIT_FILE": str(tmp_path / "audit.jsonl"),
        "AGENT_POLL_WAIT_FLAG": "OFF",
        "DRAIN_TIME": "0",
    }
    async with running(load(CONFIG, overrides)):
        yield site
