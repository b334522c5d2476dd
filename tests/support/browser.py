"""A headless Chromium for tests, steered by its DevTools protocol."""

import asyncio
import base64
import contextlib
import itertools
import json
import os
import re
import shutil
import subprocess
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any, Final

import aiohttp
import pytest

CHROMIUM: Final = next(
    (path for name in ("chromium", "chromium-browser", "google-chrome", "chrome") if (path := shutil.which(name))), None
)
needs_chromium = pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this machine: scripts/needs")
AXE: Final = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
needs_axe = pytest.mark.skipif(not AXE.exists(), reason="no node_modules/axe-core: scripts/needs")
WITHIN_S: Final = 30.0
STARTS_WITHIN_S: Final = 60.0
_LISTENING: Final = re.compile(rb"DevTools listening on (ws://\S+)")
_SWITCHES: Final = (
    "--headless=new",
    "--remote-debugging-port=0",
    "--no-first-run",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-extensions",
    "--disable-background-networking",
    "--disable-component-update",
    "--window-size=1440,1000",
)
KEYS: Final = {"Tab": (9, ""), "Enter": (13, "\r"), " ": (32, " "), "ArrowDown": (40, ""), "Escape": (27, "")}
"""Virtual key codes, and the text that the key types."""


class Page:
    """One tab. `problems` are errors and warnings of its console, exceptions, and what its policy refused."""

    def __init__(self, browser: "Browser", session: str) -> None:
        self._browser = browser
        self._session = session
        self.problems: list[str] = []
        self._shows_another = asyncio.Event()
        browser.pages[session] = self

    async def send(self, method: str, **parameters: object) -> dict[str, Any]:
        return await self._browser.send(method, self._session, **parameters)

    async def open(self, url: str) -> None:
        for domain in ("Page", "Runtime", "Log", "Network"):
            await self.send(f"{domain}.enable")
        await self.send("Page.navigate", url=url)

    async def reload(self) -> None:
        """Loads the page anew, and returns once nothing is asked of the one before any more."""
        self._shows_another.clear()
        await self.send("Page.reload")
        async with asyncio.timeout(WITHIN_S):
            await self._shows_another.wait()

    async def run(self, script: str) -> Any:
        """The value of an expression in the page, awaited."""
        answer = await self.send("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in answer:
            raise AssertionError(answer["exceptionDetails"]["exception"].get("description", answer))
        return answer["result"].get("value")

    async def until(self, script: str) -> None:
        """Returns as soon as the expression is true. Raises TimeoutError with what the page says."""
        try:
            async with asyncio.timeout(WITHIN_S):
                while not await self.run(f"Boolean({script})"):  # noqa: ASYNC110 - it is in another process
                    await asyncio.sleep(0.02)
        except TimeoutError:
            raise TimeoutError(f"never {script}; the page: {await self.run('document.body.innerText')}") from None

    async def prefers(self, scheme: str) -> None:
        """As for somebody who set the system to `light` or `dark`."""
        await self.send("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])

    async def key(self, key: str, *, shift: bool = False) -> None:
        """Presses one key of KEYS."""
        code, text = KEYS[key]
        pressed = {"key": key, "code": key, "windowsVirtualKeyCode": code, "modifiers": 8 if shift else 0}
        kind = {"type": "keyDown", "text": text} if text else {"type": "rawKeyDown"}
        await self.send("Input.dispatchKeyEvent", **kind, **pressed)
        await self.send("Input.dispatchKeyEvent", type="keyUp", **pressed)

    async def write(self, text: str) -> None:
        """Types where the focus is."""
        await self.send("Input.insertText", text=text)

    async def click(self, selector: str) -> None:
        await self.run(f"document.querySelector({json.dumps(selector)}).click()")

    async def picture(self) -> bytes:
        """A screenshot, as PNG."""
        answer = await self.send("Page.captureScreenshot", format="png")
        return base64.b64decode(answer["data"])

    def note(self, method: str, told: dict[str, Any]) -> None:
        """Keeps what went wrong in the page, and that it shows another document."""
        if method == "Page.frameNavigated" and "parentId" not in told["frame"]:
            self._shows_another.set()
        elif method == "Runtime.exceptionThrown":
            self.problems.append(json.dumps(told["exceptionDetails"]))
        elif method == "Runtime.consoleAPICalled" and told["type"] in {"error", "warning", "assert"}:
            self.problems.append(json.dumps(told["args"]))
        elif method == "Log.entryAdded" and told["entry"]["level"] in {"error", "warning"}:
            self.problems.append(f"{told['entry']['text']} {told['entry'].get('url', '')}")


class Browser:
    """A running browser; `pages` are its tabs by session of the protocol."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self.pages: dict[str, Page] = {}
        self.context = ""
        self._socket = socket
        self._numbers = itertools.count(1)
        self._waiting: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self.reading = asyncio.create_task(self._read())

    async def page(self, url: str) -> Page:
        """A new tab."""
        target = await self.send("Target.createTarget", url="about:blank", browserContextId=self.context)
        attached = await self.send("Target.attachToTarget", targetId=target["targetId"], flatten=True)
        page = Page(self, attached["sessionId"])
        await page.open(url)
        return page

    async def send(self, method: str, session: str = "", **parameters: object) -> dict[str, Any]:
        number = next(self._numbers)
        answered = self._waiting[number] = asyncio.get_running_loop().create_future()
        message = {"id": number, "method": method, "params": parameters}
        await self._socket.send_json({**message, "sessionId": session} if session else message)
        async with asyncio.timeout(WITHIN_S):
            told: dict[str, Any] = await answered
            return told

    async def _read(self) -> None:
        async for message in self._socket:
            told = json.loads(message.data)
            waiting = self._waiting.pop(told.get("id", 0), None)
            if waiting is not None and not waiting.done():
                if "error" in told:
                    waiting.set_exception(AssertionError(told["error"]["message"]))
                else:
                    waiting.set_result(told["result"])
            elif told.get("sessionId") in self.pages:
                self.pages[told["sessionId"]].note(told.get("method", ""), told.get("params", {}))


@contextlib.contextmanager
def chromium(folder: Path) -> Iterator[str]:
    """A running browser with its profile in `folder`: the address of its DevTools."""
    # In containers tests run as root, where the sandbox cannot be.
    switches = [*_SWITCHES, *(["--no-sandbox"] if os.geteuid() == 0 else []), f"--user-data-dir={folder}"]
    log = folder.with_suffix(".log")
    with log.open("wb") as sink:
        process = subprocess.Popen([str(CHROMIUM), *switches, "about:blank"], stdout=subprocess.DEVNULL, stderr=sink)
    try:
        latest_s = time.monotonic() + STARTS_WITHIN_S
        while (found := _LISTENING.search(log.read_bytes())) is None:
            assert process.poll() is None, "the browser ended"
            assert time.monotonic() < latest_s, "the browser does not start"
            time.sleep(0.05)
        yield found[1].decode()
    finally:
        process.terminate()
        process.wait()


@contextlib.asynccontextmanager
async def attached(address: str) -> AsyncIterator[Browser]:
    """That browser, with cookies and storage of its own."""
    async with aiohttp.ClientSession() as client, client.ws_connect(address, max_msg_size=0) as socket:
        browser = Browser(socket)
        try:
            browser.context = (await browser.send("Target.createBrowserContext"))["browserContextId"]
            yield browser
            await browser.send("Target.disposeBrowserContext", browserContextId=browser.context)
        finally:
            browser.reading.cancel()
            await asyncio.gather(browser.reading, return_exceptions=True)


CONTRAST: Final = """(() => {
  const canvas = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  const rgba = (css) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = css;
    canvas.fillRect(0, 0, 1, 1);
    return canvas.getImageData(0, 0, 1, 1).data;
  };
  const light = (css) => {
    const part = (one) => ((one /= 255) <= 0.04045 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4);
    const [red, green, blue] = rgba(css);
    return 0.2126 * part(red) + 0.7152 * part(green) + 0.0722 * part(blue);
  };
  const ground = (element) => {
    for (; element; element = element.parentElement) {
      const css = getComputedStyle(element).backgroundColor;
      if (rgba(css)[3] === 255) return css;
    }
    return "white";
  };
  const found = [];
  for (const element of document.querySelectorAll("body *")) {
    const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
    if (!own || !element.checkVisibility() || element.matches("[aria-disabled=true], .hear, .skip")) continue;
    const [one, other] = [light(getComputedStyle(element).color), light(ground(element))].sort((a, b) => b - a);
    const ratio = (one + 0.05) / (other + 0.05);
    if (ratio < 4.5) found.push(`${element.outerHTML.slice(0, 80)} ${ratio.toFixed(2)}`);
  }
  return found;
})()"""
"""What is written with too little contrast to its ground."""
NEED_NAMES: Final = {
    "button",
    "checkbox",
    "textbox",
    "combobox",
    "region",
    "list",
    "progressbar",
    "link",
    "searchbox",
}


async def named(page: Page) -> list[tuple[str, str]]:
    """Role and name of everything in the tree that a screen reader reads."""
    await page.send("Accessibility.enable")
    tree: list[dict[str, Any]] = (await page.send("Accessibility.getFullAXTree"))["nodes"]
    return [
        (node["role"]["value"], node.get("name", {}).get("value", ""))
        for node in tree
        if not node["ignored"] and "role" in node
    ]


async def must_be_named(page: Page) -> list[tuple[str, str]]:
    """As `named`; fails where something that needs a name has none, or two elements have one id."""
    parts = await named(page)
    assert [role for role, said in parts if role in NEED_NAMES and not said] == []
    ids = await page.run("[...document.querySelectorAll('[id]')].map((one) => one.id)")
    assert len(ids) == len(set(ids))
    return parts


async def axe_findings(page: Page) -> list[list[str]]:
    """What axe finds: the rule, and each element."""
    if not await page.run("'axe' in window"):
        await page.run(await asyncio.to_thread(AXE.read_text, "utf-8") + "; 0")
    found: list[list[str]] = await page.run(
        "axe.run().then((told) => told.violations.map(({id, nodes}) => [id, ...nodes.map((n) => n.html)]))"
    )
    return found
