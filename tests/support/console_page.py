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

_HOLD = """(() => {{
  const send = window.fetch.bind(window);
  let held = true;
  window.heldBack = [];
  window.asked = 0;
  window.goOn = () => {{
    held = false;
    for (const go of window.heldBack) go();
  }};
  window.fetch = async (path, options) => {{
    window.asked += path.startsWith({path});
    const answer = await send(path, options);
    if (held && path.startsWith({path})) await new Promise((go) => window.heldBack.push(go));
    return answer;
  }};
}})()"""


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
    await page.until(f"document.body.dataset.shown === {json.dumps(name.partition('/')[0])}")


async def says(page: Page, text: str, where: str = "document.body") -> None:
    await page.until(f"{where}?.innerText.includes({json.dumps(text)})")


async def has_no_more(page: Page, text: str, where: str = "document.body") -> None:
    await page.until(f"!{where}?.innerText.includes({json.dumps(text)})")


async def press(page: Page, words: str) -> None:
    """The button that says this, found and pressed in one go: nothing is drawn anew between them."""
    button = f"[...document.querySelectorAll('button')].find((one) => one.textContent === {json.dumps(words)})"
    await page.until(f"((button) => button && !button.click())({button})")


async def held(page: Page, path: str) -> None:
    """From now on answers to what begins with this path wait: `heldBack` lets one go, `goOn` all, and those to come.

    `asked` tells how many there were.
    """
    await page.run(_HOLD.format(path=json.dumps(path)))


async def confirm(page: Page, question: str) -> None:
    await says(page, question, "document.querySelector('#ask[open]')")
    await page.click("#ask-yes")
