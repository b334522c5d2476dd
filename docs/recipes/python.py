"""An agent with Python and requests: signs in, takes one call, follows its GUID at least once, signs out.

See docs/recipes/README.md; the SDK (docs/sdk.md) does the same in ten lines.
"""

import os
import sys
import time
from typing import Any

import requests

BASE = os.environ.get("GATEWAY", "http://127.0.0.1:8000") + "/agentgateway/resource/"
AGENT = os.environ.get("AGENT", "101")
PASSWORD = os.environ["PASSWORD"]


class Agent:
    """Keeps the GUID: every answer may hand out the next one."""

    def __init__(self) -> None:
        self.web = requests.Session()
        self.guid = ""
        self.followed = False

    def ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        """One call; the answer as JSON."""
        headers = {"guid": self.guid} if self.guid else {}
        answer = self.web.request(method, BASE + path, json=body, headers=headers, timeout=15, allow_redirects=False)
        handed = answer.headers.get("Set-GUID", "").partition("=")[2]
        if handed and self.guid:
            print("a new GUID", flush=True)
            self.followed = True
        self.guid = handed or self.guid
        said: dict[str, Any] = answer.json()
        return said

    def must(self, method: str, path: str, body: dict[str, Any] | None = None) -> None:
        """The same; ends the program when it is refused."""
        said = self.ask(method, path, body)
        if said["retcode"] != "0":
            sys.exit(f"refused: {said['retcode']} {said['message']}")

    def poll(self) -> dict[str, Any]:
        """The next event; empty for none now. A gateway that is away is asked again."""
        try:
            said = self.ask("GET", f"agentevent/{AGENT}")
        except requests.RequestException:
            time.sleep(1)
            return {}
        if said["retcode"] == "100-006":
            sys.exit(f"signed out by somebody else: {said['message']}")
        if not said.get("event"):
            time.sleep(0.5)
        return said.get("event") or {}


agent = Agent()
agent.must("PUT", f"onlineagent/{AGENT}", {"password": PASSWORD, "phonenum": "6001", "autoanswer": False})
print("signed in", flush=True)
agent.must("POST", f"onlineagent/{AGENT}/resetskill/true")
print("in all skill queues", flush=True)

over = False
while not (over and agent.followed):
    event = agent.poll()
    if not event:
        continue
    print("event", event["eventType"], flush=True)
    if event["eventType"] == "AgentEvent_Ringing":
        agent.must("PUT", f"voicecall/{AGENT}/answer?callid={event['content']['callid']}")
    elif event["eventType"] == "AgentEvent_Talking":
        agent.must("DELETE", f"voicecall/{AGENT}/release")
    elif event["eventType"] == "AgentEvent_Call_Release":
        over = True

agent.must("DELETE", f"onlineagent/{AGENT}/logout")
print("signed out")
