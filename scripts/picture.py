"""Takes docs/desk.png anew: the desk page an agent in a call, a GUID that was replaced, an answer that is open.

`scripts/picture.py [FILE]`. It needs Chromium (scripts/needs), and takes as long as a GUID of the picture lives.
"""

import asyncio
import sys
import tempfile
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Final

from tests.support.browser import Page, attached, chromium
from tests.support.gateway import ROOT, gateway_process

SETTINGS: Final = {"GUIDINTERVAL": "15000", "GUIDTIMEOUT": "40000"}
WIDTH, HEIGHT = 1320, 880
ANSWER: Final = "[...document.querySelectorAll('.exchange summary')].find((one) => one.textContent.includes('answer'))"
STEPS: Final = (
    ("#sign-in-button", "document.querySelectorAll('#guids li').length > 1"),
    ("#customer-calls", "document.querySelector('.call[data-stage=ringing]')"),
    ("[data-do=answer]", "document.querySelector('.call[data-stage=talking]')"),
)
"""What is clicked, and what is then waited for."""


async def taken() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        async with AsyncExitStack() as stack:
            gateway = await stack.enter_async_context(gateway_process(Path(folder), SETTINGS))
            address = stack.enter_context(chromium(Path(folder) / "profile"))
            browser = await stack.enter_async_context(attached(address))
            page = await browser.page(f"http://127.0.0.1:{gateway.port}/desk")
            size = {"width": WIDTH, "height": HEIGHT, "deviceScaleFactor": 1, "mobile": False}
            await page.send("Emulation.setDeviceMetricsOverride", **size)
            await page.until("document.body && document.body.dataset.ready")
            for clicked, waited in STEPS:
                await _click(page, clicked, waited)
            await page.run(f"{ANSWER}.click()")
            await page.until("document.querySelector('.exchange details[open] pre')")
            await page.run("document.querySelector('.exchange details[open]').scrollIntoView({block: 'nearest'})")
            return await page.picture()


async def _click(page: Page, selector: str, until: str) -> None:
    await page.click(selector)
    await page.until(until)


if __name__ == "__main__":
    file = Path(sys.argv[1]) if sys.argv[1:] else ROOT / "docs" / "desk.png"
    file.write_bytes(asyncio.run(taken()))
    print(f"wrote {file}")
