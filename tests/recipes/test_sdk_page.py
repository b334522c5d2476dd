"""The programs of docs/sdk.md work as they stand."""

import asyncio
import contextlib
import re
import sys
from pathlib import Path

import pytest

from tests.support.centre import CentreGateway, centre_gateway
from tests.support.gateway import ROOT
from tests.support.node import NODE, needs_node

PAGE = ROOT / "docs" / "sdk.md"
BLOCKS = re.compile(r"```(python|javascript)\n(.*?)```", re.DOTALL)
PROGRAMS = [(kind, text) for kind, text in BLOCKS.findall(PAGE.read_text("utf-8")) if "import" in text]
MODULE = ROOT / "gateway" / "client" / "agentgateway.js"
WITHIN_S = 60


async def played(hall: CentreGateway, *command: str) -> list[str]:
    """What a program prints; a customer calls as soon as it has its first event."""
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE, cwd=ROOT)
    assert process.stdout is not None
    lines = []
    try:
        async with asyncio.timeout(WITHIN_S):
            async for line in process.stdout:
                lines.append(line.decode().strip())
                if lines[-1] == "AgentState_Ready" and len(lines) == 2:
                    await hall.centre.customers.place_for(101, "13800000000")
            assert await process.wait() == 0
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()
    return lines


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        pytest.param(kind, text, id=f"{kind}-{number}", marks=[needs_node] if kind == "javascript" else [])
        for number, (kind, text) in enumerate(PROGRAMS)
    ],
)
async def test_a_program_of_the_page_takes_a_call(kind: str, text: str, tmp_path: Path) -> None:
    async with centre_gateway() as hall:
        text = text.replace("127.0.0.1:8000", f"127.0.0.1:{hall.gateway.port}").replace(
            "./agentgateway.js", str(MODULE)
        )
        program = tmp_path / ("program.py" if kind == "python" else "program.mjs")
        program.write_text(text, "utf-8")
        lines = await played(hall, *((sys.executable, "-u") if kind == "python" else (str(NODE),)), str(program))
        assert [line for line in lines if line.endswith(("Ringing", "Talking", "Call_Release"))] == [
            "AgentEvent_Ringing",
            "AgentEvent_Talking",
            "AgentEvent_Call_Release",
        ]
        assert (await hall.gateway.app.sessions.store.read(101)).session is None


def test_the_page_has_three_programs() -> None:
    assert [kind for kind, _ in PROGRAMS] == ["python", "python", "javascript"]
