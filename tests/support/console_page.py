"""The console in a browser: its page, and what an operator does there."""

import json
from dataclasses import dataclass
from pathlib import Path

from tests.support.admin import TOKEN
from tests.support.browser import Browser, Page
from tests.support.desk import Desk
from tests.support.gateway import PASSWORD

READER = "a-token-of-the-help-desk"
WARNED_S = 120.0
PAGES = ("overview", "sessions", "agents/101", "adoption", "lockouts", "nodes", "settings")


@dataclass
class Site:
    """A gateway with its console; `tokens` is the file of the named ones."""

    port: int
    admin_port: int
    tokens: Path

    def desk(self, agent_id: int) -> Desk:
        return Desk(self.port, agent_id, PASSWORD)


async def opened(browser: Browser, port: int) -> Page:
    """The page, without anybody signed in."""
    page = await browser.page(f"http://127.0.0.1:{port}/console")
    await page.until("document.body && document.body.dataset.ready")
    return page


async def signed_in(browser: Browser, port: int, token: str = TOKEN) -> Page:
    page = await opened(browser, port)
    await page.run("document.getElementById('token').focus()")
    await page.write(token)
    await page.key("Enter")
    await page.until("document.body.dataset.shown === 'overview'")
    return page


async def go(page: Page, name: str) -> None:
    """Shows a page of the console, and waits until it is filled."""
    await page.run(f"delete document.body.dataset.shown; location.hash = {json.dumps('#/' + name)}")
    await page.until("document.body.dataset.shown")


async def says(page: Page, text: str, where: str = "document.body") -> None:
    await page.until(f"{where}?.innerText.includes({json.dumps(text)})")


async def has_no_more(page: Page, text: str, where: str = "document.body") -> None:
    await page.until(f"!{where}?.innerText.includes({json.dumps(text)})")


async def press(page: Page, words: str) -> None:
    """The button that says this."""
    await page.until(f"[...document.querySelectorAll('button')].some((one) => one.textContent === {json.dumps(words)})")
    await page.run(
        f"[...document.querySelectorAll('button')].find((one) => one.textContent === {json.dumps(words)}).click()"
    )


async def confirm(page: Page, question: str) -> None:
    await says(page, question, "document.getElementById('ask')")
    await page.click("#ask-yes")
