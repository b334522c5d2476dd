"""The recipes do what they say, each in its language, at a real gateway whose GUIDs live shortly (docs/recipes)."""

import asyncio
import contextlib
import json
import os
import shutil
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import pytest
import pytest_asyncio

from tests.support.admin import Operator, token_file
from tests.support.gateway import PASSWORD, ROOT, GatewayProcess, gateway_process
from tests.support.servers import free_port

pytestmark = pytest.mark.asyncio(loop_scope="module")
RECIPES: Final = ROOT / "docs" / "recipes"
QUICK: Final = {"GUIDINTERVAL": "1000", "GUIDTIMEOUT": "8000", "AGENT_POLL_WAIT_INTERVAL": "20"}
WITHIN_S: Final = 90
"""Compilers of busy machines are slow."""
PROJECT: Final = """<Project Sdk="Microsoft.NET.Sdk"><PropertyGroup><OutputType>Exe</OutputType>
<TargetFramework>net8.0</TargetFramework><RollForward>Major</RollForward><Nullable>enable</Nullable>
<ImplicitUsings>enable</ImplicitUsings></PropertyGroup></Project>"""


@dataclass(frozen=True)
class Recipe:
    """A program: its agent, what it needs, and the commands that build and run it; `{folder}` is a folder for it."""

    name: str
    agent: int
    needs: str
    commands: tuple[tuple[str, ...], ...]


def java(release: int) -> tuple[tuple[str, ...], ...]:
    """Compiled as that release has it, whatever is installed."""
    source = str(RECIPES / f"Java{release}.java")
    quick = "-XX:TieredStopAtLevel=1"  # Either runs once.
    build = ("javac", f"-J{quick}", "--release", str(release), "-Xlint:-options", "-d", "{folder}", source)
    return build, ("java", quick, "-cp", "{folder}", f"Java{release}")


RECIPE: Final = (
    Recipe("curl.sh", 101, "curl", (("bash", str(RECIPES / "curl.sh")),)),
    Recipe("python.py", 102, sys.executable, ((sys.executable, "-I", str(RECIPES / "python.py")),)),
    Recipe("javascript.mjs", 103, "node", (("node", str(RECIPES / "javascript.mjs")),)),
    Recipe("Java11.java", 104, "javac", java(11)),
    Recipe("Java8.java", 105, "javac", java(8)),
    Recipe("CSharp.cs", 106, "dotnet", (("dotnet", "run", "--project", "{folder}"),)),
)


def look_for_language(recipe: Recipe) -> None:
    """Skips the test where the language is missing, with CI set fails it but for C#."""
    if shutil.which(recipe.needs) is None:
        missing = pytest.fail if "CI" in os.environ and recipe.needs != "dotnet" else pytest.skip
        missing(f"{recipe.name} was not run: there is no {recipe.needs} on this machine")


@dataclass(frozen=True)
class Hall:
    """The gateway, and the operator who plays its customers."""

    gateway: GatewayProcess
    operator: Operator


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def hall(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Hall]:
    folder, port = tmp_path_factory.mktemp("recipes"), free_port()
    admin = {"ADMIN_PORT": str(port), "ADMIN_TOKEN_FILE": str(token_file(folder))}
    async with gateway_process(folder, {**QUICK, **admin}) as made:
        yield Hall(made, Operator(port))


@contextlib.asynccontextmanager
async def running(command: tuple[str, ...], recipe: Recipe, port: int) -> AsyncIterator[asyncio.subprocess.Process]:
    surroundings = {**os.environ, "GATEWAY": f"http://127.0.0.1:{port}", "AGENT": str(recipe.agent)}
    process = await asyncio.create_subprocess_exec(
        *command, stdout=asyncio.subprocess.PIPE, env={**surroundings, "PASSWORD": PASSWORD}
    )
    try:
        async with asyncio.timeout(WITHIN_S):
            yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


@pytest.mark.parametrize("recipe", RECIPE, ids=lambda recipe: recipe.name)
@pytest.mark.parametrize("ci", [False, True])
async def test_a_language_that_is_missing_is_named_and_fails_a_build(
    recipe: Recipe, ci: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.delenv("CI", raising=False)
    if ci:
        monkeypatch.setenv("CI", "1")
    ends = pytest.fail.Exception if ci and recipe.name != "CSharp.cs" else pytest.skip.Exception
    with pytest.raises(ends, match=f"{recipe.name} was not run: there is no "):
        look_for_language(replace(recipe, needs=Path(recipe.needs).name))


async def test_a_build_installs_them_first_and_says_that_it_is_one() -> None:
    lines = (ROOT / ".ci" / "run").read_text("utf-8").splitlines()
    steps = [line for line in lines if line.startswith(("export CI=", "scripts/"))]
    assert steps == ["export CI=${CI:-1}", "scripts/needs --no-browser", "scripts/check", "scripts/test"]


@pytest.mark.parametrize("recipe", RECIPE, ids=lambda recipe: recipe.name)
async def test_a_recipe_signs_in_takes_a_call_follows_its_guid_and_signs_out(
    recipe: Recipe, hall: Hall, tmp_path: Path
) -> None:
    look_for_language(recipe)
    if recipe.needs == "dotnet":
        shutil.copy(RECIPES / recipe.name, tmp_path / "Program.cs")
        (tmp_path / "recipe.csproj").write_text(PROJECT, "utf-8")
    commands = [tuple(word.replace("{folder}", str(tmp_path)) for word in command) for command in recipe.commands]
    for build in commands[:-1]:
        async with running(build, recipe, hall.gateway.port) as process:
            assert await process.wait() == 0
    lines = []
    async with running(commands[-1], recipe, hall.gateway.port) as process:
        assert process.stdout is not None
        async for line in process.stdout:
            lines.append(line.decode().strip())
            if lines[-1] == "in all skill queues":
                customer = json.dumps({"agent": recipe.agent, "caller": "13800000000"}).encode()
                assert (await hall.operator.post("/sim/calls", body=customer)).status == 200
        assert await process.wait() == 0, lines
    assert lines[:2] == ["signed in", "in all skill queues"]
    assert "a new GUID" in lines
    calls = [line for line in lines if line.startswith("event AgentEvent")]
    assert [line for line in calls if line.endswith(("Ringing", "Talking", "Call_Release"))] == [
        "event AgentEvent_Ringing",
        "event AgentEvent_Talking",
        "event AgentEvent_Call_Release",
    ]
    assert lines[-1] == "signed out"
    assert (await hall.operator.get(f"/sessions?agent={recipe.agent}")).json["total"] == 0
