"""The reference page in a browser: it finds an operation, sends it, and takes the GUID that an answer hands out."""

from tests.support.browser import Browser, Page, needs_chromium
from tests.support.gateway import running_gateway

pytestmark = needs_chromium
SHOWN = "[...document.querySelectorAll('details')].filter((d) => d.checkVisibility())"


async def find(page: Page, words: str, path: str) -> None:
    """Opens the operation of this path."""
    await page.run(f"document.getElementById('find').value = '{words}'")
    await page.run("document.getElementById('find').dispatchEvent(new Event('input'))")
    await page.until(f"{SHOWN}.length < 20")
    await page.run(f"{SHOWN}.find((d) => d.querySelector('code').textContent === '{path}').open = true")
    await page.until("document.querySelector('details[open] form')")


async def sends(page: Page, words: str) -> None:
    """Sends the operation that is open, and sees these words in its answer."""
    await page.run("document.querySelector('details[open] form').requestSubmit()")
    await page.until(f"document.querySelector('details[open] form pre').textContent.includes('{words}')")
    await page.run("document.querySelector('details[open]').open = false")


async def test_an_operation_is_found_and_sent_with_the_guid_of_the_sign_in(browser: Browser) -> None:
    async with running_gateway() as gateway:
        page = await browser.page(f"http://127.0.0.1:{gateway.port}/desk/reference")
        await page.until("document.querySelectorAll('details').length > 250")
        await find(page, "put login", "onlineagent/{agentid}")
        await sends(page, '"workno":"101"')
        await page.until("document.getElementById('guid').value.includes('.')")
        await find(page, "agentstatus", "onlineagent/{agentid}/agentstatus")
        await sends(page, '"agentState":4')
        assert page.problems == []


async def test_events_are_shown_with_their_members(browser: Browser) -> None:
    async with running_gateway() as gateway:
        page = await browser.page(f"http://127.0.0.1:{gateway.port}/desk/reference")
        await page.until("document.querySelectorAll('details').length > 250")
        await page.run("document.getElementById('find').value = 'AgentEvent_Ringing'")
        await page.run("document.getElementById('find').dispatchEvent(new Event('input'))")
        await page.until(f"{SHOWN}.length === 1")
        await page.run(f"{SHOWN}[0].open = true")
        await page.until("document.querySelector('details[open]').textContent.includes('callid')")
        assert page.problems == []
