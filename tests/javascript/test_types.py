"""agentgateway.d.ts, checked by the compiler of TypeScript where there is one (scripts/needs)."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.support.gateway import ROOT

TSC = shutil.which("tsc", path=f"{ROOT / 'node_modules' / '.bin'}{os.pathsep}{os.environ['PATH']}")
PROGRAM = """
import { Agent, Refused, Retcode } from "%s";
const agent = await Agent.signIn("http://127.0.0.1:8000", 101, { password: "p", options: { autoanswer: false } });
for await (const event of agent.events()) {
  if (event.eventType === "AgentEvent_Ringing") await agent.voicecall.answer({ callid: event.content.callid });
  if (event.eventType === "AgentEvent_Hold") event.content.toUpperCase();
  // @ts-expect-error no such type
  if (event.eventType === "AgentEvent_Rings") break;
}
try {
  await agent.voicecall.release();
} catch (problem) {
  if (problem instanceof Refused && problem.retcode === Retcode.NOT_SIGNED_IN) throw problem;
}
const state: number = (await agent.onlineagent.getAgentStatus()).agentState;
// @ts-expect-error a member is missing
await agent.onlineagent.rest({ time: 3 });
export { state };
"""
OPTIONS = ("--strict", "--noEmit", "--target", "es2022", "--module", "esnext", "--moduleResolution", "bundler")


@pytest.mark.skipif(TSC is None, reason="no TypeScript compiler (tsc) here: scripts/needs")
def test_the_types_fit_a_program_and_find_its_mistakes(tmp_path: Path) -> None:
    program = tmp_path / "program.ts"
    program.write_text(PROGRAM % (ROOT / "gateway" / "client" / "agentgateway.js"), "utf-8")
    done = subprocess.run([str(TSC), *OPTIONS, str(program)], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")
