"""The console for who has no mouse, sees little, or has it read to them (docs/console.md)."""

import json

import pytest

from gateway.admin import console_sessions
from tests.support.browser import CONTRAST, Browser, Page, axe_findings, must_be_named, needs_axe, needs_chromium
from tests.support.console_page import PAGES, WARNED_S, Site, go, press, says, signed_in

pytestmark = needs_chromium


async def test_the_keyboard_is_enough(browser: Browser, site: Site) -> None:
    desk = site.desk(101)
    await desk.sign_in()
    page = await signed_in(browser, site.admin_port)

    async def to(selector: str) -> None:
        for _ in range(60):
            if await page.run(f"document.activeElement.matches({json.dumps(selector)})"):
                return
            await page.key("Tab")
        raise AssertionError(f"{selector} is not reached by Tab")

    await to("nav [data-page=sessions]")
    await page.key("Enter")
    await page.until("document.body.dataset.shown === 'sessions'")
    await to("[data-key=end-101]")
    await page.key("Enter")
    await page.until("document.activeElement.id === 'ask-no'")
    await page.key("Escape")
    await page.until("document.activeElement.dataset.key === 'end-101'")
    await page.key("Enter")
    await to("#ask-yes")
    await page.key("Enter")
    await says(page, "No session is like that.")
    assert (await desk.status()).retcode == "100-006"
    assert page.problems == []


async def furnished(browser: Browser, site: Site) -> Page:
    """The page of a site where every list has something."""
    await site.desk(101).sign_in()
    await site.desk(101).sign_in(force=True)
    for _ in range(5):
        await site.desk(102).sign_in(password="wrong")
    return await signed_in(browser, site.admin_port)


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_everything_can_be_read_by_eye(browser: Browser, site: Site, scheme: str) -> None:
    page = await furnished(browser, site)
    await page.prefers(scheme)
    found = {}
    for name in PAGES:
        await go(page, name)
        found[name] = await page.run(CONTRAST)
    assert found == {name: [] for name in PAGES}


async def test_everything_has_a_name_for_a_screen_reader(browser: Browser, site: Site) -> None:
    page = await furnished(browser, site)
    for name in PAGES:
        await go(page, name)
        parts = await must_be_named(page)
        assert {"banner", "main", "navigation", "status", "heading"} <= {role for role, _ in parts}


@needs_axe
@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_axe_finds_nothing(browser: Browser, site: Site, scheme: str, monkeypatch: pytest.MonkeyPatch) -> None:
    page = await furnished(browser, site)
    await page.prefers(scheme)
    found = {}
    for name in PAGES:
        await go(page, name)
        found[name] = await axe_findings(page)
    await go(page, "sessions")
    await press(page, "End the session of agent 101")
    found["question"] = await axe_findings(page)
    await page.click("#ask-no")
    monkeypatch.setattr(console_sessions, "IDLE_S", WARNED_S - 5)
    await page.run("import('/console/staying.js').then((staying) => staying.start())")
    await says(page, "This session ends", "document.getElementById('ending')")
    found["warning"] = [*await axe_findings(page), *await page.run(CONTRAST)]
    await page.click("#sign-out")
    await page.until("!document.getElementById('sign-in').hidden")
    found["sign-in"] = await axe_findings(page)
    assert {name: problems for name, problems in found.items() if problems} == {}
