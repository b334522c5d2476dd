"""agentgateway.js on a page of another origin: it follows GUIDs that rotate, where CORS_ORIGINS lists the page."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web

from tests.support.browser import Browser, Page, needs_chromium
from tests.support.gateway import PASSWORD, ROOT, running_gateway
from tests.support.servers import free_port

pytestmark = needs_chromium
QUICK = {"GUIDINTERVAL": "1500", "GUIDTIMEOUT": "6000", "AGENT_POLL_WAIT_TIMES": "10"}
DESKTOP = f"""<!doctype html><title>a desktop</title><link rel="icon" href="data:,">
<script type="module">
  import {{ Agent }} from "./agentgateway.js";
  window.guids = 0;
  window.events = [];
  try {{
    const agent = await Agent.signIn(new URLSearchParams(location.search).get("gateway"), 101, {{
      password: "{PASSWORD}", phone: "6001", patienceMs: 500, onGuid: () => {{ window.guids += 1; }},
    }});
    window.agent = agent;
    for await (const event of agent.events()) window.events.push(event.eventType);
    window.said = "over";
  }} catch (problem) {{
    window.said = `${{problem.name}} ${{problem.retcode ?? ""}}`;
  }}
</script>"""


@asynccontextmanager
async def site(port: int) -> AsyncIterator[str]:
    """A site of somebody else with the desktop; its origin."""

    async def page(_: web.Request) -> web.Response:
        return web.Response(text=DESKTOP, content_type="text/html")

    async def module(_: web.Request) -> web.FileResponse:
        return web.FileResponse(ROOT / "gateway" / "client" / "agentgateway.js")

    app = web.Application()
    app.add_routes([web.get("/", page), web.get("/agentgateway.js", module)])
    runner = web.AppRunner(app)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", port).start()
        yield f"http://127.0.0.1:{port}"
    finally:
        await runner.cleanup()


@asynccontextmanager
async def opened(browser: Browser, listed: bool) -> AsyncIterator[Page]:
    port = free_port()
    origins = {"CORS_ORIGINS": f"http://127.0.0.1:{port if listed else free_port()}"}
    async with running_gateway({**QUICK, **origins}) as gateway, site(port) as origin:
        yield await browser.page(f"{origin}/?gateway=http://127.0.0.1:{gateway.port}")


async def test_it_follows_the_guid_and_loses_no_event(browser: Browser) -> None:
    async with opened(browser, listed=True) as page:
        await page.until("window.guids > 3")
        await page.run("window.agent.onlineagent.sayBusy()")
        await page.until("window.events.length === 3")
        assert await page.run("window.events") == [
            "AgentOther_InService",
            "AgentState_Ready",
            "AgentState_SetNotReady_Success",
        ]
        await page.run("window.agent.signOut()")
        await page.until("window.said === 'over'")
        assert page.problems == []


async def test_a_page_that_is_not_listed_gets_no_answer(browser: Browser) -> None:
    async with opened(browser, listed=False) as page:
        await page.until("window.said?.startsWith('NoAnswer')")
