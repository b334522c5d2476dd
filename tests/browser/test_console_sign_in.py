"""Signing in to the console in a browser, staying, and who may not get in with it (docs/console.md)."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aiohttp import web

from gateway.admin import console_sessions
from tests.support.admin import TOKEN
from tests.support.browser import WITHIN_S, Browser, named, needs_chromium
from tests.support.console_page import PAGES, READER, WARNED_S, Site, go, opened, press, says, signed_in
from tests.support.waiting import until

pytestmark = needs_chromium
CHANGED = "another-token-of-the-help-desk"
AFTER_A_REFRESH_S = 7.0
"""Longer than a page waits until it brings itself up to date: what it asks for then is no use of the session."""


async def test_who_has_a_token_signs_in_and_out(browser: Browser, site: Site) -> None:
    page = await signed_in(browser, site.admin_port)
    await says(page, "operator (admin)")
    await page.click("#sign-out")
    await page.until("!document.getElementById('sign-in').hidden")
    await page.reload()
    await page.until("document.body?.dataset.ready && !document.getElementById('sign-in').hidden")
    assert page.problems == []


async def test_the_page_keeps_no_token_and_goes_on_after_a_reload(browser: Browser, site: Site) -> None:
    page = await signed_in(browser, site.admin_port)
    kept = await page.run("JSON.stringify([localStorage, sessionStorage, document.cookie])")
    await page.reload()
    await page.until("document.body?.dataset.shown === 'overview'")
    assert TOKEN not in kept
    assert json.loads(kept)[2] == ""


async def test_a_wrong_token_is_told(browser: Browser, site: Site) -> None:
    page = await opened(browser, site.admin_port)
    await page.run("document.getElementById('token').focus()")
    await page.write("guessed-by-somebody")
    await page.key("Enter")
    await says(page, "token: nobody has it")
    assert await page.run("document.getElementById('page').childElementCount") == 0


async def test_who_does_nothing_is_warned_and_may_stay(
    browser: Browser, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(console_sessions, "IDLE_S", WARNED_S + AFTER_A_REFRESH_S)
    page = await signed_in(browser, site.admin_port, READER)
    await go(page, "sessions")
    await says(page, "This session ends in less than two minutes", "document.getElementById('ending')")
    assert "alert" in {role for role, _ in await named(page)}
    await press(page, "Stay signed in")
    await says(page, "You stay signed in.", "document.getElementById('said')")
    assert await page.run("document.getElementById('ending').hidden")
    monkeypatch.setattr(console_sessions, "IDLE_S", 1.0)
    await go(page, "nodes")
    await says(page, "Signed out: nobody used this session")
    assert await page.run("document.getElementById('ending').hidden")


async def test_the_warning_can_be_reached_while_a_question_is_open(
    browser: Browser, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    await site.desk(101).sign_in()
    page = await signed_in(browser, site.admin_port)
    await go(page, "sessions")
    monkeypatch.setattr(console_sessions, "IDLE_S", WARNED_S - 5)
    await press(page, "End all 1 session")
    await page.run("import('/console/staying.js').then((staying) => staying.start())")
    await says(page, "This session ends", "document.getElementById('ask')")
    await page.click("#ask-no")
    await says(page, "This session ends", "document.getElementById('ending-home')")


async def test_a_session_that_gets_too_old_is_told_without_a_button(
    browser: Browser, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(console_sessions, "LONGEST_S", WARNED_S - 5)
    page = await signed_in(browser, site.admin_port)
    await says(page, "as it is 12 hours old then", "document.getElementById('ending')")
    assert await page.run("document.getElementById('stay').hidden")


async def test_the_role_read_has_no_buttons_that_change_things(browser: Browser, site: Site) -> None:
    await site.desk(101).sign_in()
    page = await signed_in(browser, site.admin_port, READER)
    for name in PAGES:
        await go(page, name)
        assert await page.run("document.querySelectorAll('#page button.danger').length") == 0, name
    assert page.problems == []


@pytest.mark.parametrize("line", [f"desk read {CHANGED}", "# nobody"], ids=["changed", "withdrawn"])
async def test_a_changed_token_ends_the_session(browser: Browser, site: Site, line: str) -> None:
    page = await signed_in(browser, site.admin_port, READER)
    await go(page, "nodes")
    await asyncio.to_thread(site.tokens.write_text, f"{line}\n")
    await says(page, "the token of this session was changed or withdrawn")
    assert await page.run("document.getElementById('page').childElementCount") == 0


@asynccontextmanager
async def neighbour() -> AsyncIterator[str]:
    """An empty page on another port of this machine, to which the browser sends the console's cookie too."""

    async def page(_: web.Request) -> web.Response:
        return web.Response(text="<!doctype html><title>of somebody else</title>", content_type="text/html")

    app = web.Application()
    app.add_routes([web.get("/", page)])
    runner = web.AppRunner(app)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/"
    finally:
        await runner.cleanup()


async def test_a_page_on_another_port_changes_nothing(browser: Browser, site: Site) -> None:
    desk = site.desk(101)
    await desk.sign_in()
    console = await signed_in(browser, site.admin_port)
    target = json.dumps(f"http://127.0.0.1:{site.admin_port}/sessions/101/end")
    async with neighbour() as url:
        other = await browser.page(url)
        await other.until("document.title === 'of somebody else'")
        await other.run(f"fetch({target}, {{method: 'POST', mode: 'no-cors', credentials: 'include'}}).then(() => 1)")
        form = f"Object.assign(document.createElement('form'), {{method: 'post', action: {target}}})"
        await other.run(f"document.body.append({form}); document.forms[0].submit()")
        await says(other, "the Origin header must be that of this listener")
    await go(console, "nodes")
    assert [(await desk.status()).retcode, console.problems] == ["0", []]


async def test_a_page_on_another_port_sees_nothing(browser: Browser, site: Site) -> None:
    await signed_in(browser, site.admin_port)
    admin = f"http://127.0.0.1:{site.admin_port}"
    async with neighbour() as url:
        other = await browser.page(url)
        await other.until("document.title === 'of somebody else'")
        seen = await other.run(
            f"fetch('{admin}/sessions', {{credentials: 'include'}}).then((said) => said.text(), () => 'nothing')"
        )
        await other.run(
            f"document.body.append(Object.assign(document.createElement('iframe'), {{src: '{admin}/console'}}))"
        )
        await until(lambda: any("frame" in problem.lower() for problem in other.problems), WITHIN_S)
    assert seen == "nothing"
