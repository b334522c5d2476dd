"""The console asks before it does something: hasty answers, slow ones, and what changes meanwhile (docs/console.md)."""

from tests.support.browser import Browser, needs_chromium
from tests.support.console_page import Site, confirm, go, held, press, says, signed_in

pytestmark = needs_chromium
HASTY = """(() => {
  const press = (key) => document.querySelector(`[data-key=${key}], #${key}`).click();
  for (const key of ["end-101", "ask-no", "end-102", "ask-yes"]) press(key);
})()"""
"""Cancels one end and confirms another, all before the browser draws its next frame."""
ASKED_ANEW = """(async () => {
  const press = (key) => document.querySelector(`[data-key=${key}], #${key}`).click();
  const closed = new Promise((done) => document.getElementById("ask").addEventListener("close", done, { once: true }));
  for (const key of ["end-101", "ask-no", "end-101"]) press(key);
  await closed;
  press("ask-yes");
})()"""
"""Confirms a question that was put before the browser told that the one before it was closed."""
BRING_UP_TO_DATE = "document.getElementById('state').dispatchEvent(new Event('change'))"


async def test_an_answer_is_to_its_own_question_alone(browser: Browser, site: Site) -> None:
    desks = [site.desk(101), site.desk(102)]
    for desk in desks:
        await desk.sign_in()
    page = await signed_in(browser, site.admin_port)
    await go(page, "sessions")
    await page.run(HASTY)
    await says(page, "Session of agent 102 ended.", "document.getElementById('said')")
    await says(page, "1 session", "document.getElementById('total')")
    assert [(await desk.status()).retcode for desk in desks] == ["0", "100-006"]
    assert page.problems == []


async def test_a_question_that_is_cancelled_does_not_answer_the_next(browser: Browser, site: Site) -> None:
    desk = site.desk(101)
    await desk.sign_in()
    page = await signed_in(browser, site.admin_port)
    await go(page, "sessions")
    await page.run(ASKED_ANEW)
    await says(page, "Session of agent 101 ended.", "document.getElementById('said')")
    assert (await desk.status()).retcode == "100-006"
    assert page.problems == []


async def test_an_end_that_is_under_way_is_not_asked_for_again(browser: Browser, site: Site) -> None:
    await site.desk(101).sign_in()
    page = await signed_in(browser, site.admin_port)
    await go(page, "sessions")
    await held(page, "/sessions/101/end")
    await press(page, "End the session of agent 101")
    await confirm(page, "End the session of agent 101?")
    await page.until("window.heldBack.length === 1")
    await press(page, "End the session of agent 101")
    assert not await page.run("document.getElementById('ask').open")
    await page.run("window.goOn()")
    await says(page, "No session is like that.")
    assert page.problems == []


async def test_a_drain_that_is_being_taken_back_is_not_taken_back_again(browser: Browser, site: Site) -> None:
    page = await signed_in(browser, site.admin_port)
    await go(page, "nodes")
    await press(page, "Drain AgentGateway0")
    await confirm(page, "Drain AgentGateway0?")
    await says(page, "AgentGateway0 drains.")
    await held(page, "/undrain")
    await press(page, "Take back the drain of AgentGateway0")
    await press(page, "Take back the drain of AgentGateway0")
    await page.until("window.heldBack.length === 1")
    assert await page.run("window.asked") == 1
    await page.run("window.goOn()")
    await says(page, "AgentGateway0 serves again.")
    assert page.problems == []


async def test_an_unlock_that_is_under_way_is_not_asked_for_again(browser: Browser, site: Site) -> None:
    for _ in range(5):
        await site.desk(101).sign_in(password="wrong")
    page = await signed_in(browser, site.admin_port)
    await go(page, "lockouts")
    await held(page, "/lockouts/unlock")
    await press(page, "Unlock agent 101 at 127.0.0.1")
    await confirm(page, "Unlock agent 101 at 127.0.0.1?")
    await page.until("window.heldBack.length === 1")
    await press(page, "Unlock agent 101 at 127.0.0.1")
    assert not await page.run("document.getElementById('ask').open")
    await page.run("window.goOn()")
    await says(page, "Nobody is locked out.")
    assert page.problems == []


async def test_the_end_of_a_session_that_is_over_is_no_failure(browser: Browser, site: Site) -> None:
    desk = site.desk(101)
    await desk.sign_in()
    page = await signed_in(browser, site.admin_port)
    await go(page, "sessions")
    await press(page, "End the session of agent 101")
    await says(page, "End the session of agent 101?", "document.getElementById('ask')")
    await desk.call("DELETE", "onlineagent/{id}/logout")
    await page.click("#ask-yes")
    await says(page, "Agent 101 was signed out already.", "document.getElementById('said')")
    await says(page, "No session is like that.")


async def test_a_list_from_before_an_end_is_not_shown_after_it(browser: Browser, site: Site) -> None:
    await site.desk(101).sign_in()
    page = await signed_in(browser, site.admin_port)
    await go(page, "sessions")
    await held(page, "/sessions?")
    await page.run(BRING_UP_TO_DATE)
    await page.until("window.heldBack.length === 1")
    await press(page, "End the session of agent 101")
    await confirm(page, "End the session of agent 101?")
    await page.until("window.heldBack.length === 2")
    await page.run("window.heldBack.pop()()")
    await says(page, "No session is like that.")
    await page.run("delete document.body.dataset.shown; window.goOn()")
    await page.until("document.body.dataset.shown === 'sessions'")
    assert await page.run("document.getElementById('sessions').innerText") == "No session is like that."


async def test_the_focus_comes_back_to_a_row_that_was_drawn_anew(browser: Browser, site: Site) -> None:
    await site.desk(101).sign_in()
    page = await signed_in(browser, site.admin_port)
    await go(page, "sessions")
    await held(page, "/sessions?")
    await site.desk(102).sign_in()
    await page.run(BRING_UP_TO_DATE)
    await page.until("window.heldBack.length === 1")
    await page.run("document.querySelector('[data-key=end-101]').focus()")
    await page.key("Enter")
    await says(page, "End the session of agent 101?", "document.getElementById('ask')")
    await page.run("window.goOn()")
    await says(page, "2 sessions", "document.getElementById('total')")
    await page.key("Escape")
    await page.until("document.activeElement.dataset.key === 'end-101'")
