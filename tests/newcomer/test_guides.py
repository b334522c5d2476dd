"""A newcomer follows the guides in a fresh clone, command by command as they are written."""

import asyncio
import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import docs_site
import pytest

from tests.support.clone import Clone, cloned, commands
from tests.support.gateway import ROOT
from tests.support.tour import blocks_of, steps_of

DOCS: Final = ROOT / "docs"
QUICK: Final = ("GUIDINTERVAL=1000", "GUIDTIMEOUT=8000", "AGENT_POLL_WAIT_INTERVAL=20")
DAY: Final = ".venv/bin/agentgateway sim day"
WALKED_ELSEWHERE: Final = {
    "tour.md": "tests/contract/test_tour.py",
    "tokens.md": "tests/contract/test_tokens_tour.py",
    "installing.md": "tests/deploy/test_wheel.py",
    "other_systems.md": "tests/deploy/test_other_systems.py",
    "deployment.md": "tests/deploy/test_balancers.py",
    "admin.md": "tests/contract/test_steering.py",
    "console.md": "tests/browser/test_console.py",
    "dynamic_guids.md": "tests/faults/test_move_to_dynamic.py",
    "upstream.md": "tests/contract/test_upstream_sign_in.py",
    "failover.md": "tests/failover",
    "contributing.md": ".ci/run",
}
"""Guides that a test of their own follows, because it takes other servers or another time."""
TELLS: Final = frozenset(
    {"protocol.md", "contact_centre.md", "performance.md", "capacity.md", "threat-model.md", "promises.md"}
    | {"architecture.md", "security.md", "changelog.md", "index.md"}
)
"""Pages that tell what is, with nothing to follow."""


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clone]:
    with cloned(tmp_path_factory.mktemp("clone")) as made:
        yield made


def the(page: str, word: str) -> str:
    """The first command of a page that begins so."""
    return next(command for command in commands(DOCS / page) if command.startswith(word))


def started(page: str) -> str:
    return the(page, "scripts/run")


async def test_the_readme(clone: Clone) -> None:
    readme = ROOT / "README.md"
    steps = [command for block in blocks_of(readme, "first") for command, _ in steps_of(block)]
    async with clone.running(commands(readme)[0]):
        printed = await clone.types(*steps)
    answers = re.findall(r'^\{"message".*', printed, re.MULTILINE)
    assert len(answers) == sum(step.startswith("curl") for step in steps)
    assert all('"retcode":"0"' in answer for answer in answers)


async def test_the_lines_of_python_in_the_readme(clone: Clone) -> None:
    readme = ROOT / "README.md"
    [program] = re.findall(r"```python\n(.*?)```", readme.read_text("utf-8"), re.DOTALL)
    (clone.folder / "desk.py").write_text(program.replace(":8000", f":{clone.ports['8000']}"), "utf-8")
    async with clone.running(commands(readme)[0]):
        printed = await clone.types(".venv/bin/python desk.py")
    assert printed.splitlines() == [
        "AgentOther_InService None",
        "AgentState_Ready None",
        "AgentState_SetNotReady_Success {'reason': '0'}",
    ]


async def test_the_desk_page(clone: Clone) -> None:
    async with clone.running(started("desk.md")):
        for path in ("", "/agentgateway.js", "/reference", "/openapi.json"):
            await clone.types(f"curl -sf -o page http://127.0.0.1:8000/desk{path}")


async def test_the_sdk(clone: Clone) -> None:
    [program, *_] = re.findall(r"```python\n(.*?)```", (DOCS / "sdk.md").read_text("utf-8"), re.DOTALL)
    (clone.folder / "desk.py").write_text(program.replace(":8000", f":{clone.ports['8000']}"), "utf-8")
    called = asyncio.Event()

    async def calls() -> None:
        """The customer, as soon as the agent is there."""
        while not called.is_set():
            await clone.types(f"{the('sdk.md', '.venv/bin/agentgateway')} || sleep 0.2")

    async with clone.running(started("sdk.md")):
        customer = asyncio.create_task(calls())
        printed = await clone.types(the("sdk.md", ".venv/bin/python"))
        called.set()
        await customer
    kinds = [line for line in printed.splitlines() if line.endswith(("Ringing", "Talking", "Call_Release"))]
    assert kinds[:3] == ["AgentEvent_Ringing", "AgentEvent_Talking", "AgentEvent_Call_Release"]


async def test_a_recipe(clone: Clone) -> None:
    start, recipe, call = commands(DOCS / "recipes" / "README.md")
    over = asyncio.Event()

    async def calls() -> None:
        """Once: whoever rings while the recipe signs out would keep its agent."""
        while not over.is_set() and "placed" not in await clone.types(f"{call} && echo placed || sleep 0.2"):
            pass

    async with clone.running(start, *QUICK):
        customer = asyncio.create_task(calls())
        printed = await clone.types(f"GATEWAY=http://127.0.0.1:8000 {recipe}")
        over.set()
        await customer
    assert printed.splitlines()[-1] == "signed out"


@pytest.mark.slow
async def test_the_simulator(clone: Clone) -> None:
    settings, *typed = [line for line in commands(DOCS / "simulator.md") if not line.startswith("scripts/")]
    typed.remove(the("simulator.md", DAY))
    placed = [re.sub(r"\b1\d{9}-1\b", "$CALL", line) for line in typed]
    placed[0] = f"CALL=$({placed[0]})"
    signed_in = [command for block in blocks_of(DOCS / "tour.md") for command, _ in steps_of(block)][:2]
    skills = 'curl -s -X POST -H "guid: $G" $A/onlineagent/101/resetskill/true'
    async with clone.running(started("simulator.md")):
        given = (*signed_in, "G=00000000-0000-0000-0000-000000000000.Node0", skills, settings, *placed)
        printed = await clone.types(*given)
        assert re.search(r"inbound +(ringing|talking) +13800000000 ", printed)
        assert re.search(r"inbound +waiting +13800000001 ", printed)


@pytest.mark.slow
async def test_a_simulated_day(clone: Clone) -> None:
    assert (await clone.types(the("simulator.md", DAY))).splitlines()[-1] == "passed"


@pytest.mark.slow
async def test_conformance_and_load(clone: Clone) -> None:
    path, password, check, load = commands(DOCS / "kit.md")
    there = f"{check} --first-agent 101"
    async with clone.running(started("desk.md"), "GUIDINTERVAL=4000", "GUIDTIMEOUT=6500", "AGENT_POLL_WAIT_TIMES=30"):
        few = "--only envelope --only take-over --only guid-rotates --only event-lost"
        printed = await clone.types(path, password, f"{there} --hold 3 --interval 4 --timeout 6.5 {few}")
        assert [line.split()[1] for line in printed.splitlines()[1:]] == ["kept"] * 4
        short = load.replace("https://gateway.example:8043", "http://127.0.0.1:8000")
        printed = await clone.types(path, password, f"{short} --agents 20 --minutes 0.1 --hold 3 --limit sign-in=20000")
    assert printed.splitlines()[-1] == "passed"


async def test_the_api_description(clone: Clone) -> None:
    await clone.types(*commands(DOCS / "openapi.md")[:2])
    assert json.loads((clone.folder / "openapi.json").read_text("utf-8"))["openapi"].startswith("3.1.")


async def test_what_happened_to_an_agent(clone: Clone) -> None:
    signed_in = [command for block in blocks_of(DOCS / "tour.md") for command, _ in steps_of(block)][:2]
    page = "observability.md"
    path, audit, explain = (the(page, words) for words in ("export", "agentgateway audit", "agentgateway explain"))
    async with clone.running(started("desk.md")):
        await clone.types(*signed_in)
        printed = await clone.types(path, f"until {audit} | grep -q sign-in; do sleep 0.1; done", explain)
    assert "signed in from 127.0.0.1" in printed


@pytest.mark.slow
@pytest.mark.parametrize("page", ["operate.md", "troubleshooting.md", "upgrade.md"])
async def test_what_operators_look_at(clone: Clone, page: str) -> None:
    """Code 3 says that there is nothing to show."""
    signed_in = [command for block in blocks_of(DOCS / "tour.md") for command, _ in steps_of(block)][:2]
    typed = [line for line in commands(DOCS / page) if not line.startswith("valkey-cli")]
    admin = ("ADMIN_PORT=8090", "ADMIN_TOKEN_FILE=$PWD/var/admin.token")
    async with clone.running(started("desk.md"), *admin):
        await clone.types(
            the("kit.md", "export PATH"),
            *(f"export AGENTGATEWAY_{setting}" for setting in admin),
            *signed_in,
            *(f"{line} || test $? = 3" if line.startswith("agentgateway") else line for line in typed),
        )


async def test_what_is_kept_for_a_restore(clone: Clone) -> None:
    typed = [line for line in commands(DOCS / "backup.md") if not line.startswith("valkey-cli")]
    await clone.types(the("kit.md", "export PATH"), *typed)
    assert (clone.folder / "settings.tgz").stat().st_mode & 0o077 == 0


async def test_the_doctor(clone: Clone) -> None:
    assert " 0 FAIL" in await clone.types(the("running.md", ".venv/bin/agentgateway doctor").partition(" --set")[0])


def test_every_guide_is_walked() -> None:
    navigation = tomllib.loads((ROOT / "zensical.toml").read_text("utf-8"))["project"]["nav"]
    pages = {
        page
        for part in navigation
        for name, found in part.items()
        if name not in {"Reference"}
        for page in ([found] if isinstance(found, str) else found)
        if not page.startswith("design/")
    }
    here = {"start.md", "desk.md", "sdk.md", "recipes/README.md", "simulator.md", "kit.md", "openapi.md"}
    here |= {"observability.md", "running.md", "operate.md", "troubleshooting.md", "upgrade.md", "backup.md"}
    assert pages == here | WALKED_ELSEWHERE.keys() | TELLS
    assert all((ROOT / place).exists() for place in WALKED_ELSEWHERE.values())
    assert pages <= docs_site.pages(ROOT).keys()


@pytest.mark.slow
async def test_the_first_start_of_all_fetches_what_it_needs(tmp_path: Path) -> None:
    with cloned(tmp_path, bare=True) as fresh:
        async with fresh.running(commands(ROOT / "README.md")[0]):
            await fresh.types("curl -sf -o page http://127.0.0.1:8000/desk")


@pytest.mark.slow
async def test_the_check_as_it_is_written_with_the_settings_as_they_are(clone: Clone) -> None:
    async with clone.running(started("desk.md")):
        printed = await clone.types(*commands(DOCS / "kit.md")[:3], within_s=400)
    assert {line.split()[1] for line in printed.splitlines()[1:]} == {"kept"}
