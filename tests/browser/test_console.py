"""The console in a browser, as an operator uses it (docs/console.md)."""

import asyncio
from pathlib import Path

from gateway.admin_app import history_job
from gateway.sessions.guid import new_secret_line
from tests.support.admin import administered, token_file
from tests.support.browser import Browser, needs_chromium
from tests.support.console import crowd
from tests.support.console_page import Site, confirm, go, has_no_more, press, says, signed_in
from tests.support.gateway import running_gateway
from tests.support.servers import free_port

pytestmark = needs_chromium


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
    await page.reload()
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


async def test_a_tile_that_has_the_focus_keeps_it_when_figures_change(browser: Browser, site: Site) -> None:
    page = await signed_in(browser, site.admin_port)
    await page.run("document.querySelector('[data-key=Sessions]').focus()")
    await site.desk(101).sign_in()
    await page.run("(() => { const now = Date.now; Date.now = () => now() + 20_000; })()")
    await page.until("document.querySelector('[data-key=Sessions]').innerText.endsWith('1')")
    assert await page.run("document.activeElement.dataset.key") == "Sessions"
    assert page.problems == []


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
