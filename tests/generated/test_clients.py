"""Clients that others' generators make from the API description take a call, without a line of help."""

import asyncio
import json
import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from gateway.openapi.document import whole_document
from tests.support.centre import CentreGateway, centre_gateway
from tests.support.gateway import PASSWORD

pytestmark = pytest.mark.generated
WITHIN_S = 300
PYTHON = """
import sys
from api_client import AuthenticatedClient, Client
from api_client.api.agentevent import get_agent_event
from api_client.api.onlineagent import login, logout, reset_skill
from api_client.api.voicecall import answer, release
from api_client.models import AgentEventCallRelease, AgentEventRinging, AgentEventTalking, SignInBody

url = sys.argv[1]
body = SignInBody(password="{password}", phonenum="6001", autoanswer=False)
with Client(base_url=url) as client:
    signed_in = login.sync_detailed(101, client=client, body=body)
assert signed_in.parsed.retcode == "0", signed_in
assert signed_in.parsed.result.workno == "101"
guid = signed_in.headers["Guid"]
with AuthenticatedClient(base_url=url, token=guid, prefix="", auth_header_name="guid", timeout=20) as client:
    assert reset_skill.sync(101, True, client=client).retcode == "0"
    print("in", flush=True)
    while True:
        event = get_agent_event.sync(101, client=client).event
        print(type(event).__name__, flush=True)
        match event:
            case AgentEventRinging():
                assert answer.sync(101, client=client, callid=event.content.callid).retcode == "0"
            case AgentEventTalking():
                assert release.sync(101, client=client).retcode == "0"
            case AgentEventCallRelease():
                break
    assert logout.sync(101, client=client).retcode == "0"
print("out", flush=True)
"""
TYPESCRIPT = """
import createClient from "openapi-fetch";
import type { paths } from "./api.js";

const client = createClient<paths>({ baseUrl: process.argv[2] });
const path = { agentid: 101 };
function must(holds: boolean, what: string): void {
  if (!holds) throw new Error(what);
}

const signIn = await client.PUT("/agentgateway/resource/onlineagent/{agentid}", {
  params: { path },
  body: { password: "{password}", phonenum: "6001", autoanswer: false },
});
must(signIn.data?.retcode === "0" && signIn.data.result?.workno === "101", "sign-in");
const headers = { guid: signIn.response.headers.get("Guid") ?? "" };
const skills = await client.POST("/agentgateway/resource/onlineagent/{agentid}/resetskill/{autoflag}", {
  params: { path: { ...path, autoflag: true } },
  headers,
});
must(skills.data?.retcode === "0", "resetskill");
console.log("in");
for (let over = false; !over; ) {
  const polled = await client.GET("/agentgateway/resource/agentevent/{agentid}", { params: { path }, headers });
  const event = polled.data?.event;
  if (event === undefined) continue;
  console.log(event.eventType);
  if (event.eventType === "AgentEvent_Ringing") {
    const answered = await client.PUT("/agentgateway/resource/voicecall/{agentid}/answer", {
      params: { path, query: { callid: event.content.callid } },
      headers,
    });
    must(answered.data?.retcode === "0", "answer");
  }
  if (event.eventType === "AgentEvent_Talking") {
    const released = await client.DELETE("/agentgateway/resource/voicecall/{agentid}/release", {
      params: { path },
      headers,
    });
    must(released.data?.retcode === "0", "release");
  }
  over = event.eventType === "AgentEvent_Call_Release";
}
const out = await client.DELETE("/agentgateway/resource/onlineagent/{agentid}/logout", { params: { path }, headers });
must(out.data?.retcode === "0", "logout");
console.log("out");
"""
TSCONFIG = {
    "compilerOptions": {
        "strict": True,
        "noEmitOnError": True,
        "module": "nodenext",
        "target": "es2022",
        "skipLibCheck": False,
        "types": ["node"],
    },
    "files": ["desk.ts"],
}


@pytest.fixture(scope="module")
def home() -> Path:
    """Where scripts/generated-clients has put the generators."""
    assert "GENERATED" in os.environ, "run scripts/generated-clients"
    return Path(os.environ["GENERATED"])


@pytest.fixture
async def hall() -> AsyncIterator[CentreGateway]:
    async with centre_gateway({"TIMEOUT_FLAG": "OFF"}) as made:
        yield made


@pytest.fixture
def description(tmp_path: Path) -> Path:
    file = tmp_path / "openapi.json"
    file.write_text(json.dumps(whole_document()), "utf-8")
    return file


async def done(*command: str, cwd: Path) -> str:
    """Runs a command to its end; what it says."""
    process = await asyncio.create_subprocess_exec(
        *command, cwd=cwd, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    async with asyncio.timeout(WITHIN_S):
        said, _ = await process.communicate()
    assert process.returncode == 0, said.decode()
    return said.decode()


async def takes_a_call(hall: CentreGateway, *command: str, cwd: Path) -> list[str]:
    """Runs a desktop, and calls when it is in; the lines that it printed."""
    process = await asyncio.create_subprocess_exec(
        *command, f"http://127.0.0.1:{hall.gateway.port}", cwd=cwd, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    lines = []
    async with asyncio.timeout(WITHIN_S):
        while line := (await process.stdout.readline()).decode().strip():
            lines.append(line)
            if line == "in":
                await hall.centre.customers.place(1, "13800000000")
        await process.wait()
    assert process.returncode == 0, lines
    return lines


async def test_a_client_of_openapi_python_client(
    home: Path, hall: CentreGateway, description: Path, tmp_path: Path
) -> None:
    python = str(home / "bin/python")
    config = tmp_path / "config.json"
    config.write_text(json.dumps({"post_hooks": []}), "utf-8")
    command = ("generate", "--path", str(description), "--config", str(config), "--meta", "none", "--fail-on-warning")
    await done(str(home / "bin/openapi-python-client"), *command, "--output-path", "api_client", cwd=tmp_path)
    (tmp_path / "desk.py").write_text(PYTHON.replace("{password}", PASSWORD), "utf-8")
    lines = await takes_a_call(hall, python, "desk.py", cwd=tmp_path)
    assert [line for line in lines if line.startswith("AgentEvent")] == [
        "AgentEventIncomingCallInfo",
        "AgentEventRinging",
        "AgentEventTalking",
        "AgentEventCallRelease",
    ]
    assert lines[-1] == "out"


async def test_a_client_of_openapi_typescript(
    home: Path, hall: CentreGateway, description: Path, tmp_path: Path
) -> None:
    (tmp_path / "node_modules").symlink_to(home / "node_modules")
    (tmp_path / "package.json").write_text('{"type": "module"}', "utf-8")
    (tmp_path / "tsconfig.json").write_text(json.dumps(TSCONFIG), "utf-8")
    (tmp_path / "desk.ts").write_text(TYPESCRIPT.replace("{password}", PASSWORD), "utf-8")
    await done("npx", "openapi-typescript", str(description), "-o", "api.d.ts", cwd=tmp_path)
    await done("npx", "tsc", "-p", ".", cwd=tmp_path)
    lines = await takes_a_call(hall, "node", "desk.js", cwd=tmp_path)
    assert [line for line in lines if line.startswith("AgentEvent")][-3:] == [
        "AgentEvent_Ringing",
        "AgentEvent_Talking",
        "AgentEvent_Call_Release",
    ]
    assert lines[-1] == "out"


async def test_a_validator_in_javascript_finds_nothing(home: Path, description: Path, tmp_path: Path) -> None:
    (tmp_path / "node_modules").symlink_to(home / "node_modules")
    said = await done("npx", "validate-api", str(description), cwd=tmp_path)
    assert "valid" in said.lower()
