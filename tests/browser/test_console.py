"""The console in a browser, as an operator uses it (docs/console.md)."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from aiohttp import web

from gateway.admin import console_sessions
from gateway.admin_app import history_job
from gateway.server import running
from gateway.sessions.secret_file import new_secret_line
from gateway.settings.load import load
from tests.support.admin import TOKEN, administered, token_file
from tests.support.browser import (
    CONTRAST,
    NEED_NAMES,
    WITHIN_S,
    Browser,
    Page,
    axe_findings,
    named,
    needs_axe,
    needs_chromium,
)
from tests.support.console import crowd
from tests.support.desk import Desk
from tests.support.gateway import CONFIG, DEMO, PASSWORD, running_gateway
from tests.support.servers import free_port
from tests.support.waiting import until

pytestmark = needs_chromium
READER = "a-token-of-the-help-desk"
CHANGED = "another-token-of-the-help-desk"
WARNED_S = 120.0
AFTER_A_REFRESH_S = 7.0
"""Longer than a page waits until it brings itself up to date: what it asks for then is no use of the session."""
PAGES = ("overview", "sessions", "agents/101", "adoption", "lockouts", "nodes", "settings")


@dataclass
class Site:
    """A gateway with its console; `tokens` is the file of the named ones."""

    port: int
    admin_port: int
    tokens: Path

    def desk(self, agent_id: int) -> Desk:
        return Desk(self.port, agent_id, PASSWORD)


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[Site]:
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


async def test_who_has_a_token_signs_in_and_out(browser: Browser, site: Site) -> None:
    page = await signed_in(browser, site.admin_port)
    await says(page, "operator (admin)")
    await page.click("#sign-out")
    await page.until("!document.getElementById('sign-in').hidden")
    await page.run("location.reload()")
    await page.until("document.body?.dataset.ready && !document.getElementById('sign-in').hidden")
    assert page.problems == []


async def test_the_page_keeps_no_token_and_goes_on_after_a_reload(browser: Browser, site: Site) -> None:
    page = await signed_in(browser, site.admin_port)
    kept = await page.run("JSON.stringify([localStorage, sessionStorage, document.cookie])")
    await page.run("delete document.body.dataset.ready; location.reload()")
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


async def test_an_agent_is_found_and_explained(browser: Browser, site: Site) -> None:
    desk = site.desk(101)
    await desk.sign_in()
    await site.desk(101).sign_in(force=True)
    page = await signed_in(browser, site.admin_port)
    await page.run("document.getElementById('sought').focus()")
    await page.write("101")
    await page.key("Enter")
    await says(page, "was taken over", "document.getElementById('now')")
    await says(page, "agentgateway agents passwd", "document.getElementById('advice')")
    await says(page, "cause: taken over")
    assert await page.run("document.querySelectorAll('.strip li').length") == 1
    assert page.problems == []


async def test_a_session_is_ended_once_confirmed(browser: Browser, site: Site) -> None:
    desk = site.desk(101)
    await desk.sign_in()
    page = await signed_in(browser, site.admin_port)
    await go(page, "sessions")
    await press(page, "End the session of agent 101")
    await says(page, "End the session of agent 101?", "document.getElementById('ask')")
    await page.click("#ask-no")
    still = await desk.status()
    await press(page, "End the session of agent 101")
    await confirm(page, "End the session of agent 101?")
    await says(page, "No session is like that.")
    assert [still.retcode, (await desk.status()).retcode] == ["0", "100-006"]
    assert page.problems == []


async def test_all_that_are_shown_are_ended_once_confirmed(browser: Browser, tmp_path: Path) -> None:
    overrides = {"ADMIN_TOKEN_FILE": str(token_file(tmp_path)), "ADMIN_PORT": "1"}
    async with running_gateway(overrides, jobs=False) as gateway:
        await crowd(gateway, 300, "Desk/1.0")
        await crowd(gateway, 2, "Desk/2.0", first=300_001)
        async with administered(gateway, [history_job(gateway.app).route()]) as operator:
            page = await signed_in(browser, operator.port)
            await go(page, "sessions")
            await press(page, "End all 302 sessions")
            await says(page, "These are the sessions of everybody, on all nodes.", "document.getElementById('ask')")
            await page.click("#ask-no")
            await page.run("document.getElementById('find').focus()")
            await page.write("Desk/1.0")
            await press(page, "End these 300 sessions")
            await says(page, "with “Desk/1.0” in client, address or node", "document.getElementById('ask')")
            await confirm(page, "End 300 sessions?")
            await says(page, "300 of 300 sessions ended.", "document.getElementById('said')")
            await says(page, "No session is like that.")
            left = (await operator.get("/sessions")).json["total"]
            assert (left, page.problems) == (2, [])


async def test_ends_that_are_stopped_or_break_off_say_how_far_they_came(browser: Browser, tmp_path: Path) -> None:
    overrides = {"ADMIN_TOKEN_FILE": str(token_file(tmp_path)), "ADMIN_PORT": "1"}
    async with running_gateway(overrides, jobs=False) as gateway:
        await crowd(gateway, 300)
        async with administered(gateway, [history_job(gateway.app).route()]) as operator:
            page = await signed_in(browser, operator.port)
            await go(page, "sessions")
            await page.run(SLOW_ENDS)
            await press(page, "End all 300 sessions")
            await confirm(page, "End 300 sessions?")
            await says(page, "50 of 300 ended", "document.getElementById('progress')")
            assert await page.run("document.querySelector('#progress progress').value") == 50
            await press(page, "Stop")
            await page.run("window.goOn()")
            await says(page, "100 of 300 sessions ended. 200 left as they were", "document.getElementById('said')")
            await page.run("window.fetch = () => Promise.reject(new Error('away'))")
            await press(page, "End all 200 sessions")
            await confirm(page, "End 200 sessions?")
            await says(page, "200 left as they were: The gateway does not answer.", "document.getElementById('said')")
            assert (await operator.get("/sessions")).json["total"] == 200


SLOW_ENDS = """(() => {
  const [send, waiting] = [window.fetch.bind(window), []];
  let asked = 0;
  window.goOn = () => waiting.forEach((done) => done());
  window.fetch = async (path, options) => {
    if (path === "/sessions/end" && (asked += 1) > 1) await new Promise((done) => waiting.push(done));
    return send(path, options);
  };
})()"""
"""Has every end but the first wait for `goOn`."""


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


async def test_sessions_are_sought_and_the_address_keeps_what_is_sought(browser: Browser, site: Site) -> None:
    for agent_id in (101, 102, 115):
        await site.desk(agent_id).sign_in()
    page = await signed_in(browser, site.admin_port)
    await go(page, "sessions")
    await says(page, "3 sessions")
    await page.run("document.getElementById('find').focus()")
    await page.write("10")
    await says(page, "2 sessions")
    assert (await page.run("location.hash")).endswith("/sessions?find=10")
    await page.run("delete document.body.dataset.shown; location.reload()")
    await page.until("document.body?.dataset.shown === 'sessions'")
    await says(page, "2 sessions")


async def test_who_is_locked_out_is_unlocked(browser: Browser, site: Site) -> None:
    for _ in range(5):
        await site.desk(101).sign_in(password="wrong")
    locked = await site.desk(101).sign_in()
    page = await signed_in(browser, site.admin_port)
    await go(page, "lockouts")
    await press(page, "Unlock agent 101 at 127.0.0.1")
    await confirm(page, "Unlock agent 101 at 127.0.0.1?")
    await says(page, "Nobody is locked out.")
    assert [locked.retcode, (await site.desk(101).sign_in()).retcode] == ["110-016", "0"]


async def test_a_node_is_drained_and_taken_back(browser: Browser, site: Site) -> None:
    await site.desk(101).sign_in()
    page = await signed_in(browser, site.admin_port)
    await go(page, "nodes")
    await press(page, "Drain AgentGateway0")
    await says(page, "1 session would be lost when it stops (101)", "document.getElementById('ask')")
    await page.click("#ask-yes")
    await says(page, "drained: nothing is left here")
    refused = await site.desk(102).sign_in()
    await press(page, "Take back the drain of AgentGateway0")
    await says(page, "AgentGateway0 serves again.")
    assert [refused.status, (await site.desk(102).sign_in()).retcode] == [503, "0"]


async def test_the_settings_in_force_are_shown_and_sought(browser: Browser, site: Site) -> None:
    page = await signed_in(browser, site.admin_port)
    await go(page, "settings")
    await says(page, "AGENT_POLL_WAIT_FLAG")
    await page.run("document.getElementById('find-setting').focus()")
    await page.write("GUIDTIMEOUT")
    await has_no_more(page, "AGENT_POLL_WAIT_FLAG")
    await says(page, "120000")
    await press(page, "Read the file again")
    await says(page, "Nothing changed.")


async def test_a_step_to_new_guids_can_be_asked_about(browser: Browser, site: Site) -> None:
    await site.desk(101).sign_in()
    page = await signed_in(browser, site.admin_port)
    await go(page, "adoption")
    await says(page, "back to AUTHMODE 1")
    await has_no_more(page, "AUTHMODE_PERCENT = 25")
    await page.run("document.getElementById('percent').focus()")
    await page.write("25")
    await page.key("Tab")
    await says(page, "AUTHMODE_PERCENT = 25")
    assert page.problems == []


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


async def test_a_gateway_that_is_away_is_told_and_comes_back(browser: Browser, site: Site) -> None:
    page = await signed_in(browser, site.admin_port)
    await go(page, "nodes")
    await page.send(
        "Network.emulateNetworkConditions", offline=True, latency=0, downloadThroughput=-1, uploadThroughput=-1
    )
    await says(page, "The gateway does not answer.")
    await page.send(
        "Network.emulateNetworkConditions", offline=False, latency=0, downloadThroughput=-1, uploadThroughput=-1
    )
    await page.until("document.getElementById('trouble').hidden")


async def test_ten_thousand_sessions_are_shown_page_by_page(browser: Browser, tmp_path: Path) -> None:
    overrides = {"ADMIN_TOKEN_FILE": str(token_file(tmp_path)), "ADMIN_PORT": "1"}
    async with running_gateway(overrides, jobs=False) as gateway:
        await crowd(gateway, 10_000)
        async with administered(gateway, [history_job(gateway.app).route()]) as operator:
            page = await signed_in(browser, operator.port)
            await go(page, "sessions")
            await says(page, "10,000 sessions")
            await says(page, "Page 1 of 200")
            assert await page.run("document.querySelectorAll('#sessions tbody tr').length") == 50
            await press(page, "Next page")
            await says(page, "Page 2 of 200")
            await says(page, "200051")
            await page.run("document.getElementById('find').focus()")
            await page.write("210000")
            await says(page, "1 session\n")
            assert page.problems == []


async def test_what_a_desktop_calls_itself_is_text(browser: Browser, tmp_path: Path) -> None:
    client = "<img src=x onerror=document.title='had'><b>Desk</b>"
    overrides = {"ADMIN_TOKEN_FILE": str(token_file(tmp_path)), "ADMIN_PORT": "1"}
    async with running_gateway(overrides, jobs=False) as gateway:
        await crowd(gateway, 1, client)
        async with administered(gateway, [history_job(gateway.app).route()]) as operator:
            page = await signed_in(browser, operator.port)
            await go(page, "sessions")
            await says(page, client)
            assert await page.run("document.querySelectorAll('#page img, #page td b').length") == 0
            assert page.problems == []


async def test_a_store_out_of_reach_is_told_and_the_rest_is_shown(browser: Browser, tmp_path: Path) -> None:
    secret = tmp_path / "guid.keys"
    await asyncio.to_thread(secret.write_text, f"{new_secret_line('k1')}\n")
    overrides = {
        "ADMIN_TOKEN_FILE": str(token_file(tmp_path)),
        "ADMIN_PORT": "1",
        "REDIS_URL": f"redis://127.0.0.1:{free_port()}",
        "GUID_SECRET_FILE": str(secret),
        "STORE_TIMEOUT": "100",
    }
    async with running_gateway(overrides, jobs=False) as gateway:
        history = history_job(gateway.app)
        async with administered(gateway, [history.route()]) as operator:
            await history.look()
            await history.look()
            page = await signed_in(browser, operator.port)
            tile = "[...document.querySelectorAll('.tile')].find((one) => one.innerText.includes('Session store'))"
            await says(page, "out of reach", tile)
            assert await page.run("document.querySelectorAll('svg .gap').length") == 1
            await go(page, "sessions")
            await says(page, "What is shown may be out of date.", "document.getElementById('trouble')")
            await go(page, "settings")
            await says(page, "STORE_TIMEOUT")


async def test_the_charts_have_their_values_as_tables(browser: Browser, tmp_path: Path) -> None:
    overrides = {"ADMIN_TOKEN_FILE": str(token_file(tmp_path)), "ADMIN_PORT": "1", "AGENT_POLL_WAIT_FLAG": "OFF"}
    async with running_gateway(overrides, jobs=False) as gateway:
        history = history_job(gateway.app)
        async with administered(gateway, [history.route()]) as operator:
            await history.look()
            desk = gateway.desk(101)
            await desk.sign_in()
            await desk.status(guid="0" * 32)
            await history.look()
            page = await signed_in(browser, operator.port)
            await says(page, "000-003 no right to call this interface: 1")
            assert await page.run("[...document.querySelectorAll('svg[role=img]')].every((one) => one.ariaLabel)")
            assert await page.run("document.querySelectorAll('figure svg rect').length") > 2
            await page.run("document.querySelectorAll('figure summary')[1].click()")
            await page.until("document.querySelector('figure details[open] tbody tr')")
            cells = "[...document.querySelectorAll('figure details[open] tbody tr td')].map((one) => one.textContent)"
            assert await page.run(cells) == ["1", "0"]
            assert page.problems == []


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
    await page.send("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
    found = {}
    for name in PAGES:
        await go(page, name)
        found[name] = await page.run(CONTRAST)
    assert found == {name: [] for name in PAGES}


async def test_everything_has_a_name_for_a_screen_reader(browser: Browser, site: Site) -> None:
    page = await furnished(browser, site)
    for name in PAGES:
        await go(page, name)
        parts = await named(page)
        assert [(role, said) for role, said in parts if role in NEED_NAMES and not said] == [], name
        assert {"banner", "main", "navigation", "status", "heading"} <= {role for role, _ in parts}
        ids = await page.run("[...document.querySelectorAll('[id]')].map((one) => one.id)")
        assert len(ids) == len(set(ids))


@needs_axe
@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_axe_finds_nothing(browser: Browser, site: Site, scheme: str, monkeypatch: pytest.MonkeyPatch) -> None:
    page = await furnished(browser, site)
    await page.send("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
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
