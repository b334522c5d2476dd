"""docs/admin.md: how a running gateway is steered; its shapes from the classes that are answered. Called by docs.py."""

import dataclasses
import inspect
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from pydantic_core import to_json

from gateway.admin.settings_routes import ReloadView, SettingLine, SettingsView
from gateway.admin.store_routes import ShardState, StoreView
from gateway.agents.admin_routes import LockList, LockView, Unlocked
from gateway.nodes.admin_routes import DrainView, LostSessions, NodeList, NodeView, WorkerView
from gateway.sessions.admin_routes import EndedSession, Ends
from gateway.sessions.listing import AgentView, FormerSession, GenerationView, SessionPage, SessionView

HEAD: Final = """\
# Steering a running gateway

Written by scripts/docs.py; the shapes are those of the classes that are answered.

An operator looks at a running gateway and steers it by commands, by a program over `ADMIN_PORT`, or in
[the console](console.md) on top of the same endpoints. How the listener is opened and who gets in is told in
[running.md](running.md#admin-listener), every option of a command in [cli.md](cli.md).

## Who may do what

A token has a role. `read` may look (every `GET`); `admin` may change things too, and is needed for every `POST`. The
token of `ADMIN_TOKEN_FILE` is an admin named `operator`; `ADMIN_TOKENS_FILE` has more, each with its name and role.
Every change is in the [audit trail](observability.md#the-audit-trail) with that name, whether it was done or refused.
Nothing that is shown leads to a GUID: a session is named by its hash, the same as in the audit trail.

## Commands

```
agentgateway sessions list --state lagging
agentgateway sessions show 101
agentgateway sessions end 101
agentgateway sessions end --client Softphone/3.1
agentgateway lockouts list
agentgateway lockouts unlock --agent 101
agentgateway drain
agentgateway undrain
agentgateway nodes
agentgateway settings list --changed
agentgateway settings check
agentgateway settings reload
agentgateway store
```

Each list has `--json`. What goes on for longer than 2 s says so on standard error. Exit codes are those of
[all commands](cli.md#exit-codes): 0 done, 1 not done, 2 wrong words or settings, 3 nothing there, 4 not over in time.

### Sessions

`sessions list` shows who is signed in, over all nodes. The state tells how a client follows its GUIDs:

| state | means |
|---|---|
| `unused` | no request has carried a GUID of the session yet |
| `current` | the client uses the newest GUID |
| `handed-out` | a new GUID was handed out just now; the client may still use the one before |
| `lagging` | a new GUID was handed out long ago, and the client goes on with an old one |

`sessions end` signs agents out: their desktops learn why with their next request. By ID it does so at once; by an
option, or with `--all`, the number of sessions has to be typed first, or `--yes` given. They are ended in lots, and who
signs in after they were counted stays signed in. Agents whose session could not be ended are named, with exit code 1.
The [console](console.md) does the same with the sessions that it shows.

### Lock-outs

Five wrong passwords lock an agent out for one address, `LOGIN_ADDRESS_LIMIT` of them the address, each for 5 minutes.
`lockouts unlock` forgets them. An agent who is locked out by both needs both to end.

### Drain

`agentgateway drain` takes a node out of service with all its workers, without ending anything:

- no sign-in: `503` with `Retry-After`, so that a desktop or a balancer tries another node
- no poll is held: it is answered empty, half a second after it came at the earliest
- every answer is the last one of its connection; idle connections end after 5 s
- `/gateway/ready` is `503`, so that a balancer sends nobody here
- whoever still comes is served

It waits until no connection and no request is left, then the node can be stopped. With sessions in memory (no
`REDIS_URL`) a stop loses them; the command names the agents. Workers that come back after a crash drain too; a node
that is started anew does not. Without the store a worker drains alone at first, and the others follow when the store is
back. `agentgateway undrain` takes it back. `--node` means another node of the same store.

Sessions whose events are pushed are pushed to from here until the node stops; then another one goes on.

### Settings

`settings list` shows the values in force, which may be others than those of the file: some wait for a restart, and a
wrong file is refused as a whole. `settings check` reads a file without touching the gateway. `settings reload` is
`SIGHUP`: it also takes a file that only looks half-written, in all workers.

### Store

`store` shows the kind of the session store, each shard with the latency of a read just now, the memory of Redis (where
the user of `REDIS_URL` may ask `INFO`) or of this process, and since when it has been out of reach. It ends with 1
while it is.

## Endpoints

The others are on pages of their own: `/audit` and `/trace` in [observability.md](observability.md), `/adoption` in
[dynamic_guids.md](dynamic_guids.md#the-report), `/metrics` and `/console` in [running.md](running.md#admin-listener).

All on `ADMIN_PORT`, with `Authorization: Bearer`. Answers are JSON; a refusal is `{"error": "..."}` with 400 (what is
wrong is named), 401, 403, 404 (there is nothing of it), 405, or 503 while the store is out of reach.

```
curl -s -H "Authorization: Bearer $TOKEN" "http://127.0.0.1:8001/sessions?find=10&state=lagging&page=1&size=50"
curl -s -H "Authorization: Bearer $TOKEN" -d '{"agent":101}' http://127.0.0.1:8001/lockouts/unlock
curl -s -H "Authorization: Bearer $TOKEN" -X POST http://127.0.0.1:8001/drain
```
"""
FILTERS: Final = (
    "`find` (digits: agents that begin so; other text: in client, address or node), `state`, `agent` (numbers with "
    "commas), `node` and `address` (exactly), `client` (a part of it)"
)


@dataclass(frozen=True)
class Row:
    """An endpoint: what it takes, and the class that it answers."""

    method: str
    path: str
    takes: str
    answers: type
    does: str


ROWS: Final = (
    Row("GET", "/sessions", f"`page` from 1, `size` up to 1000; {FILTERS}", SessionPage, "who is signed in, paged"),
    Row("GET", "/sessions/{agent}", "", AgentView, "one agent, with the sessions that ended lately"),
    Row("POST", "/sessions/{agent}/end", "", EndedSession, "signs one agent out"),
    Row(
        "POST",
        "/sessions/end",
        "body: the filters of `GET /sessions` as members, or `all: true`; `before` (`at` of `GET /sessions`) and "
        "`after` as the answer before had them; `most`, 500 or fewer",
        Ends,
        "signs up to 500 agents out; ask again while some are left",
    ),
    Row("GET", "/lockouts", "", LockList, "who is locked out"),
    Row(
        "POST",
        "/lockouts/unlock",
        "body: `agent`, `address`, both of them, or `all: true`",
        Unlocked,
        "forgets wrong passwords",
    ),
    Row("GET", "/nodes", "", NodeList, "which nodes serve, and which drain"),
    Row("GET", "/drain", "`node`", DrainView, "how far a drain is"),
    Row("POST", "/drain", "body: nothing, or `node`", DrainView, "takes a node out of service"),
    Row("POST", "/undrain", "body: nothing, or `node`", DrainView, "takes it back into service"),
    Row("GET", "/settings", "", SettingsView, "the settings in force"),
    Row("POST", "/settings/reload", "", ReloadView, "reads the settings file now"),
    Row("GET", "/store", "", StoreView, "the session store"),
)
_AT: Final = "2026-01-31T08:00:00.000Z"
_LATER: Final = "2026-01-31T08:01:00.000Z"
_SESSION: Final = SessionView(
    101,
    "5c5237b23deefda4",
    "AgentGateway0",
    _AT,
    _LATER,
    "dynamic",
    "poll",
    "192.0.2.7",
    "Desk/1",
    "current",
    [
        GenerationView(1, _LATER, True, False, "current", None),
        GenerationView(0, _AT, True, False, "grace", "2026-01-31T08:02:00.000Z"),
    ],
)
_FORMER: Final = FormerSession("81801498dc99a3c4", "AgentGateway0", _AT, "SIGNED_OUT", "signed out")
_LOCK: Final = LockView("agent", 102, "192.0.2.8", 5, _AT, "2026-01-31T08:05:00.000Z")
_NODE: Final = NodeView(
    "AgentGateway0", True, "host1", True, 2, 1, 1, False, [WorkerView(0, 4711, "0.1.0", _AT, _LATER, 2, 1, 1, True)]
)
_SETTING: Final = SettingLine(
    "GUIDINTERVAL",
    "60000",
    "60000",
    "file",
    "config/basic.properties:14",
    "live",
    False,
    "ms",
    "a whole number from 1000 to 86400000",
    "Age at which a GUID is replaced in AUTHMODE 2. Smaller than GUIDTIMEOUT.",
)
_SHARD: Final = ShardState("agentgateway", True, "", 0.4, None, 3_145_728, None)
SAMPLES: Final[dict[type, object]] = {
    SessionPage: SessionPage(1, 1, 1, 50, _LATER, [_SESSION]),
    AgentView: AgentView(101, True, _SESSION, [_FORMER]),
    EndedSession: EndedSession(101, True),
    Ends: Ends(499, 20, _LATER, 612, [117]),
    LockList: LockList(1, [_LOCK]),
    Unlocked: Unlocked(1, [_LOCK]),
    NodeList: NodeList("AgentGateway0", 1, [_NODE]),
    DrainView: DrainView("AgentGateway0", True, False, 2, 1, 1, LostSessions(1, [101]), [_NODE]),
    SettingsView: SettingsView("config/basic.properties", "2026-01-31T08:00:00Z", 97739630264610, None, [], [_SETTING]),
    ReloadView: ReloadView("applied", ["MAXTIME"], ["HTTP_PORT"], []),
    StoreView: StoreView("redis", True, 312, 0.4, 3_145_728, None, [_SHARD]),
}
PARTS: Final = (
    SessionView,
    GenerationView,
    FormerSession,
    LockView,
    NodeView,
    WorkerView,
    LostSessions,
    SettingLine,
    ShardState,
)


def page() -> str:
    """The whole page."""
    lines = [HEAD.rstrip(), "", "| endpoint | role | takes | answers | |", "|---|---|---|---|---|"]
    for row in ROWS:
        role = "read" if row.method == "GET" else "admin"
        shape = row.answers.__name__
        lines.append(f"| `{row.method} {row.path}` | {role} | {row.takes} | [{shape}](#{shape.lower()}) | {row.does} |")
    for answered in dict.fromkeys(row.answers for row in ROWS):
        lines += _shape(answered)
        lines += ["", "```json", _sample(SAMPLES[answered]), "```"]
    for part in PARTS:
        lines += _shape(part)
    return "\n".join(lines) + "\n"


def _shape(shape: type) -> Iterator[str]:
    yield from ("", f"### {shape.__name__}", "", inspect.cleandoc(shape.__doc__ or "").replace("STATES", "the states"))
    yield from ("", f"Members: {', '.join(f'`{field.name}`' for field in dataclasses.fields(_dataclass(shape)))}.")


def _dataclass(shape: type) -> Any:
    assert dataclasses.is_dataclass(shape)
    return shape


def _sample(value: object) -> str:
    return json.dumps(json.loads(to_json(value)), indent=2)
