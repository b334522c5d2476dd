"""The desk page in a browser, as an integrator uses it (docs/desk.md)."""

import asyncio
import itertools
import json
import signal
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from gateway.sessions.guid import new_secret_line
from tests.support.browser import (
    CONTRAST,
    Browser,
    Page,
    axe_findings,
    must_be_named,
    needs_axe,
    needs_chromium,
)
from tests.support.gateway import GatewayProcess, running_gateway, start_process
from tests.support.servers import Server

pytestmark = needs_chromium
TALKING = "document.querySelector('.call[data-stage=talking]')"
RINGING = "document.querySelector('.call[data-stage=ringing]')"
NO_CALL = "!document.querySelector('.call')"


async def opened(browser: Browser, port: int) -> Page:
    page = await browser.page(f"http://127.0.0.1:{port}/desk")
    await page.until("document.body && document.body.dataset.ready")
    return page


async def signed_in(browser: Browser, port: int, agent_id: int = 101) -> Page:
    page = await opened(browser, port)
    await choose(page, "agent", agent_id)
    await page.click("#sign-in-button")
    await in_state(page, "idle")
    return page


async def choose(page: Page, field: str, value: object) -> None:
    element = f"document.getElementById({json.dumps(field)})"
    await page.run(f"{element}.value = {json.dumps(str(value))}; {element}.dispatchEvent(new Event('change'))")


async def in_state(page: Page, state: str) -> None:
    await page.until(f"document.getElementById('state').textContent === {json.dumps(state)}")


async def event(page: Page, kind: str) -> None:
    await page.until(f"[...document.querySelectorAll('#events b')].some((b) => b.textContent === {json.dumps(kind)})")


async def says(page: Page, text: str) -> None:
    await page.until(
        f"['said', 'news'].some((id) => document.getElementById(id).textContent.includes({json.dumps(text)}))"
    )


@asynccontextmanager
async def started(
    folder: Path, overrides: Mapping[str, str] | None = None, port: int = 0
) -> AsyncIterator[GatewayProcess]:
    running = await start_process(folder, overrides, port=port)
    try:
        yield running
    finally:
        if running.process.returncode is None:
            await running.end()


async def test_an_agent_takes_a_call_of_the_customer_and_ends_it(browser: Browser) -> None:
    async with running_gateway() as gateway:
        page = await signed_in(browser, gateway.port)
        await page.click("#customer-calls")
        await page.until(RINGING)
        await says(page, "A call from 13800000000 rings.")
        await page.click("[data-do=answer]")
        await page.until(TALKING)
        await says(page, "Talking with 13800000000.")
        await in_state(page, "in a call")
        await page.click("[data-do=hold]")
        await page.until("document.querySelector('.call[data-stage=held]')")
        await page.click("[data-do=takeBack]")
        await page.until(TALKING)
        await page.click("[data-do=hangUp]")
        await page.until(NO_CALL)
        await in_state(page, "idle")
        await page.click("#customer-calls")
        await page.until(RINGING)
        await page.click("#customer-leaves")
        await page.until(NO_CALL)
        await page.click("#customer-leaves")
        await says(page, "refused, 100-009")
        await page.click("#sign-out")
        await page.until("!document.getElementById('sign-in').hidden")
        assert page.problems == []


async def test_two_agents_consult_join_transfer_and_chat(browser: Browser) -> None:
    async with running_gateway() as gateway:
        first, second = await signed_in(browser, gateway.port), await signed_in(browser, gateway.port, 102)
        await first.click("#customer-calls")
        await first.until(RINGING)
        await first.click("[data-do=answer]")
        await first.until(TALKING)
        await first.click("[data-do=consult]")
        await second.until(RINGING)
        await second.click("[data-do=answer]")
        await second.until(TALKING)
        await first.until(f"{TALKING} && document.querySelector('.call[data-stage=held]')")
        await first.click("[data-do=conference]")
        await second.until("document.querySelector('.call[data-stage=conference]')")
        await first.click("[data-do=hangUp]")
        await first.until(NO_CALL)
        await second.until(TALKING)
        await choose(second, "target", 101)
        await second.click("[data-do=transfer]")
        await first.until(RINGING)
        await first.click("[data-do=answer]")
        await first.until(TALKING)
        await second.until(NO_CALL)
        await first.click("#customer-leaves")
        await first.until(NO_CALL)

        await first.click("#chat-start")
        await second.until("document.querySelector('.chat .main')")
        await second.click(".chat .main")
        await first.until("document.querySelector('.chat form')")
        await first.run("document.querySelector('.chat input').focus()")
        await first.write("have you got a minute?")
        await first.key("Enter")
        await second.until("document.querySelector('.chat li')?.textContent.includes('have you got a minute?')")
        assert [first.problems, second.problems] == [[], []]


async def test_states_and_calls_out(browser: Browser) -> None:
    async with running_gateway() as gateway:
        page = await signed_in(browser, gateway.port)
        for state in ("busy", "wrap-up", "rest", "idle", "wrap-up", "idle"):
            await page.click(f"[data-state={state}]")
            await in_state(page, state)
            assert await page.run(f"document.querySelector('[data-state={state}]').ariaPressed") == "true"
        await choose(page, "target-kind", "number")
        await choose(page, "target", "13811110000")
        await page.click("[data-do=callOut]")
        await page.until(TALKING)
        await page.click("[data-do=hangUp]")
        await in_state(page, "idle")
        await choose(page, "target", "110")
        await page.click("[data-do=callOut]")
        await says(page, "refused, 200-001")
        assert page.problems == []


async def test_a_new_guid_is_used_while_the_page_stays_open(browser: Browser) -> None:
    async with running_gateway(
        {"GUIDINTERVAL": "1500", "GUIDTIMEOUT": "6000", "AGENT_POLL_WAIT_TIMES": "10"}
    ) as gateway:
        page = await signed_in(browser, gateway.port)
        await page.run("document.getElementById('secrets').click()")
        await page.until("document.querySelectorAll('#guids li').length > 3")
        await event(page, "GUID replaced")
        shown = await page.run("document.querySelector('#guids li[data-now] code').textContent")
        desk = gateway.desk(101)
        assert (await desk.status(guid=shown)).retcode == "0"
        oldest = await page.run("document.querySelector('#guids li:last-child code').textContent")
        assert oldest != shown
        await page.click("[data-state=busy]")
        await in_state(page, "busy")
        await page.click("#customer-calls")
        await says(page, "Customer calls: done.")
        words = await page.run("[...document.querySelectorAll('#guids li span')].map((span) => span.textContent)")
        assert "current" in words[0]
        assert all("replaced" in word for word in words[1:])
        assert page.problems == []


@pytest.fixture
def kept(server: Server, tmp_path: Path) -> dict[str, str]:
    """Settings of a gateway whose sessions outlive it."""
    secret = tmp_path / "guid.secret"
    return {"REDIS_URL": server.url, "STORE_TAG": f"desk-{tmp_path.name}", "GUID_SECRET_FILE": str(secret)}


async def test_the_session_outlives_a_restart(browser: Browser, tmp_path: Path, kept: dict[str, str]) -> None:
    secret = Path(kept["GUID_SECRET_FILE"])
    await asyncio.to_thread(secret.touch, 0o600)
    await asyncio.to_thread(secret.write_text, f"{new_secret_line('k1')}\n")
    async with started(tmp_path, kept) as first:
        page = await signed_in(browser, first.port)
        await page.click("#customer-calls")
        await page.until(RINGING)
        await page.click("[data-do=answer]")
        await page.until(TALKING)
        await first.end(signal.SIGKILL)
        await event(page, "Interrupted")
    async with started(tmp_path, kept, port=first.port):
        await page.until(NO_CALL)
        await page.until("document.getElementById('link').dataset.kind === 'good'")
        await page.click("[data-state=busy]")
        await in_state(page, "busy")
        await page.click("#sign-out")
        await page.until("!document.getElementById('sign-in').hidden")


async def test_where_a_restart_signs_out_the_page_says_so_and_signs_in_again(browser: Browser, tmp_path: Path) -> None:
    async with started(tmp_path) as first:
        page = await signed_in(browser, first.port)
    async with started(tmp_path, port=first.port):
        await page.until("!document.getElementById('sign-in').hidden")
        await says(page, "The session is over: 100-006")
        await page.click("#sign-in-button")
        await in_state(page, "idle")


async def test_who_is_signed_in_elsewhere_is_taken_over(browser: Browser) -> None:
    async with running_gateway() as gateway:
        former = await signed_in(browser, gateway.port)
        page = await opened(browser, gateway.port)
        await page.click("#sign-in-button")
        await says(page, "100-002")
        await page.click("#force")
        await page.click("#sign-in-button")
        await in_state(page, "idle")
        await says(former, "by force")
        assert [former.problems, page.problems] == [[], []]


async def test_the_keyboard_is_enough(browser: Browser) -> None:
    async with running_gateway() as gateway:
        page = await opened(browser, gateway.port)

        async def to(selector: str) -> None:
            for _ in range(80):
                if await page.run(f"document.activeElement.matches({json.dumps(selector)})"):
                    return
                await page.key("Tab")
            raise AssertionError(f"{selector} is not reached by Tab")

        await to("#sign-in-button")
        await page.key("Enter")
        await in_state(page, "idle")
        assert await page.run("document.activeElement.id") == "sign-out"
        await to("#customer-calls")
        await page.key("Enter")
        await page.until(RINGING)
        assert await page.run("document.activeElement.id") == "customer-calls"
        await to("[data-do=answer]")
        await page.key(" ")
        await page.until(TALKING)
        assert await page.run("document.activeElement.dataset.do") == "answer"
        await to("[data-do=hangUp]")
        await page.key(" ")
        await page.until(NO_CALL)
        await to(".exchange summary")
        await page.key("Enter")
        await page.until("document.querySelector('.exchange details[open] button')")
        await to(".exchange details[open] button")
        assert await page.run("document.activeElement.textContent") == "curl"
        await to("#sign-out")
        await page.key("Enter")
        await page.until("!document.getElementById('sign-in').hidden")
        assert await page.run("document.activeElement.id") == "sign-in-button"
        assert page.problems == []


async def test_a_request_is_shown_and_copied_without_secrets(browser: Browser) -> None:
    async with running_gateway() as gateway:
        page = await signed_in(browser, gateway.port)
        await page.run(
            "Object.defineProperty(navigator, 'clipboard',"
            " {value: {writeText: async (text) => { window.copied = text; }}})"
        )
        await page.run(
            "[...document.querySelectorAll('.exchange summary')].find((one) => one.textContent.includes('PUT')).click()"
        )
        await page.until("document.querySelectorAll('.exchange details[open] pre').length === 2")
        shown = await page.run("document.querySelector('.exchange details[open]').innerText")
        assert "HTTP 200" in shown
        assert "••••••" in shown
        assert "Welcome-Desk7" not in shown
        for language, sign in {
            "curl": "$PASSWORD",
            "Python": "os.environ",
            "JavaScript": "process.env",
            "Java": "getenv",
        }.items():
            await page.run(
                "[...document.querySelectorAll('.exchange details[open] button')]"
                f".find((one) => one.textContent === {json.dumps(language)}).click()"
            )
            await page.until(f"window.copied?.includes({json.dumps(sign)})")
            assert "Welcome-Desk7" not in await page.run("window.copied")
        await page.click("#secrets")
        await page.until("!document.querySelector('#guids code').textContent.includes('…')")


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_everything_can_be_read_by_eye(browser: Browser, scheme: str) -> None:
    async with running_gateway() as gateway:
        page = await opened(browser, gateway.port)
        await page.prefers(scheme)
        assert await page.run(CONTRAST) == []
        await page.click("#sign-in-button")
        await in_state(page, "idle")
        await page.click("#customer-calls")
        await page.until(RINGING)
        await page.click("[data-do=answer]")
        await page.until(TALKING)
        await page.click(".exchange summary")
        await page.until("document.querySelector('.exchange details[open] pre')")
        assert await page.run(CONTRAST) == []


async def test_everything_has_a_name_for_a_screen_reader(browser: Browser) -> None:
    async with running_gateway() as gateway:
        page = await opened(browser, gateway.port)
        for signed in (False, True):
            if signed:
                await page.click("#sign-in-button")
                await in_state(page, "idle")
                await page.click(".exchange summary")
                await page.until("document.querySelector('.exchange details[open] pre')")
            parts = await must_be_named(page)
            assert await page.run("[...document.querySelectorAll('[role=group]')].every((one) => one.ariaLabel)")
            roles = {role for role, _ in parts}
            assert {"banner", "main", "region", "status", "heading"} <= roles
            for region in ("Agent", "Calls", "Simulated customer", "Chat", "GUID", "Events", "Requests and answers"):
                assert ("region", region) in parts
        levels = await page.run("[...document.querySelectorAll('h1,h2,h3')].map((one) => Number(one.tagName[1]))")
        assert all(after - before <= 1 for before, after in itertools.pairwise(levels))


@needs_axe
@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_axe_finds_nothing(browser: Browser, scheme: str) -> None:
    async with running_gateway() as gateway:
        page = await opened(browser, gateway.port)
        await page.prefers(scheme)
        assert await axe_findings(page) == []
        await page.click("#sign-in-button")
        await in_state(page, "idle")
        await page.click("#customer-calls")
        await page.until(RINGING)
        await page.click(".exchange summary")
        await page.until("document.querySelector('.exchange details[open] pre')")
        assert await axe_findings(page) == []
